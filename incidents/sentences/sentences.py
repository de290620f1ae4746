"""What each kind of event says on the timeline.

One sentence, names bold, no durations that age, nothing about the reader.
"""

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from incidents.clocks.clocks import span
from incidents.models import TimelineEvent
from incidents.sentences import watch as watches
from incidents.sentences.alerts import alert_received
from incidents.sentences.decisions import decided, of_approval, of_decision
from incidents.sentences.evidence import checked, linked, out_again, overridden, seen, taken_back
from incidents.sentences.facts import LABELS
from incidents.sentences.telling import message_sent, updated
from incidents.timeline.attachments import file_of
from incidents.work.stated import SAID
from products.vocabulary import EventKind

Sentence = Callable[[TimelineEvent], SafeString]


def sentence(event: TimelineEvent) -> SafeString:
    """The event's sentence as safe HTML, with the file that came with it."""
    said = SENTENCES.get(event.kind, _plain)(event)
    file = file_of(event, event.incident.ref)
    if file is None:
        return said
    words = _('{said} <a href="{address}" download>{name}</a> ({size}, SHA-256 <code>{digest}…</code>)')
    return format_html(
        words, said=said, address=file.address, name=file.name, size=file.size_words, digest=file.sha256[:12]
    )


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
    text = format_html(
        _("<b>{severity} confirmed</b> by {who}"), severity=event.data.get("severity", ""), who=_who(event)
    )
    return linked(event, text)


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
    if event.data.get("as_administrator"):
        text = _("<b>{holder} took the role {role} as administrator</b>, without being listed for it")
        return format_html(text, holder=holder, role=role)
    if holder == _who(event) and event.data.get("was"):
        text = _("<b>{holder} took the role {role}</b> from {was}")
        return format_html(text, holder=holder, role=role, was=event.data["was"])
    if holder == _who(event):
        return format_html(_("<b>{holder} took the role {role}</b>"), holder=holder, role=role)
    return format_html(
        _("<b>{holder} has the role {role}</b>, given by {who}"), holder=holder, role=role, who=_who(event)
    )


def _handed_over(event: TimelineEvent) -> SafeString:
    role, who = event.data.get("role", ""), _who(event)
    if event.data.get("given_up"):
        return format_html(_("<b>{who} gave up the role {role}</b>: nobody has it"), who=who, role=role)
    return format_html(
        _("<b>{who} handed the role {role} over</b> to {to}"),
        who=who,
        role=role,
        to=event.data.get("user", ""),
    )


def _noted(event: TimelineEvent) -> SafeString:
    return of_decision(event, _who(event)) or format_html(_("<b>Note</b> by {who}"), who=_who(event))


def _resolved(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Resolved</b> by {who}, {after} after detection"),
        who=_who(event),
        after=span(event.data.get("after_s", 0)),
    )


