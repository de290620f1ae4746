"""Which events tell whom (K132–K136): the product's contacts and channels, when an incident opens, when three
quarters of its response clock are gone, at a breach, when it becomes worse, when somebody has decided, and when it is
over.

Called by the engine in the verb's transaction. Drills and past incidents tell nobody, and say so; a private one
tells its participants alone, by its ref. Who that is, is incidents/recipients.py's.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from incidents import recipients
from incidents.clocks import span
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.recipients import everybody
from incidents.sentences import decided
from notifications import hours, queue
from notifications.models import Delivery
from notifications.queue import ACKNOWLEDGE, CANNOT, Message, Recipient
from products.vocabulary import ClockKey, EventKind

OPENED, WARNED, BREACHED, RESOLVED = "opened", "warned", "breached", "resolved"
PASSED, STRANDED, RAISED = "passed", "stranded", "raised"
NEEDED, GIVEN, DECIDED = "needed", "given", "decided"
ALARM = "alarm"
# What asks somebody to take it; moot once somebody has.
ASKING = (OPENED, PASSED, STRANDED)
# A locked phone shows some forty characters: severity, ref and product must be among them.
SEVERITY_SHOWN, PRODUCT_SHOWN = 14, 16


def after(incident: Incident, event: TimelineEvent) -> None:
    """Tell, or make moot, what `event` asks for."""
    act = _AFTER.get(EventKind(event.kind))
    if act:
        act(incident, event)


def warn(incident: Incident, clock: Clock) -> None:
    left = span((clock.due_at - clock.warn_at).total_seconds()) if clock.due_at and clock.warn_at else ""
    line = _("%(clock)s: %(left)s left, until %(due)s.") % {
        "clock": clock.label,
        "left": left,
        "due": _time(incident, clock.due_at),
    }
    # No entry of the timeline causes it; the run of the clock does, once.
    about = f"{incident.ref}/{clock.key}.{clock.cycle}"
    _tell(incident, about, WARNED, everybody(incident), _("time is running out"), line)


def breach(incident: Incident, event: TimelineEvent, clock: Clock) -> None:
    """Not for what had run out before anybody here knew of it: the opening says so."""
    if clock.due_at and clock.due_at <= incident.declared_at:
        return
    line = _("%(clock)s: the limit was %(target)s, %(due)s.") % {
        "clock": clock.label,
        "target": clock.target,
        "due": _time(incident, clock.due_at),
    }
    _tell(incident, about(event), BREACHED, everybody(incident), _("time ran out"), line)


def pass_on(incident: Incident, event: TimelineEvent, to: list[Recipient], *, stranded: bool) -> None:
    """Ask the next one; or, when nobody is left, tell all of `to` that nobody has taken it."""
    headline = _("nobody has taken it") if stranded else _("your turn")
    _tell(incident, about(event), STRANDED if stranded else PASSED, to, headline, event.text)


def is_stranded(incident: Incident) -> bool:
    """Everybody was told already that nobody is left to ask."""
    told = Delivery.objects.about(incident.ref).filter(key=STRANDED)
    return told.filter(created_at__gte=recipients.opened_at(incident)).exists()


def vacant(incident: Incident, about: str, roles: list[str], to: list[Recipient]) -> None:
    """Roles that are needed and empty: once to those who are asked for them."""
    names = {"roles": ", ".join(roles)}
    line = _("Needed, and nobody has it: %(roles)s. Take it on the page.") % names
    _tell(incident, about, NEEDED, to, _("nobody is %(roles)s") % names, line)


def alarm(incident: Incident, event: TimelineEvent, headline: str, line: str) -> None:
    """Something that must not be found out only the next morning: to the lead, or without one to everybody; of what is
    under way to whoever works on it. Nobody is woken for what is over.
    """
    to = recipients.concerned(incident, but=event.actor)
    if not incident.is_open:
        to = [recipients.person(incident, incident.lead)] if incident.lead else everybody(incident)
    _tell(incident, about(event), ALARM, to, headline, line, wake=incident.severity.wake and incident.is_open)


def taken_reason() -> str:
    """Why such a message is not sent any more."""
    return _("somebody has it now")


def role_given(incident: Incident, event: TimelineEvent, user: User) -> None:
    """A role was handed or given to `user`. What was said with it is for those who may read the incident."""
    names = {"role": event.data["role"], "who": event.actor_label}
    line = _("%(who)s gave you the role %(role)s.") % names
    if event.text and not incident.private:
        line += f"\n{event.text}"
    to = recipients.person(incident, user)
    _tell(incident, about(event), GIVEN, [to], _("you are %(role)s") % names, line)


def waits_until(incident: Incident) -> str:
    """`08:00 CET` when nobody is woken by it now; else empty."""
    now = moment.now()
    due = hours.due(now, incident.product.team.time_zone, wake=incident.severity.wake)
    return f"{due.astimezone(ZoneInfo(incident.product.team.time_zone)):%H:%M %Z}" if due > now else ""


def _opened(incident: Incident, event: TimelineEvent) -> None:
    headline = _("open again") if event.kind == EventKind.REOPENED else ""
    to = everybody(incident, but=event.actor)
    # What the monitor saw is what people want to know when the phone rings.
    seen = incident.target.said if incident.target and event.source == "monitor" else ""
    _tell(incident, about(event), OPENED, to, headline, "" if incident.private else seen)


def _acknowledged(incident: Incident, event: TimelineEvent) -> None:
    reason = _("acknowledged by %(who)s") % {"who": event.actor_label}
    queue.cancel(incident.ref, reason=reason, keys=ASKING)


def _held_off(incident: Incident, event: TimelineEvent) -> None:
    """A paused or waived clock does not run out: the warning that waits for the morning is moot."""
    about = f"{incident.ref}/{event.data['key']}.{event.data['cycle']}"
    queue.cancel_about(about, reason=str(event.get_kind_display()).lower(), key=WARNED)


def _mitigated(incident: Incident, event: TimelineEvent) -> None:
    queue.cancel(incident.ref, reason=_("the damage is contained"), keys=[*ASKING, WARNED, RAISED])


def _worse(incident: Incident, event: TimelineEvent) -> None:
    """Whoever slept through a small one hears that it is a big one; what waits for the morning is moot."""
    was = incident.process_version.severities.filter(label=event.data.get("was", "")).first()
    if was is None or incident.severity.rank >= was.rank:
        return
    headline = _("raised from %(severity)s") % {"severity": was.label}
    queue.cancel(incident.ref, reason=_("raised since"), keys=[*ASKING, WARNED, RAISED])
    # Somebody is on it: the others need not be woken.
    wake = incident.severity.wake and not incident.acknowledged_at
    to = everybody(incident, but=event.actor)
    _tell(incident, about(event), RAISED, to, headline, event.text, wake=wake)


def _decided(incident: Incident, event: TimelineEvent) -> None:
    """Whoever works on it, the contacts and the channels hear it at once; leaving it for a release says so itself."""
    if event.data.get("choice") == "defer":
        return
    what = decided(event)
    words = {"who": event.actor_label, "role": event.data.get("role", ""), "what": what}
    line = _("%(who)s (%(role)s) has decided: %(what)s.") % words
    if event.text and not incident.private:
        line += f"\n{event.text}"
    headlines = {"hotfix": _("hotfix decided"), "rollback": _("rollback decided")}
    headline = headlines.get(str(event.data.get("choice")), _("contain it first"))
    to = recipients.concerned(incident, but=event.actor)
    _tell(incident, about(event), DECIDED, to, headline, line)


def _over(incident: Incident, event: TimelineEvent) -> None:
    """Whoever was told hears that it is over; what still waits is moot."""
    to = [one for one in queue.reached(incident.ref) if one.user is None or one.user != event.actor]
    queue.cancel(incident.ref, reason=str(Status(incident.status).label).lower())
    if incident.private:
        to = [one for one in to if one.user and recipients.takes_part(incident, one.user)]
    took = span((event.occurred_at - incident.detected_at).total_seconds())
    line = _("%(after)s after detection, by %(who)s.") % {"after": took, "who": event.actor_label}
    line = "\n".join(part for part in (_ending(event), line) if part)
    _tell(incident, about(event), RESOLVED, to, str(Status(incident.status).label), line)


def _ending(event: TimelineEvent) -> str:
    """How it ended where that is not a resolution; a reason is told to those alone who may read the incident."""
    if event.kind == EventKind.DEFERRED:
        return _("It waits for %(release)s.") % {"release": event.data["to"]}
    if event.kind == EventKind.DUPLICATE_MARKED:
        return _("It goes on as %(ref)s.") % {"ref": event.data["of"]}
    return ""


_AFTER: dict[EventKind, Callable[[Incident, TimelineEvent], None]] = {
    EventKind.DECLARED: _opened,
    EventKind.REOPENED: _opened,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.DECIDED: _decided,
    EventKind.MITIGATED: _mitigated,
    EventKind.CLOCK_PAUSED: _held_off,
    EventKind.CLOCK_WAIVED: _held_off,
    EventKind.SEVERITY_CHANGED: _worse,
    EventKind.RESOLVED: _over,
    EventKind.DECLINED: _over,
    EventKind.DEFERRED: _over,
    EventKind.DUPLICATE_MARKED: _over,
}


def about(event: TimelineEvent) -> str:
    """The key of what is told because of `event`: `INC-42/17`."""
    return f"{event.incident.ref}/{event.seq}"


def _tell(
    incident: Incident,
    about: str,
    key: str,
    to: list[Recipient],
    headline: str,
    line: str,
    *,
    wake: bool | None = None,
) -> None:
    asks = key != RESOLVED and not incident.acknowledged_at
    message = Message(
        subject=_subject(incident, headline, over=key == RESOLVED),
        body=_body(incident, line, open_=key != RESOLVED),
        path=incident.get_absolute_url(),
        offers=(ACKNOWLEDGE, CANNOT) if asks else (),
    )
    queue.tell(
        about=about,
        key=key,
        to=to,
        message=message,
        team=incident.product.team,
        rank=incident.severity.rank,
        wake=incident.severity.wake if wake is None else wake,
    )


def _subject(incident: Incident, headline: str, *, over: bool) -> str:
    """`CRITICAL INC-42 Staff Mobile: time ran out: Sign-in fails`; what is over says so first, so that people sleep
    on. A private one is only its ref."""
    what = f"{_short(incident.severity.label, SEVERITY_SHOWN)} {incident.ref}"
    what += " " + (_("(private)") if incident.private else _short(incident.product.name, PRODUCT_SHOWN))
    parts = [headline, what] if over else [what, headline]
    return ": ".join(part for part in (*parts, "" if incident.private else incident.title) if part)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _body(incident: Incident, line: str, *, open_: bool) -> str:
    lines = [line] if line else []
    if not incident.private:
        place = f", {incident.environment}" if incident.environment else ""
        lines.append(f"{incident.product}{place}")
        if incident.impact:
            lines.append(incident.impact[:500])
    lines.append(_("Detected %(at)s.") % {"at": _time(incident, incident.detected_at)})
    clock = incident.clocks.filter(key=ClockKey.RESPONSE).order_by("-cycle").first()
    if open_ and clock and clock.due_at and not clock.stopped_at:
        lines.append(
            _("Respond by %(due)s (%(target)s).")
            % {"due": _time(incident, clock.due_at), "target": clock.target}
        )
    return "\n".join(lines)


def _time(incident: Incident, at: datetime | None) -> str:
    """In the team's zone, which is named: whoever reads it may be elsewhere."""
    return f"{at.astimezone(ZoneInfo(incident.product.team.time_zone)):%d %b %H:%M %Z}" if at else ""
