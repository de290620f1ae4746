"""What the timeline says of a watch: that it began, took longer, failed or went well, with the numbers behind it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.clocks.clocks import span
from incidents.models import TimelineEvent

# How many gaps of one entry are named.
NAMED = 3


def opened(event: TimelineEvent) -> SafeString:
    words = _("<b>The watch begins</b>, for {least} at least")
    if event.data.get("again"):
        words = _("<b>The watch begins anew</b>: all is well again. It takes {least} at least")
    return format_html(words, least=event.data.get("least", ""))


def extended(event: TimelineEvent) -> SafeString | None:
    """`Watch extended by 10 min: 10 min without a good look between 02:10 and 02:20 (API). Until 04:10 CET.`"""
    gaps = event.data.get("gaps")
    if not isinstance(gaps, list):
        return None
    named = "; ".join(gap_words(event, gap) for gap in gaps[-NAMED:])
    text = format_html(
        _("<b>Watch extended</b> by {by}: {gaps}."), by=span(event.data.get("by_s", 0)), gaps=named
    )
    until = event.data.get("until")
    if not until:
        return text
    return format_html(_("{text} Until {until}."), text=text, until=_at(event, str(until), zone=True))


def gap_words(event: TimelineEvent, gap: dict[str, object]) -> str:
    start, end = datetime.fromisoformat(str(gap["from"])), datetime.fromisoformat(str(gap["to"]))
    who = gap.get("who")
    words = {
        "for": span((end - start).total_seconds()),
        "from": _at(event, str(gap["from"])),
        "to": _at(event, str(gap["to"])),
        "who": ", ".join(str(one) for one in who) if isinstance(who, list) else "",
    }
    said = _("%(for)s without a good look between %(from)s and %(to)s") % words
    return _("%(said)s (%(who)s)") % {"said": said, **words} if words["who"] else said


def failed(event: TimelineEvent) -> SafeString | None:
    """By a monitor; None where a person says so."""
    if event.actor_id is not None or not event.data.get("name"):
        return None
    name = event.data["name"]
    if event.data.get("relapse"):
        return format_html(
            _("<b>After the watch</b> {name} is down again. Decide: mend it or roll back."), name=name
        )
    words = _("<b>The watch failed</b> after {for_}: {name} is down. Decide: mend it or roll back.")
    if event.data.get("flapped"):
        words = _(
            "<b>The watch failed</b> after {for_}: {name} comes and goes. Decide: mend it or roll back."
        )
    return format_html(words, for_=span(event.data.get("counted_s", 0)), name=name)


def met(event: TimelineEvent) -> SafeString | None:
    """By measurement; None where a person says so."""
    if event.actor_id is not None or "counted_s" not in event.data:
        return None
    return format_html(
        _("<b>The watch went well</b>: {for_} watched, {percent} % of the time"),
        for_=span(event.data["counted_s"]),
        percent=int(event.data.get("coverage", 0)),
    )


def _at(event: TimelineEvent, text: str, *, zone: bool = False) -> str:
    """In the team's zone."""
    there = ZoneInfo(event.incident.product.team.time_zone)
    return (
        f"{datetime.fromisoformat(text).astimezone(there):%H:%M %Z}"
        if zone
        else (f"{datetime.fromisoformat(text).astimezone(there):%H:%M}")
    )