def _declined(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>Declined</b> by {who}: no incident"), who=_who(event))


def _deferred(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Deferred to {release}</b> by {who}"), release=event.data.get("to", ""), who=_who(event)
    )


def _duplicate_marked(event: TimelineEvent) -> SafeString:
    if not (ref := event.data.get("of", "")):
        return format_html(_("<b>Duplicate of a private incident</b>, says {who}"), who=_who(event))
    return format_html(_("<b>Duplicate of {ref}</b>, says {who}"), ref=ref, who=_who(event))


def _ticked(event: TimelineEvent) -> SafeString:
    words = {
        "done": _("<b>Done: {title}</b>, says {who}"),
        "not_needed": _("<b>Not needed: {title}</b>, says {who}"),
    }
    text = words.get(str(event.data.get("state")), _("<b>Open again: {title}</b>, says {who}"))
    if event.data.get("by_report"):
        text = _("<b>Done: {title}</b>, by the last answer of the report ({who})")
    return format_html(text, title=event.data.get("title", ""), who=_who(event))


def _stated(event: TimelineEvent) -> SafeString:
    if said := of_approval(event, _who(event)):
        return linked(event, said)
    if event.actor_id is None:
        return out_again(event) or seen(event) or _plain(event)
    if event.data.get("self_reviewed"):
        return linked(
            event,
            format_html(_("<b>Self-reviewed</b> by {who}: the team has no second person"), who=_who(event)),
        )
    words = _("<b>{what}</b>, says {who}")
    if event.data.get("implied_by") == EventKind.DECIDED:
        words = _("<b>{what}</b>, by deciding ({who})")
    if event.data.get("alone"):
        words = _("<b>{what}</b>, says {who}, who also said that the fix is pushed")
    what = _("Rollout halted") if event.data.get("halted") else event.get_kind_display()
    if event.data.get("percent") is not None:
        what = _("{what} at {percent} %").format(what=what, percent=event.data["percent"])
    text = format_html(words, what=what, who=_who(event))
    return linked(event, text)


def _regressed(event: TimelineEvent) -> SafeString:
    words = _("<b>It got worse</b> with {hotfix}, says {who}")
    return format_html(words, hotfix=event.data.get("hotfix", ""), who=_who(event))


def _vouched(event: TimelineEvent) -> SafeString:
    line = event.data.get("line", "")
    return format_html(_("<b>{who} vouches</b> for “{line}”"), who=_who(event), line=line)


def _decided(event: TimelineEvent) -> SafeString:
    words = _("<b>Decided: {what}</b> by {who} ({role})")
    if event.data.get("emergency"):
        words = _("<b>Decided in an emergency: {what}</b> by {who} ({role})")
    return format_html(words, what=decided(event), who=_who(event), role=event.data.get("role", ""))


def _corrected(event: TimelineEvent) -> SafeString:
    return format_html(
        _("<b>Corrected</b> by {who}: entry {seq}"), who=_who(event), seq=event.data.get("seq", "")
    )


def _redacted(event: TimelineEvent) -> SafeString:
    by = _("{who}, asked by {asked}").format(who=_who(event), asked=event.data.get("asked_by", ""))
    if event.data.get("alone"):
        by = _("{who} alone: the team has no second person").format(who=_who(event))
    return format_html(_("<b>Redacted</b> entry {seq} by {by}"), seq=event.data.get("seq", ""), by=by)


def _clock(event: TimelineEvent) -> str:
    """Which clock, and of which remedy."""
    clock = event.data.get("clock", "")
    return f"{clock} ({event.subject})" if event.subject else clock


def _clock_paused(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>Clock paused</b> by {who}: {clock}"), who=_who(event), clock=_clock(event))


def _clock_resumed(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>Clock goes on</b>, says {who}: {clock}"), who=_who(event), clock=_clock(event))


def _clock_waived(event: TimelineEvent) -> SafeString:
    return format_html(_("<b>Clock waived</b> by {who}: {clock}"), who=_who(event), clock=_clock(event))


def _clock_breached(event: TimelineEvent) -> SafeString:
    late = event.data.get("noticed_late_s", 0)
    ran_out = _("<b>Time ran out</b>: {clock}, {target}")
    text = format_html(
        ran_out if event.data.get("told", True) else _("<b>Aim missed</b>: {clock}, {target}"),
        clock=_clock(event),
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


SENTENCES: dict[str, Sentence] = {
    EventKind.DECLARED: _declared,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.DESCRIBED: _described,
    EventKind.SEVERITY_CONFIRMED: _severity_confirmed,
    EventKind.SEVERITY_CHANGED: _severity_changed,
    EventKind.ASSIGNED: _assigned,
    EventKind.HANDED_OVER: _handed_over,
    EventKind.NOTED: _noted,
    EventKind.ASKED: lambda event: of_decision(event, _who(event)) or _plain(event),
    EventKind.ANSWERED: lambda event: of_decision(event, _who(event)) or _plain(event),
    EventKind.RESOLVED: _resolved,
    EventKind.DECIDED: _decided,
    EventKind.DECLINED: _declined,
    EventKind.DEFERRED: _deferred,
    EventKind.DUPLICATE_MARKED: _duplicate_marked,
    **dict.fromkeys(SAID, _stated),
    EventKind.DEPLOY_STARTED: _stated,
    EventKind.REGRESSED: _regressed,
    EventKind.TAKEN_BACK: taken_back,
    EventKind.APPROVAL_DISMISSED: _stated,
    EventKind.ATTESTED: lambda event: linked(event, _ticked(event)),
    EventKind.CHECK_CHANGED: lambda event: checked(event) or _ticked(event),
    EventKind.WATCH_OPENED: watches.opened,
    EventKind.WATCH_EXTENDED: lambda event: watches.extended(event) or _plain(event),
    EventKind.WATCH_FAILED: lambda event: watches.failed(event) or _stated(event),
    EventKind.WATCH_MET: lambda event: watches.met(event) or _stated(event),
    EventKind.MESSAGE_SENT: message_sent,
    EventKind.UPDATED: updated,
    EventKind.OVERRIDDEN: lambda event: overridden(event) or _vouched(event),
    EventKind.CORRECTED: _corrected,
    EventKind.REDACTED: _redacted,
    EventKind.CLOCK_BREACHED: _clock_breached,
    EventKind.CLOCK_PAUSED: _clock_paused,
    EventKind.CLOCK_RESUMED: _clock_resumed,
    EventKind.CLOCK_WAIVED: _clock_waived,
    EventKind.MONITOR_DOWN: _monitor_down,
    EventKind.MONITOR_UP: _monitor_up,
    EventKind.ALERT_RECEIVED: alert_received,
}
