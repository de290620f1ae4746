"""What each kind of event says on the timeline.

One sentence, names bold, no durations that age, nothing about the reader.
"""

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from incidents.clocks import span
from incidents.models import TimelineEvent
from products.vocabulary import EventKind

Sentence = Callable[[TimelineEvent], SafeString]


def sentence(event: TimelineEvent) -> SafeString:
    """The event's sentence as safe HTML."""
    return SENTENCES.get(event.kind, _plain)(event)


def _who(event: TimelineEvent) -> str:
    return event.actor_label or _("Nightdesk")


def _plain(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>{what}</b> by {who}"), what=event.get_kind_display(), who=_who(event))


def _declared(event: TimelineEvent) -> SafeString:
    if event.actor_id is None:
        return format_html(
            _("<b>Opened</b> by {who}: {title}"), who=_who(event), title=event.data.get("title", "")
        )
    return format_html(
        _("<b>Declared</b> by {who}: {title}"), who=_who(event), title=event.data.get("title", "")
    )


def _acknowledged(event: TimelineEvent) -> SafeString:
    after = span(event.data.get("after_s", 0))
    if event.data.get("by_link"):
        return format_html(
            _("<b>Acknowledged</b> by {who} by link after {after}"), who=_who(event), after=after
        )
    return format_html(_("<b>Acknowledged</b> by {who} after {after}"), who=_who(event), after=after)


def _described(event: TimelineEvent) -> SafeString:
    fields = ", ".join(str(LABELS.get(name, name)) for name in event.data.get("changed", {}))
    return format_html(_("{who} <b>described</b> {fields}"), who=_who(event), fields=fields)


def _severity_confirmed(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>{severity} confirmed</b> by {who}"), severity=event.data.get("severity", ""), who=_who(event)
    )


def _severity_changed(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Severity {was} → {now}</b> by {who}"),
        was=event.data.get("was", ""),
        now=event.data.get("now", ""),
        who=_who(event),
    )


def _assigned(event: TimelineEvent) -> SafeString:
    if event.data.get("break_glass"):
        return format_html(_("<b>{who} opened this private incident</b> as administrator"), who=_who(event))
    if event.data.get("key") == "lead" and event.data.get("user_id") == event.actor_id:
        return format_html(_("<b>{who} took the lead</b>"), who=_who(event))
    holder, role = event.data.get("user", ""), event.data.get("role", "")
    if holder == _who(event):
        return format_html(_("<b>{holder} took the role {role}</b>"), holder=holder, role=role)
    return format_html(
        _("<b>{holder} has the role {role}</b>, given by {who}"), holder=holder, role=role, who=_who(event)
    )


def _noted(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>Note</b> by {who}"), who=_who(event))


def _resolved(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Resolved</b> by {who}, {after} after detection"),
        who=_who(event),
        after=span(event.data.get("after_s", 0)),
    )


def _corrected(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Corrected</b> by {who}: entry {seq}"), who=_who(event), seq=event.data.get("seq", "")
    )


def _redacted(event: TimelineEvent) -> SafeString:
    by = _("{who}, asked by {asked}").format(who=_who(event), asked=event.data.get("asked_by", ""))
    if event.data.get("alone"):
        by = _("{who} alone: the team has no second person").format(who=_who(event))
    return format_html(_("<b>Redacted</b> entry {seq} by {by}"), seq=event.data.get("seq", ""), by=by)


def _clock_breached(event: TimelineEvent) -> SafeString:
    late = event.data.get("noticed_late_s", 0)
    text = format_html(
        _("<b>Time ran out</b>: {clock}, {target}"),
        clock=event.data.get("clock", ""),
        target=event.data.get("target", ""),
    )
    return format_html(_("{text} (noticed {late} late)"), text=text, late=span(late)) if late >= 2 else text


def _monitor_down(event: TimelineEvent) -> SafeString:
    return format_html(
        _("Monitor <b>{name}</b> is down: {detail}"),
        name=event.data.get("name", ""),
        detail=event.data.get("detail", ""),
    )


def _monitor_up(event: TimelineEvent) -> SafeString:
    name = event.data.get("name", "")
    if event.data.get("unwatched"):
        return format_html(_("Monitor <b>{name}</b> is up, now that Nightdesk looks again."), name=name)
    text = format_html(_("Monitor <b>{name}</b> is up again"), name=name)
    down = event.data.get("down_s")
    return (
        format_html(_("{text} after {down}. If people can work again, resolve."), text=text, down=span(down))
        if down
        else text
    )


LABELS = {
    "title": lazy("title"),
    "impact": lazy("impact"),
    "workaround": lazy("workaround"),
    "users_affected": lazy("people affected"),
    "users_estimated": lazy("estimate"),
    "users_source": lazy("how counted"),
    "security": lazy("security"),
    "data_loss": lazy("data loss"),
    "affected_version": lazy("affected version"),
    "environment": lazy("environment"),
}

# The names of an event's data on its own page; what is only for machines has none.
FACTS = {
    "after_s": lazy("After detection"),
    "asked_by": lazy("Asked by"),
    "clock": lazy("Clock"),
    "code": lazy("Code"),
    "detail": lazy("What was seen"),
    "detected_at": lazy("Detected at"),
    "down_s": lazy("Down for"),
    "name": lazy("Monitor"),
    "noticed_late_s": lazy("Noticed late by"),
    "now": lazy("Is now"),
    "reason": lazy("Reason"),
    "role": lazy("Role"),
    "severity": lazy("Severity"),
    "target": lazy("Limit"),
    "title": lazy("Title"),
    "user": lazy("Person"),
    "was": lazy("Was"),
    "was_at": lazy("Was recorded for"),
}

SENTENCES: dict[str, Sentence] = {
    EventKind.DECLARED: _declared,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.DESCRIBED: _described,
    EventKind.SEVERITY_CONFIRMED: _severity_confirmed,
    EventKind.SEVERITY_CHANGED: _severity_changed,
    EventKind.ASSIGNED: _assigned,
    EventKind.NOTED: _noted,
    EventKind.RESOLVED: _resolved,
    EventKind.CORRECTED: _corrected,
    EventKind.REDACTED: _redacted,
    EventKind.CLOCK_BREACHED: _clock_breached,
    EventKind.MONITOR_DOWN: _monitor_down,
    EventKind.MONITOR_UP: _monitor_up,
}
