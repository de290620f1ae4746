"""Which events tell whom (K132–K136): the product's contacts and channels, when an incident opens, when three
quarters of its response clock are gone, at a breach, and when it is over.

Called by the engine in the verb's transaction. Drills and past incidents tell nobody, and say so; a private one
tells its participants alone, by its ref.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.access import has_role
from accounts.models import Role, User
from incidents.clocks import span
from incidents.models import Clock, Incident, Mode, Participant, Status, TimelineEvent
from notifications import queue
from notifications.models import Channel
from notifications.queue import ACKNOWLEDGE, CANNOT, Message, Recipient
from products.contacts import responders
from products.models import Contact
from products.vocabulary import ClockKey, EventKind

OPENED, WARNED, BREACHED, RESOLVED, PASSED = "opened", "warned", "breached", "resolved", "passed"


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
    _tell(incident, about, WARNED, everybody(incident), _("Time is running out"), line)


def breach(incident: Incident, event: TimelineEvent, clock: Clock) -> None:
    """Not for what had run out before anybody here knew of it: the opening says so."""
    if clock.due_at and clock.due_at <= incident.declared_at:
        return
    line = _("%(clock)s: the limit was %(target)s, %(due)s.") % {
        "clock": clock.label,
        "target": clock.target,
        "due": _time(incident, clock.due_at),
    }
    _tell(incident, _about(event), BREACHED, everybody(incident), _("Time ran out"), line)


def pass_on(incident: Incident, event: TimelineEvent, heir: Recipient | None) -> None:
    """Ask `heir`; without one the rooms hear that nobody is left."""
    if heir:
        _tell(incident, _about(event), PASSED, [heir], _("Passed to you"), event.text)
    else:
        _tell(incident, _about(event), PASSED, rooms(incident), _("Nobody has taken it"), event.text)


def next_after(incident: Incident, key: str) -> Recipient | None:
    """The contact after `key` in the product's order, round the end, without those who cannot or may not."""
    order = people(incident)
    keys = [one.key for one in order]
    start = keys.index(key) + 1 if key in keys else 0
    out = queue.declined(incident.ref) | {key}
    return next((one for one in order[start:] + order[:start] if not one.skip and one.key not in out), None)


def everybody(incident: Incident, *, but: User | None = None) -> list[Recipient]:
    return [*people(incident, but=but), *rooms(incident)]


def people(incident: Incident, *, but: User | None = None) -> list[Recipient]:
    """Contacts in their order, each once; without any, whoever responds in the team. `but` knows it already."""
    found: dict[str, Recipient] = {}
    for user, address, label in _named(incident):
        skip = _unreal(incident) or _unfit(incident, user, but)
        one = Recipient(label, user=user, address=address, skip=skip)
        found.setdefault(one.key, one)
    return list(found.values())


def rooms(incident: Incident) -> list[Recipient]:
    """The channels of the product, and those of its team that serve all products (K136)."""
    if incident.private:
        return []
    mine = Channel.objects.active().filter(team=incident.product.team_id).order_by("pk")
    served = [c for c in mine.prefetch_related("products") if _serves(c, incident.product_id)]
    return [Recipient(channel.name, channel=channel, skip=_unreal(incident)) for channel in served]


def _serves(channel: Channel, product: int) -> bool:
    products = [one.pk for one in channel.products.all()]
    return not products or product in products


def _named(incident: Incident) -> list[tuple[User | None, str, str]]:
    """(person or None, address or "", who in words)."""
    contacts = list(Contact.objects.filter(product=incident.product_id).select_related("user"))
    if incident.private:
        labels = {c.user_id: c.label for c in contacts if c.user_id}
        taking_part = Participant.objects.filter(incident=incident).select_related("user").order_by("pk")
        return [(p.user, "", _label(p.user, labels.get(p.user_id, ""))) for p in taking_part]
    if not contacts:
        return [(user, "", str(user)) for user in responders(incident.product)]
    named: list[tuple[User | None, str, str]] = []
    for contact in contacts:
        if contact.whole_team:
            named += [(user, "", _label(user, contact.label)) for user in responders(incident.product)]
        else:
            who = contact.user or contact.address
            named.append((contact.user, contact.address, _label(who, contact.label)))
    return named


def _label(who: User | str, role: str) -> str:
    return f"{who} ({role})" if role else str(who)


def _unreal(incident: Incident) -> str:
    if incident.mode == Mode.LIVE:
        return ""
    return _("drill") if incident.mode == Mode.DRILL else _("entered afterwards")


def _unfit(incident: Incident, user: User | None, but: User | None) -> str:
    if user is None:
        return ""
    if but and user.pk == but.pk:
        return _("did it")
    if not user.is_active:
        return _("may not sign in any more")
    if not incident.private and not has_role(user, incident.product.team_id, Role.VIEWER):
        return _("no longer in the team")
    return ""


def _opened(incident: Incident, event: TimelineEvent) -> None:
    headline = _("Open again") if event.kind == EventKind.REOPENED else ""
    to = everybody(incident, but=event.actor)
    _tell(incident, _about(event), OPENED, to, headline, "")


def _acknowledged(incident: Incident, event: TimelineEvent) -> None:
    reason = _("acknowledged by %(who)s") % {"who": event.actor_label}
    queue.cancel(incident.ref, reason=reason, keys=[OPENED, PASSED])


def _mitigated(incident: Incident, event: TimelineEvent) -> None:
    queue.cancel(incident.ref, reason=_("the damage is contained"), keys=[OPENED, PASSED, WARNED])


def _worse(incident: Incident, event: TimelineEvent) -> None:
    if incident.severity.wake:
        queue.hurry(incident.ref)


def _over(incident: Incident, event: TimelineEvent) -> None:
    """Whoever was told hears that it is over; what still waits is moot."""
    to = [one for one in queue.reached(incident.ref) if one.user is None or one.user != event.actor]
    queue.cancel(incident.ref, reason=str(Status(incident.status).label).lower())
    if incident.private:
        to = [one for one in to if one.user and _takes_part(incident, one.user)]
    took = span((event.occurred_at - incident.detected_at).total_seconds())
    line = _("%(after)s after detection, by %(who)s.") % {"after": took, "who": event.actor_label}
    _tell(incident, _about(event), RESOLVED, to, str(Status(incident.status).label), line)


def _takes_part(incident: Incident, user: User) -> bool:
    return Participant.objects.filter(incident=incident, user=user).exists()


_AFTER: dict[EventKind, Callable[[Incident, TimelineEvent], None]] = {
    EventKind.DECLARED: _opened,
    EventKind.REOPENED: _opened,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.MITIGATED: _mitigated,
    EventKind.SEVERITY_CHANGED: _worse,
    EventKind.RESOLVED: _over,
    EventKind.DECLINED: _over,
    EventKind.DEFERRED: _over,
    EventKind.DUPLICATE_MARKED: _over,
}


def _about(event: TimelineEvent) -> str:
    return f"{event.incident.ref}/{event.seq}"


def _tell(incident: Incident, about: str, key: str, to: list[Recipient], headline: str, line: str) -> None:
    asks = key != RESOLVED and not incident.acknowledged_at
    message = Message(
        subject=_subject(incident, headline),
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
        wake=incident.severity.wake,
    )


def _subject(incident: Incident, headline: str) -> str:
    """`CRITICAL INC-42: Sign-in fails`; a private one is only its ref."""
    what = f"{incident.severity.label} {incident.ref}"
    if headline:
        what = f"{headline}: {what}"
    return _("%(what)s (private)") % {"what": what} if incident.private else f"{what}: {incident.title}"


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
