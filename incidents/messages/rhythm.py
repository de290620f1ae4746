"""The rhythm of status updates: when the next one is due, who is reminded of it, once a round.

It begins when an incident is opened, goes on with each update or message that is sent, and ends with the incident.
`Incident.update_due_at` says when the next one is due, `remind_at` when somebody is reminded; the second is empty once
that is done, and both are after "stop" until the next update.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moment, rounds
from foundation.crash import crashpoint
from incidents.lifecycle import followers
from incidents.messages import gone, letters
from incidents.messages.letters import Letter
from incidents.models import Incident, Mode, Status, TimelineEvent
from incidents.roles import owners
from incidents.telling import notice, recipients
from notifications import queue
from notifications.models import Audience
from notifications.queue import Message
from products.process.schema.base import seconds
from products.vocabulary import EventKind

DUE = "update_due"
SEND, SNOOZE, STOP = "send_update", "snooze_update", "stop_updates"
SNOOZED = timedelta(minutes=15)
# With these people have heard how it stands.
TOLD = (EventKind.UPDATED, EventKind.MESSAGE_SENT)
OPENED = (EventKind.DECLARED, EventKind.REOPENED)


def every(incident: Incident) -> timedelta | None:
    """How often the process wants an update at this severity; None: it asks for none."""
    return _every(incident, incident.severity.key)


def _every(incident: Incident, severity: str) -> timedelta | None:
    spec = incident.process_version.document.get("updates") or {}
    text = (spec.get("every") or {}).get(severity)
    return timedelta(seconds=seconds(text)) if text else None


def for_users(incident: Incident) -> bool:
    spec = incident.process_version.document.get("updates") or {}
    return bool(spec.get("audience") == Audience.USERS)


def follow(incident: Incident, event: TimelineEvent) -> None:
    """For every verb, with the incident held."""
    rhythm = every(incident) if incident.is_open and incident.mode != Mode.RETROSPECTIVE else None
    if event.kind == EventKind.DECLARED and rhythm:
        # Of this one nobody was reminded yet.
        due = incident.declared_at + rhythm
        incident.put_down(update_due_at=due, remind_at=due)
    elif event.kind == EventKind.TAKEN_BACK and rhythm and gone.said(incident):
        _set(incident, event.recorded_at)
    elif event.kind in (*OPENED, *TOLD) and rhythm:
        # What is told afterwards of an hour ago does not make older what people have heard since.
        _set(incident, _since(incident) + rhythm)
    elif event.kind == EventKind.SEVERITY_CHANGED and rhythm and not _stopped(incident, event):
        _set(incident, _since(incident) + rhythm)
    elif rhythm is None and incident.update_due_at:
        _set(incident, None)


def _since(incident: Incident) -> datetime:
    """When people heard of it last, or when it was opened."""
    asked = ("kind", "occurred_at", "recorded_at", "incident_id")
    rows = incident.events.filter(kind__in=[*OPENED, *TOLD]).only(*asked)
    heard = (_heard(incident, event) for event in rows)
    return max(heard, default=incident.declared_at)


def _stopped(incident: Incident, event: TimelineEvent) -> bool:
    """Somebody has said that nobody is to be reminded until the next update: another severity does not take that back.
    Where there was no rhythm before, one begins."""
    if incident.update_due_at is not None:
        return False
    was = incident.process_version.severities.filter(label=event.data.get("was", "")).first()
    return was is not None and _every(incident, was.key) is not None


def _heard(incident: Incident, event: TimelineEvent) -> datetime:
    """A story that is opened again was news when somebody said so, whenever it came back."""
    if event.kind == EventKind.DECLARED:
        return incident.declared_at
    return event.occurred_at if event.kind in TOLD else event.recorded_at


def _set(incident: Incident, due: datetime | None) -> None:
    notice.call_off(incident, reason=_("an update was sent") if due else _("nobody has to"), keys=[DUE])
    incident.put_down(update_due_at=due, remind_at=due)


def _write(incident: Incident, **columns: datetime | None) -> None:
    for name, value in columns.items():
        setattr(incident, name, value)
    Incident.objects.filter(pk=incident.pk).update(**columns)


def snooze(incident: Incident) -> datetime:
    """Remind again in a quarter of an hour; the update stays due when it was. Returns when."""
    again = moment.now() + SNOOZED
    _write(incident, remind_at=again)
    return again


def stop(incident: Incident) -> None:
    """Nobody is reminded any more, until the next update is sent."""
    queue.cancel(incident.ref, reason=_("stopped"), keys=[DUE])
    _write(incident, update_due_at=None, remind_at=None)


def remind_due(limit: int = 100) -> int:
    """Remind of updates that are due by now; returns of how many."""
    due = Incident.objects.open().filter(remind_at__lte=moment.now()).order_by("remind_at")
    return rounds.each("updates", sorted(due.values_list("pk", flat=True)[:limit]), remind)


def next_due() -> datetime | None:
    waiting = Incident.objects.open().exclude(remind_at=None)
    return waiting.order_by("remind_at").values_list("remind_at", flat=True).first()


def remind(pk: int) -> int:
    with transaction.atomic():
        free = Incident.objects.select_for_update(skip_locked=True, of=("self",)).for_page()
        incident = free.filter(pk=pk).first()
        if incident is None or not incident.is_open or incident.update_due_at is None:
            return 0
        if incident.remind_at is None or incident.remind_at > moment.now():
            return 0
        crashpoint("sweep.update_claimed")
        _tell(incident, incident.update_due_at, incident.remind_at)
        _write(incident, remind_at=None)
        crashpoint("sweep.update_told")
        return 1


def _tell(incident: Incident, due: datetime, at: datetime) -> None:
    role = str((incident.process_version.document.get("updates") or {}).get("role") or "")
    asked = [(user, "") for user in (incident.lead, owners.owner(incident, role)) if user]
    to = recipients.named(incident, asked)[:1] or recipients.people(incident)
    subject = _("%(ref)s: an update is due") % {"ref": incident.ref}
    lines = [_("Nobody has said how it stands since %(at)s.") % {"at": _said(incident, _since(incident))}]
    if not incident.private:
        subject += f" ({incident.product})"
        lines.append(_("With one tap this goes out: “%(text)s”") % {"text": standing(incident)})
    offers = (SEND, SNOOZE, STOP) if sendable(incident) else (SNOOZE, STOP)
    queue.tell(
        about=f"{incident.ref}/update.{int(due.timestamp())}.{int(at.timestamp())}",
        key=DUE,
        to=to,
        message=Message(
            subject, "\n".join(lines), path=f"{incident.get_absolute_url()}update", offers=offers
        ),
        team=incident.product.team,
        rank=incident.severity.rank,
        wake=incident.severity.wake,
    )


def sendable(incident: Incident) -> bool:
    """Whether there is a channel that an update by one tap could go to."""
    return bool(letters.fitting(incident, for_users=for_users(incident)))


def standing(incident: Incident) -> str:
    """How it stands in one sentence, as far as its status says; it goes out by one tap."""
    rhythm, news = every(incident), gone.said(incident)
    sentence = {
        Status.TRIAGE: _("We know of the problem and are looking into it."),
        Status.ACTIVE: _("We are working on it."),
    }.get(Status(incident.status), _("The damage is contained. We go on watching it."))
    sentence = f"{news} {sentence}".strip()
    if rhythm is None:
        return sentence
    return sentence + " " + _("Next update by %(at)s.") % {"at": _said(incident, moment.now() + rhythm)}


def _said(incident: Incident, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(incident.product.team.time_zone)):%H:%M %Z}"


def letter(incident: Incident, text: str, *, users: bool) -> Letter:
    return Letter(_("Status update"), text, users)


followers.follow(follow)
