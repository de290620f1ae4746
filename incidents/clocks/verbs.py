"""Pausing a clock, letting it go on, waiving it: with a reason, on record, and never so that a breach disappears.

All three begin now. Backdated, a pause could hide what ran out in between.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from incidents.clocks import timing
from incidents.clocks.clocks import Reading
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.telling import reminders
from products.vocabulary import EventKind

# What is due afterwards runs when the incident is long closed.
_ANY = tuple(Status)
PAUSE = Step(EventKind.CLOCK_PAUSED, _ANY)
RESUME = Step(EventKind.CLOCK_RESUMED, _ANY)
WAIVE = Step(EventKind.CLOCK_WAIVED, _ANY)
KINDS = (EventKind.CLOCK_PAUSED, EventKind.CLOCK_RESUMED, EventKind.CLOCK_WAIVED)
REASON_LIMIT = 1000
# What each verb wants to find, in the words of Clock.reading().
_FITS: Mapping[str, Callable[[Clock, Reading], bool]] = {
    PAUSE.kind: lambda clock, reading: is_running(clock, reading),
    RESUME.kind: lambda _clock, reading: reading.state == "paused",
    WAIVE.kind: lambda clock, reading: can_be_waived(clock, reading),
}


class ClockTooLate(TooLate):
    """The clock is past this: it ended, ran out, is paused already, or is not paused at all."""

    def __init__(self, incident: Incident, step: Step, clock: Clock, reading: Reading) -> None:
        super().__init__(incident, step)
        self.clock, self.reading = clock, reading

    @property
    def words(self) -> str:
        return _present(self.clock, self.reading, self.step)

    @property
    def faster(self) -> bool:
        """Somebody did the same just before; otherwise there was nothing to do it to."""
        return self.last is not None and self.last.kind == self.step.kind

    @property
    def last(self) -> TimelineEvent | None:
        if self.clock.stopped_by:
            return self.clock.stopped_by
        events = self.incident.events.filter(kind__in=KINDS, subject=self.clock.subject)
        found = events.select_related("actor", "payload").order_by("-seq")
        return next((event for event in found if event.data.get("key") == self.clock.key), None)


def pause_clock(incident: Incident, clock: str, *, by: User, reason: str, subject: str = "") -> TimelineEvent:
    """The time does not count until it goes on. ClockTooLate for one that does not run, or has run out."""
    return _act(incident, PAUSE, clock, subject, by=by, reason=reason)


def resume_clock(
    incident: Incident, clock: str, *, by: User, reason: str, subject: str = ""
) -> TimelineEvent:
    """Go on after a pause, due later by its length. ClockTooLate where nothing is paused."""
    return _act(incident, RESUME, clock, subject, by=by, reason=reason)


def waive_clock(incident: Incident, clock: str, *, by: User, reason: str, subject: str = "") -> TimelineEvent:
    """What it asks for need not come any more; what it holds is free. A breach that was stays on record."""
    return _act(incident, WAIVE, clock, subject, by=by, reason=reason)


def _act(incident: Incident, step: Step, key: str, subject: str, *, by: User, reason: str) -> TimelineEvent:
    _need(reason)
    with transaction.atomic():
        # Incident first, then clock; the moment is later than everything recorded before.
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        now = moment.now()
        clock = _found(incident, key, subject)
        reading = clock.reading(now)
        if not _FITS[step.kind](clock, reading):
            incident.read_again()
            raise ClockTooLate(incident, step, clock, reading)
        event = perform(
            incident, step, by=by, at=now, text=reason.strip(), subject=clock.subject,
            clock=clock.label, key=clock.key, cycle=clock.cycle, reason=reason.strip(),
        )  # fmt: skip
        clock.refresh_from_db()  # what ran out unseen was marked meanwhile
        _DO[step.kind](clock, now)
        reminders.refresh(incident, str(event.get_kind_display()).lower())
        return event


_DO: Mapping[str, Callable[[Clock, datetime], None]] = {
    PAUSE.kind: timing.pause,
    RESUME.kind: timing.resume,
    WAIVE.kind: timing.waive,
}


def is_running(clock: Clock, reading: Reading) -> bool:
    """It counts, and has neither ended nor run out."""
    return clock.run.ended_at is None and reading.state in ("running", "none")


def can_be_waived(clock: Clock, reading: Reading) -> bool:
    """Whatever goes on, late or not; and a wait that ended too early, which otherwise holds for ever."""
    if clock.run.ended_at is None:
        return reading.state != "met"
    return clock.at_least and reading.state == "breached"


def choices(incident: Incident, kind: str, now: datetime) -> list[tuple[str, str]]:
    """The clocks that fit the verb now, as (`key` or `key/subject`, name), for a form."""
    rows = _latest(incident).values()
    fits = _FITS[kind]
    return [(value(clock), name(clock)) for clock in rows if fits(clock, clock.reading(now))]


def value(clock: Clock) -> str:
    return f"{clock.key}/{clock.subject}" if clock.subject else clock.key


def name(clock: Clock) -> str:
    return f"{clock.label} ({clock.subject})" if clock.subject else clock.label


def _latest(incident: Incident) -> dict[tuple[str, str], Clock]:
    """The last run of each clock, in the order of their beginning."""
    rows = incident.clocks.select_related("stopped_by__payload", "stopped_by__actor").order_by("cycle", "pk")
    return {(clock.key, clock.subject): clock for clock in rows}


def _found(incident: Incident, key: str, subject: str) -> Clock:
    latest = _latest(incident)
    rows = [clock for clock in latest.values() if clock.key == key and subject in {"", clock.subject}]
    if not rows:
        words = {"clocks": ", ".join(dict.fromkeys(clock.key for clock in latest.values()))}
        raise ValidationError({"clock": _("This incident has these clocks: %(clocks)s.") % words})
    alive = [clock for clock in rows if clock.run.ended_at is None] or rows
    if len(alive) > 1:
        words = {"subjects": ", ".join(clock.subject for clock in alive)}
        raise ValidationError({"clock": _("There are several. Name one of %(subjects)s.") % words})
    # The row itself is locked too: the incident's lock keeps verbs and sweep away, this one anybody else.
    Clock.objects.select_for_update(of=("self",)).get(pk=alive[0].pk)
    return alive[0]


def _need(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the next reader was not there.")})
    if len(reason.strip()) > REASON_LIMIT:
        raise ValidationError({"reason": _("At most %(most)d characters.") % {"most": REASON_LIMIT}})


def _present(clock: Clock, reading: Reading, step: Step) -> str:
    """How the clock stands, where the verb does not fit."""
    words = {"clock": name(clock)}
    if clock.waived_at:
        return _("“%(clock)s” is waived.") % words
    if clock.cancelled_at:
        return _("“%(clock)s” is cancelled.") % words
    if clock.stopped_at:
        return _("“%(clock)s” has stopped.") % words
    if step == RESUME:
        return _("“%(clock)s” is not paused: there is nothing to go on from.") % words
    if reading.state == "met":
        return _("“%(clock)s” is waited out.") % words
    if reading.state == "paused":
        return _("“%(clock)s” is paused already.") % words
    return (
        _("“%(clock)s” has run out: a pause would hide it. It can be waived, and stays late on record.")
        % words
    )
