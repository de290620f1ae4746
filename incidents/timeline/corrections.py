"""Wrong times, wrong words, words that must not stay.

The timeline is corrected by adding to it, and redacted by destroying a payload.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Role, User
from foundation import moment
from incidents.clocks import breaches, timing
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import watch
from incidents.lifecycle.lifecycle import Step, TooLate, announce, perform
from incidents.models import Incident, RedactionRequest, Status, TimelineEvent
from incidents.telling import reminders, telling
from incidents.telling.roles import QUOTED
from incidents.timeline import timeline
from incidents.timeline.hiding import asked_to_redact
from live import bus
from notifications import redacting
from products.vocabulary import EventKind

_ANY = tuple(Status)
CORRECT = Step(EventKind.CORRECTED, _ANY)
REDACT = Step(EventKind.REDACTED, _ANY)
# Columns of an incident that take their moment from an event.
STAMPS: dict[str, str] = {EventKind.ACKNOWLEDGED: "acknowledged_at", EventKind.RESOLVED: "resolved_at"}


def correct(
    event: TimelineEvent,
    *,
    by: User | None,
    reason: str,
    occurred_at: datetime | None = None,
    text: str | None = None,
) -> TimelineEvent:
    """`event` happened at another time, or in other words; `by` None: what it follows from was corrected.

    The original stays readable, struck through; measures follow the correction.
    """
    with transaction.atomic():
        event = _hold(event)
        if event.superseded_by.filter(kind=EventKind.CORRECTED).exists():
            raise ValidationError(_("This entry was corrected already. Correct the correction."))
        now = moment.now()
        when = occurred_at or event.occurred_at
        if when > now:
            raise ValidationError({"occurred_at": _("This is in the future.")})
        words = event.text if text is None else text
        if when == event.occurred_at and words == event.text:
            raise ValidationError(_("Nothing differs. Change the time or the words."))
        if not reason.strip():
            raise ValidationError({"reason": _("Say what was wrong.")})
        first = original(event)
        if first.kind in clock_verbs.KINDS and when != event.occurred_at:
            raise ValidationError(
                {"occurred_at": _("A clock is paused and waived at once, never at another time.")}
            )
        if first.kind in STAMPS and when < event.incident.detected_at:
            raise ValidationError({"occurred_at": _("This is before the problem was detected.")})
        correction = perform(
            event.incident, CORRECT, by=by, at=when, text=words, supersedes=event,
            seq=event.seq, reason=reason, was_at=event.occurred_at.isoformat(), of=first.kind,
        )  # fmt: skip
        _measure_again(first, when, now)
        timeline.announce_again(event)
        return correction


def _measure_again(first: TimelineEvent, when: datetime, now: datetime) -> None:
    """Columns and clocks that took their moment from `first` follow its correction."""
    column = STAMPS.get(first.kind)
    latest = first.incident.events.filter(kind=first.kind).order_by("-seq").first()
    if column and latest == first:
        Incident.objects.filter(pk=first.incident_id).exclude(**{column: None}).update(**{column: when})
    for event in (first, *watch.begun_because_of(first)):
        breaches.breach(first.incident, timing.correct(event, when), now)
    reminders.refresh(first.incident, str(EventKind.CORRECTED.label).lower())


def _hold(event: TimelineEvent) -> TimelineEvent:
    """The event as it is once nobody else can change it; refuses what may be neither corrected nor redacted."""
    incident = Incident.objects.select_for_update(of=("self",)).for_page().get(pk=event.incident_id)
    held = incident.events.select_related("payload", "actor", "supersedes").get(pk=event.pk)
    held.incident = incident
    if held.redacted:
        raise ValidationError(_("This entry has been redacted."))
    if held.kind == EventKind.REDACTED:
        raise ValidationError(_("The record of a redaction stays as it is."))
    if asked_to_redact(held):
        raise ValidationError(_("This entry is hidden: somebody asked to redact it."))
    return held


def original(event: TimelineEvent) -> TimelineEvent:
    """The event at the root of a chain of corrections."""
    while event.kind == EventKind.CORRECTED and event.supersedes:
        event = event.supersedes
    return event


def ask_redaction(event: TimelineEvent, *, by: User, reason: str) -> RedactionRequest:
    """Hide the entry at once and ask a second person to destroy it. Asking twice returns the open request."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, without repeating it.")})
    with transaction.atomic():
        event = _hold(event)
        request = RedactionRequest.objects.create(
            event=event, reason=reason, asked_by=by, asked_at=moment.now()
        )
        for doomed in [event, *_corrections(event)]:
            for about, words in _told(doomed):
                redacting.hold_back(about, words, reason=_("Somebody asked to redact it."))
        _hide(event)
        return request


