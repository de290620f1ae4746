"""Spans of time as people read them. Pure; seconds in, text out."""

from django.utils.translation import gettext as _

HOUR, DAY = 3600, 86_400


def clock_text(seconds: float) -> str:
    """For large numbers that tick: "11:42", from an hour "2 h 05", from two days "3 d 4 h". No sign."""
    whole = int(abs(seconds))
    if whole < HOUR:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 2 * DAY:
        return _("%(h)d h %(m)02d") % {"h": whole // HOUR, "m": whole % HOUR // 60}
    return _("%(d)d d %(h)d h") % {"d": whole // DAY, "h": whole % DAY // HOUR}


def rough_text(seconds: float) -> str:
    """For words beside a moment: "12 s", "14 min", "2 h 05", "3 d 4 h"."""
    whole = int(abs(seconds))
    if whole < 60:
        return _("%(s)d s") % {"s": whole}
    if whole < HOUR:
        return _("%(m)d min") % {"m": whole // 60}
    return clock_text(whole)


def ago_text(seconds: float) -> str:
    """`seconds` before now as "12 s ago"; a moment ahead (negative) as "in 6 min"."""
    if seconds < 0:
        return _("in %(span)s") % {"span": rough_text(seconds)}
    return _("%(span)s ago") % {"span": rough_text(seconds)}
