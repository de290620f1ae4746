"""Moments as `<time>`: in a zone whose name is told, UTC on hover; js/clocks.js rewrites them to the reader's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# How a moment is printed: django's date format, and whether the zone's name follows.
STYLES = {
    "full": ("j M Y, H:i", True),
    "day": ("j M, H:i", True),
    "date": ("j M Y", False),
    "time": ("H:i", True),
    "second": ("H:i:s", False),
}
# What is nearer than this may be told by the hour alone.
NEAR = timedelta(hours=20)


def moment_html(at: datetime | None, style: str = "full", zone: str = "") -> SafeString:
    """`<time datetime="…Z" data-moment="style" title="… UTC">`; "never" for None.

    `zone` is a name such as "Europe/Berlin"; without one the active zone. A "time" of another day has its day: down
    "since 10:31" would read as this morning.
    """
    if at is None:
        return format_html("<span>{}</span>", _("never"))
    if style == "time" and abs(timezone.now() - at) > NEAR:
        style = "day"
    layout, with_zone = STYLES[style]
    local = at.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())
    text = date_format(local, layout) + (f" {local:%Z}" if with_zone else "")
    return format_html(
        '<time datetime="{}" data-moment="{}" title="{}">{}</time>', machine(at), style, utc_text(at), text
    )


def machine(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: what scripts read."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_text(at: datetime) -> str:
    """What hovering shows: "2026-11-21 02:16:40 UTC"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