def confirm_redaction(request: RedactionRequest, *, by: User) -> TimelineEvent:
    """Destroy the text and data of the entry and of corrections that repeat it.

    The chain still verifies: it holds only their digests.
    """
    alone = by.pk == request.asked_by_id
    event = request.event
    if alone and has_second_person(request):
        raise ValidationError(_("Another person has to confirm: ask a teammate."))
    with transaction.atomic():
        _settle(request, by, confirmed=True, alone=alone)
        asked_by = str(request.asked_by)
        for doomed in [event, *(one for one in _corrections(event) if not one.redacted)]:
            for about, words in _told(doomed):
                redacting.forget(about, words)
            redaction = perform(
                event.incident, REDACT, by=by, text=request.reason, supersedes=doomed, seq=doomed.seq,
                asked_by=asked_by, alone=alone,
            )  # fmt: skip
            # The database has destroyed the payload of `doomed` by now: the trigger timeline_destroy.
        _hide(event)
        return redaction


def _told(event: TimelineEvent) -> list[tuple[str, str]]:
    """What messages say of its words, each with what it is about: in whole or cut, and what was sent to people."""
    if event.redacted:
        return []
    about = telling.about(event)
    found = [(about, words) for words in (event.text, event.text[:QUOTED]) if words]
    # A message that was sent keeps its words apart from where it went.
    body = str(event.data.get("body", ""))
    return [*found, (str(event.data["about"]), body)] if event.data.get("about") and body else found


def decline_redaction(request: RedactionRequest, *, by: User) -> None:
    """The entry may stay; it shows again. The one who asked may take the question back."""
    with transaction.atomic():
        _settle(request, by, confirmed=False, alone=False)
        _hide(request.event)


def has_second_person(request: RedactionRequest) -> bool:
    """Whether anybody but the one who asked could confirm: of a private incident, only who takes part in it."""
    incident = request.event.incident
    others = Membership.objects.filter(team=incident.product.team_id, user__is_active=True)
    if incident.private:
        others = others.filter(user__in=incident.participants.values("user"))
    return others.exclude(role=Role.VIEWER).exclude(user=request.asked_by_id).exists()


def _settle(request: RedactionRequest, by: User, *, confirmed: bool, alone: bool) -> None:
    won = RedactionRequest.objects.filter(pk=request.pk, settled_at=None).update(
        settled_by=by, settled_at=moment.now(), confirmed=confirmed, alone=alone
    )
    if not won:
        raise TooLate(request.event.incident, REDACT)


def _corrections(event: TimelineEvent) -> list[TimelineEvent]:
    found = list(event.superseded_by.filter(kind=EventKind.CORRECTED))
    return [one for correction in found for one in (correction, *_corrections(correction))]


def _hide(event: TimelineEvent) -> None:
    """Every line that shows its words is written afresh: hidden, destroyed, or shown again."""
    for one in (event, *_corrections(event)):
        # Announcements kept for resuming hold the old words.
        bus.forget(timeline.topic(event.incident), containing=f'id="event-{one.pk}"')
        timeline.announce_again(one)
    announce(event.incident)
