"""Reminders of a clock: when half of its time is gone, three quarters and nine tenths, each once.

Half is for whoever has the step, and rings nowhere. Three quarters is for them, or for the contacts where nobody has
it; nine tenths for their deputy too. The clock to acknowledge asks further and further people instead
(incidents/telling/escalation.py). What came while nobody looked is not told in a row: only its last stage is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from foundation.crash import crashpoint
from incidents.clocks.clocks import span
from incidents.clocks.stages import STAGES
from incidents.clocks.whose import Whose, whose
from incidents.glance import forget
from incidents.models import Clock, Incident, Reminder
from incidents.telling import escalation, notice, recipients, telling
from notifications import queue
from notifications.models import Delivery, Kind
from notifications.queue import Recipient
from products.vocabulary import ClockKey

HALF, THREE_QUARTERS, NINE_TENTHS = STAGES
# The message of each stage, by its public key.
KEYS = {HALF: "half", THREE_QUARTERS: "warned", NINE_TENTHS: "nearly"}
LATE = timedelta(minutes=1)
QUIET = frozenset({Kind.INAPP.value})
type Groups = dict[tuple[int, frozenset[str]], tuple[list[Recipient], list[Reminder]]]


def remind(incident: Incident, due: Sequence[Clock], now: datetime) -> int:
    """Tell the stages of `due` that have come, with the incident held; returns how many. What has run out is left to
    its breach."""
    groups: Groups = {}
    told = 0
    for clock in due:
        come = _come(clock, now)
        told += bool(come)
        last = come[-1] if come and clock.due_at and clock.due_at > now else None
        if last and not _asked_to_acknowledge(incident, clock, come):
            to = _to(incident, clock, last.stage)
            group = groups.setdefault((last.stage, frozenset(one.key for one in to)), (to, []))
            group[1].append(last)
    crashpoint("sweep.warning_noted")
    for (stage, _keys), (to, rows) in groups.items():
        if to:
            _tell(incident, stage, to, rows)
    return told


def refresh(incident: Incident, reason: str) -> None:
    """What still waits says nothing of a clock that has ended, stands still, ran out or got another limit. For a verb,
    in its transaction."""
    keys = [*KEYS.values(), telling.ESCALATED]
    if notice.waiting(incident).isdisjoint(keys):
        return
    waiting = Delivery.objects.about(incident.ref).unsent().filter(key__in=keys)
    found = dict(waiting.values_list("about", "key").distinct())
    rows = Reminder.objects.filter(about__in=found, clock__incident=incident).select_related("clock")
    told: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows.order_by("pk"):
        told[row.about].append(row)
    for about, mine in told.items():
        good = [row for row in mine if _holds(row)]
        if not good:
            queue.cancel_about(about, reason=reason, key=found[about])
        elif len(good) < len(mine):
            queue.reword(about, _message(incident, good), key=found[about])
    forget(incident, notice.WAITING)


def _come(clock: Clock, now: datetime) -> list[Reminder]:
    """The rows of the stages that have come since the last time, kept; the clock goes on to the next one."""
    moments = {stage: clock.stage_at(stage) for stage in STAGES if stage > clock.warned}
    rows = [
        Reminder(clock=clock, stage=stage, at=at, noticed_at=now, due_at=clock.due_at or at)
        for stage, at in moments.items()
        if at and at <= now
    ]
    Reminder.objects.bulk_create(rows)
    clock.warned = max((row.stage for row in rows), default=clock.warned)
    later = (at for stage, at in moments.items() if at and stage > clock.warned)
    clock.warn_at = next(later, None)
    clock.save(update_fields=["warned", "warn_at"])
    return rows


def _asked_to_acknowledge(incident: Incident, clock: Clock, come: list[Reminder]) -> bool:
    """The clock that waits for somebody to acknowledge has its own people at each stage."""
    if clock.key != ClockKey.ACKNOWLEDGED or incident.acknowledged_at:
        return False
    last = come[-1]
    rungs = [escalation.STAGES.index(row.stage) for row in come if row.stage in escalation.STAGES]
    if rungs:
        last.about = _about(incident, last)
        last.save(update_fields=["about"])
        escalation.ask(incident, rungs, last.about)
    return True


def _to(incident: Incident, clock: Clock, stage: int) -> list[Recipient]:
    found = whose(incident, clock)
    if stage == HALF:
        quiet = recipients.named(incident, [found.holder] if found.holder else [])
        return [Recipient(one.label, user=one.user, skip=one.skip, only=QUIET) for one in quiet]
    return people_of(incident, found, deputy=stage == NINE_TENTHS)


def people_of(incident: Incident, found: Whose, *, deputy: bool) -> list[Recipient]:
    """Who has the step, or the contacts where nobody has it; and who stands in."""
    holder = recipients.named(incident, [found.holder] if found.holder else [])
    stand_in = recipients.named(incident, [found.deputy] if deputy and found.deputy else [])
    return recipients.each_once([*(holder or recipients.people(incident)), *stand_in])


def _tell(incident: Incident, stage: int, to: list[Recipient], rows: list[Reminder]) -> None:
    about = _about(incident, rows[0])
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(about=about)
    # Nobody is woken for what is due afterwards, nor ever by half of the time.
    wake = incident.severity.wake and incident.is_open and stage != HALF
    headline, line = _words(incident, rows)
    notice.tell(incident, about, KEYS[stage], to, headline, line, wake=wake)


def _message(incident: Incident, rows: list[Reminder]) -> queue.Message:
    headline, line = _words(incident, rows)
    return notice.message(incident, KEYS[rows[0].stage], headline, line)


def _words(incident: Incident, rows: Iterable[Reminder]) -> tuple[str, str]:
    """The headline, and a line for each clock: "Respond: 15 min left, until 21 Nov 03:14 CET."."""
    rows = list(rows)
    headlines = {
        HALF: _("half of the time is gone"),
        THREE_QUARTERS: _("time is running out"),
        NINE_TENTHS: _("almost out of time"),
    }
    lines = [
        _("%(clock)s: %(left)s left, until %(due)s.")
        % {
            "clock": row.clock.label,
            "left": span((row.due_at - _said_at(row)).total_seconds()),
            "due": notice.time_of(incident, row.due_at),
        }
        for row in rows
    ]
    return headlines[rows[0].stage], "\n".join(lines)


def _said_at(row: Reminder) -> datetime:
    """Its own moment, so that the figure is round; where it was noticed late, when that was."""
    return row.at if row.noticed_at - row.at < LATE else row.noticed_at


def _about(incident: Incident, row: Reminder) -> str:
    """No entry of the timeline causes it; the run of the clock does, once: `INC-42/clock.7.75`."""
    return f"{incident.ref}/clock.{row.clock_id}.{row.stage}"


def _holds(row: Reminder) -> bool:
    """What was said of its clock is still so."""
    clock = row.clock
    return clock.run.ended_at is None and clock.breached_at is None and clock.due_at == row.due_at
