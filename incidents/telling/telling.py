"""Which events tell whom (K132–K136): the product's contacts and channels, when an incident opens, at a breach, when it
becomes worse, when somebody has decided, and when it is over. What concerns one role alone is in
incidents/telling/roles.py, the stages of a clock in incidents/telling/reminders.py.

Called by the engine in the verb's transaction. Drills and past incidents tell nobody, and say so; a private one
tells its participants alone, by its ref. Who that is, is incidents/telling/recipients.py's.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from incidents.clocks.clocks import span
from incidents.glance import forget
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.sentences.decisions import decided
from incidents.telling import recipients
from incidents.telling import roles as telling_roles
from incidents.telling.notice import RESOLVED as RESOLVED
from incidents.telling.notice import WAITING, call_off, tell, time_of
from incidents.telling.notice import about as about
from incidents.telling.recipients import everybody
from notifications import hours, queue
from notifications.models import Delivery
from notifications.queue import Recipient
from products.vocabulary import EventKind

OPENED, BREACHED = "opened", "breached"
PASSED, STRANDED, RAISED = "passed", "stranded", "raised"
NEEDED, GIVEN, DECIDED = "needed", "given", "decided"
ALARM, ESCALATED, UNDECIDED = "alarm", "escalated", "undecided"
UNREACHED = "unreached"
# What asks somebody to take it; moot once somebody has.
CALLING = (PASSED, STRANDED, ESCALATED, UNREACHED)
ASKING = (OPENED, *CALLING)


def after(incident: Incident, event: TimelineEvent) -> None:
    """Tell, or make moot, what `event` asks for."""
    act = _AFTER.get(EventKind(event.kind))
    if act:
        act(incident, event)


def breach(incident: Incident, event: TimelineEvent, clock: Clock, to: list[Recipient]) -> None:
    """A promise was missed. Nobody is woken for what is due afterwards."""
    line = _("%(clock)s: the limit was %(target)s, %(due)s.") % {
        "clock": clock.label,
        "target": clock.target,
        "due": time_of(incident, clock.due_at),
    }
    wake = incident.severity.wake and incident.is_open
    tell(incident, about(event), BREACHED, to, _("time ran out"), line, wake=wake)


def known_only_late(incident: Incident, clock: Clock) -> bool:
    """It had run out before the incident was declared: the opening says so."""
    return clock.due_at is not None and clock.due_at <= incident.declared_at


def undecided(
    incident: Incident, event: TimelineEvent, to: list[Recipient], *, whom: str, took: str, path: str
) -> None:
    """The time to decide is over: whoever may decide instead is asked, with the way to the decision."""
    words = {"who": whom, "time": took}
    line = (
        _("%(who)s has not decided for %(time)s. You may: hotfix or rollback?") % words
        if whom
        else _("Nobody has decided for %(time)s: hotfix or rollback?") % words
    )
    tell(incident, about(event), UNDECIDED, to, _("nobody has decided"), line, path=path)


def asked_next(
    incident: Incident, about: str, to: list[Recipient], *, as_what: str, waited: str, why: str = ""
) -> None:
    """Nobody has acknowledged (or `why` else): the next one is asked."""
    line = why or _("Nobody has acknowledged it for %(time)s.") % {"time": waited}
    if as_what:
        line += " " + _("You are asked next: %(role)s.") % {"role": as_what}
    tell(incident, about, ESCALATED, to, _("nobody has acknowledged"), line)


def pass_on(incident: Incident, event: TimelineEvent, to: list[Recipient], *, stranded: bool) -> None:
    """Ask the next one; or, when nobody is left, tell all of `to` that nobody has taken it."""
    headline = _("nobody has taken it") if stranded else _("your turn")
    tell(incident, about(event), STRANDED if stranded else PASSED, to, headline, event.text)


def is_stranded(incident: Incident) -> bool:
    """Everybody was told already that nobody is left to ask."""
    told = Delivery.objects.about(incident.ref).filter(key=STRANDED)
    return told.filter(created_at__gte=recipients.opened_at(incident)).exists()


def vacant(incident: Incident, about: str, roles: list[str], to: list[Recipient]) -> None:
    """Roles that are needed and empty: once to those who are asked for them."""
    names = {"roles": ", ".join(roles)}
    line = _("Needed, and nobody has it: %(roles)s. Take it on the page.") % names
    tell(incident, about, NEEDED, to, _("nobody is %(roles)s") % names, line)


def alarm(incident: Incident, event: TimelineEvent, headline: str, line: str) -> None:
    """Something that must not be found out only the next morning: to the lead, or without one to everybody; of what is
    under way to whoever works on it. Nobody is woken for what is over.
    """
    to = recipients.concerned(incident, but=event.actor)
    if not incident.is_open:
        to = [recipients.person(incident, incident.lead)] if incident.lead else everybody(incident)
    tell(incident, about(event), ALARM, to, headline, line, wake=incident.severity.wake and incident.is_open)


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
    tell(incident, about(event), GIVEN, [to], _("you are %(role)s") % names, line)


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
    tell(incident, about(event), OPENED, to, headline, "" if incident.private else seen)


def _acknowledged(incident: Incident, event: TimelineEvent) -> None:
    reason = _("acknowledged by %(who)s") % {"who": event.actor_label}
    _has_it(incident, reason)


def _mitigated(incident: Incident, event: TimelineEvent) -> None:
    reason = _("the damage is contained")
    _has_it(incident, reason)
    call_off(incident, reason=reason, keys=[RAISED, UNDECIDED])


def _has_it(incident: Incident, reason: str) -> None:
    """Nobody needs to be called any more. A room or a mailbox that was not reached yet still hears that there is
    something: else it would be told neither of this nor of its end."""
    call_off(incident, reason=reason, keys=[OPENED], of_people=True)
    call_off(incident, reason=reason, keys=CALLING)


def _begun(incident: Incident, event: TimelineEvent) -> None:
    """Somebody has begun a remedy: which one need not be decided any more."""
    call_off(incident, reason=str(event.get_kind_display()).lower(), keys=[UNDECIDED])


def _worse(incident: Incident, event: TimelineEvent) -> None:
    """Whoever slept through a small one hears that it is a big one; what waits for the morning is moot."""
    was = incident.process_version.severities.filter(label=event.data.get("was", "")).first()
    if was is None or incident.severity.rank >= was.rank:
        return
    headline = _("raised from %(severity)s") % {"severity": was.label}
    call_off(incident, reason=_("raised since"), keys=[*ASKING, RAISED])
    # Somebody is on it: the others need not be woken.
    wake = incident.severity.wake and not incident.acknowledged_at
    to = everybody(incident, but=event.actor)
    tell(incident, about(event), RAISED, to, headline, event.text, wake=wake)


def _decided(incident: Incident, event: TimelineEvent) -> None:
    """Whoever works on it, the contacts and the channels hear it at once; leaving it for a release says so itself."""
    _begun(incident, event)
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
    tell(incident, about(event), DECIDED, to, headline, line)


def _over(incident: Incident, event: TimelineEvent) -> None:
    """Whoever was told hears that it is over; what still waits is moot."""
    to = [one for one in queue.reached(incident.ref) if one.user is None or one.user != event.actor]
    queue.cancel(incident.ref, reason=str(Status(incident.status).label).lower())
    forget(incident, WAITING)
    if incident.private:
        to = [one for one in to if one.user and recipients.takes_part(incident, one.user)]
    took = span((event.occurred_at - incident.detected_at).total_seconds())
    line = _("%(after)s after detection, by %(who)s.") % {"after": took, "who": event.actor_label}
    line = "\n".join(part for part in (_ending(event), line) if part)
    tell(incident, about(event), RESOLVED, to, str(Status(incident.status).label), line)


def _ending(event: TimelineEvent) -> str:
    """How it ended where that is not a resolution; a reason is told to those alone who may read the incident."""
    if event.kind == EventKind.DEFERRED:
        return _("It waits for %(release)s.") % {"release": event.data["to"]}
    if event.kind == EventKind.DUPLICATE_MARKED:
        of = event.data.get("of")
        return _("It goes on as %(ref)s.") % {"ref": of} if of else _("It goes on as a private incident.")
    return ""


_AFTER: dict[EventKind, Callable[[Incident, TimelineEvent], None]] = {
    EventKind.DECLARED: _opened,
    EventKind.REOPENED: _opened,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.DECIDED: _decided,
    EventKind.MITIGATED: _mitigated,
    EventKind.HOTFIX_STARTED: _begun,
    EventKind.ROLLBACK_STARTED: _begun,
    EventKind.SEVERITY_CHANGED: _worse,
    EventKind.RESOLVED: _over,
    EventKind.DECLINED: _over,
    EventKind.DEFERRED: _over,
    EventKind.DUPLICATE_MARKED: _over,
    **telling_roles.AFTER,
}
