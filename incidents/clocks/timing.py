"""Clocks as rows: started and stopped by events; another severity is incidents/clocks/retarget.py's.

The arithmetic is in incidents/clocks/clocks.py.
"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from incidents.clocks import clocks, stages
from incidents.clocks import starts as clock_starts
from incidents.clocks.starts import FROM_THE_BEGINNING, calendar_of, idle_s, message_of
from incidents.glance import RUNNING, know, steady
from incidents.lifecycle import setbacks, watch
from incidents.models import Clock, Incident, Mode, TimelineEvent
from products.models import Severity
from products.process.clock_rules import ClockRule
from products.vocabulary import EventKind, Moment

# After these the incident asks for nothing more.
EXITS = frozenset({EventKind.DECLINED, EventKind.DEFERRED, EventKind.DUPLICATE_MARKED})
# What these started, a reopening takes back.
ENDINGS = frozenset({EventKind.RESOLVED, EventKind.CLOSED})


def running(incident: Incident) -> list[Clock]:
    """The clocks not yet stopped, locked in order: incident first, then clocks. While a verb holds
    the incident they are read once: what it changes of them, it changes in these objects too.
    """
    rows = Clock.objects.select_for_update(of=("self",)).running().filter(incident=incident).order_by("pk")
    return [clock for clock in steady(incident, RUNNING, lambda: list(rows)) if clock.is_running]


def follow(incident: Incident, event: TimelineEvent) -> bool:
    """Stop and start what the process ties to this kind of event; returns whether a clock ended."""
    ended = False
    rules = {rule.key: rule for rule in incident.process_version.clocks()}
    # What has just been declared has none yet.
    known = [] if event.kind == EventKind.DECLARED else running(incident)
    for clock in known:
        rule = rules.get(clock.key)
        mine = rule is not None and clock.subject in {"", event.subject}
        over = mine and rule and rule.stops_with(event.kind, message_of(event))
        if over or (clock.measured and watch.cuts_short(event, clock.subject)):
            stop(clock, event)
            ended = True
        elif (
            event.kind in EXITS
            or (event.kind == EventKind.REOPENED and rule and rule.start in ENDINGS)
            or (rule and _is_well_again(clock, rule, event))
        ):
            _cancel(clock, event)
            ended = True
    if event.kind == EventKind.WATCH_EXTENDED:
        _extend(known, event)
    begun: list[Clock] = []
    for rule in rules.values():
        if watch.begins(incident, rule, event):
            _void(known, rule, event)
            begun += _next_run(incident, rule, event, [*known, *begun])
        if clock_starts.starts(incident, rule, event, known):
            begun += _next_run(incident, rule, event, [*known, *begun])
    Clock.objects.bulk_create(begun)
    know(incident, RUNNING, [*known, *begun])
    return ended


def _is_well_again(clock: Clock, rule: ClockRule, event: TimelineEvent) -> bool:
    """What did not hold began this run, and nothing is left of it that anybody could decide on."""
    answers = setbacks.ANSWERED_BY.get(clock.start, ()) if clock.start in rule.again else ()
    return event.kind in answers and not setbacks.among([event.incident_id])


def _void(known: list[Clock], rule: ClockRule, event: TimelineEvent) -> None:
    """A watch that begins takes its clock with it; a run of what was watched before is void."""
    for clock in known:
        mine = (clock.key, clock.subject) == (rule.key, event.subject)
        if clock.is_running and clock.measured and mine and clock.started_at < event.occurred_at:
            _cancel(clock, event)


def _extend(known: list[Clock], event: TimelineEvent) -> None:
    """A watch takes as much longer as nobody looked; the event says how long that is in all."""
    for clock in known:
        if not (clock.is_running and clock.measured and clock.subject == event.subject):
            continue
        clock.extended_s = int(event.data.get("extended_s") or 0)
        _due_again(clock, "extended_s")


def prolong(clock: Clock, until: datetime) -> None:
    """It takes as much longer as it needs to be over at `until`. For who holds the incident."""
    if clock.due_at and clock.due_at < until:
        clock.extended_s += ceil(clock.run.between(clock.due_at, until))
        _due_again(clock, "extended_s")


def _cancel(clock: Clock, event: TimelineEvent) -> None:
    """What it waited for will not come: the incident is none, or is not over after all."""
    clock.cancelled_at = max(event.occurred_at, clock.started_at)
    clock.save(update_fields=["cancelled_at"])


def _next_run(incident: Incident, rule: ClockRule, event: TimelineEvent, known: list[Clock]) -> list[Clock]:
    """A run of `rule` to be stored, the next cycle if it ran before; none while one still runs. `known`: those that ran
    until now, and what was begun since.
    """
    subject = event.subject if rule.per == "remedy" else ""
    cycles = [clock for clock in known if (clock.key, clock.subject) == (rule.key, subject)]
    before = max(cycles, key=lambda clock: clock.cycle, default=None)
    if before is None and event.kind != EventKind.DECLARED:
        earlier = Clock.objects.filter(incident=incident, subject=subject, key=rule.key)
        before = earlier.order_by("-cycle").first()
    if before and not before.run.ended_at:
        return []
    run = new_run(
        incident,
        rule,
        incident.severity,
        cycle=before.cycle + 1 if before else 1,
        started_at=_began(incident, rule, event),
        started_by=event,
        # A clock that starts in the past could not be missed before somebody knew of it.
        due_set_at=event.recorded_at,
        subject=subject,
        pauses=[],
    )
    return [run]


def _began(incident: Incident, rule: ClockRule, event: TimelineEvent) -> datetime:
    if _begins_in_the_book(incident, rule.start):
        return event.recorded_at
    if event.kind != EventKind.DECLARED:
        return event.occurred_at
    reported = rule.start == Moment.REPORTED_AT and incident.reported_at
    return reported or (incident.detected_at if rule.start in FROM_THE_BEGINNING else event.occurred_at)


def _begins_in_the_book(incident: Incident, start: str) -> bool:
    """What is due after the end of a story told afterwards could not be done before it was told."""
    return incident.mode == Mode.RETROSPECTIVE and start in ENDINGS


def stop(clock: Clock, event: TimelineEvent) -> None:
    """What is told after the limit and happened before it was in time: the clock loses its breach."""
    clock.stopped_at = max(event.occurred_at, clock.started_at)
    clock.stopped_by = event
    if not clock.at_least and clock.due_at and clock.stopped_at <= clock.due_at:
        clock.breached_at = clock.noticed_at = None
    clock.save(update_fields=["stopped_at", "stopped_by", "breached_at", "noticed_at"])


def report_again(incident: Incident, now: datetime) -> None:
    """It was reported at another moment than was known: running clocks that count from there begin then."""
    for clock in running(incident):
        if clock.start != Moment.REPORTED_AT:
            continue
        clock.started_at, clock.due_set_at = incident.reported_at or incident.detected_at, now
        _due_again(clock, "started_at", "due_set_at")


def pause(clock: Clock, now: datetime) -> None:
    """The time from `now` on does not count. Whoever has still to hear that it runs out, need not."""
    clock.pauses = [*clock.pauses, [now.isoformat(), None]]
    _due_again(clock, "pauses")


def resume(clock: Clock, now: datetime) -> None:
    """It counts again, due later by as long as it was paused."""
    clock.pauses = [[start, end or now.isoformat()] for start, end in clock.pauses]
    _due_again(clock, "pauses")


def waive(clock: Clock, now: datetime) -> None:
    """It ends here, met or not; a pause ends with it."""
    clock.pauses = [[start, end or now.isoformat()] for start, end in clock.pauses]
    clock.waived_at = now
    _due_again(clock, "pauses", "waived_at")


def _due_again(clock: Clock, *changed: str) -> None:
    clock.due_at = clocks.due_at(clock.run)
    set_warning(clock)
    clock.save(update_fields=[*changed, "due_at", "warn_at"])


def correct(event: TimelineEvent, at: datetime) -> list[Clock]:
    """`event` really happened at `at`: clocks that it started or stopped are measured again.

    Returns those that turn out to be late and were not known to be; one that turns out to be in time loses its breach.
    """
    late: list[Clock] = []
    for clock in Clock.objects.select_for_update(of=("self",)).filter(incident=event.incident).order_by("pk"):
        if clock.stopped_by_id == event.pk:
            clock.stopped_at = max(at, clock.started_at)
        elif (
            clock.started_by_id == event.pk
            and event.kind != EventKind.DECLARED
            and not _begins_in_the_book(event.incident, clock.start)
        ):
            clock.started_at = at
        else:
            continue
        clock.due_at = clocks.due_at(clock.run)
        set_warning(clock)
        in_time = clock.stopped_at is not None and (clock.due_at is None or clock.stopped_at <= clock.due_at)
        if in_time:
            clock.breached_at = clock.noticed_at = None
        elif clock.stopped_at is not None and clock.breached_at is None:
            late.append(clock)
        clock.save(
            update_fields=["stopped_at", "started_at", "due_at", "warn_at", "breached_at", "noticed_at"]
        )
    return late


def set_warning(clock: Clock) -> None:
    """When people are reminded next. A stage that has come stays so, under another limit too."""
    clock.warn_at = stages.next_stage_at(clock.run, clock.warned, clock.idle_s)


def new_run(
    incident: Incident,
    rule: ClockRule,
    severity: Severity,
    *,
    cycle: int,
    started_at: datetime,
    started_by: TimelineEvent | None,
    due_set_at: datetime,
    subject: str,
    pauses: list[object],
    limits_before: Sequence[object] = (),
) -> Clock:
    """Not stored yet."""
    target = severity.target(rule.key)
    clock = Clock(
        incident=incident, subject=subject, key=rule.key, cycle=cycle,
        label=rule.label, kind=rule.kind, severity=severity.label, target=target.text(), target_s=target.seconds,
        calendar=calendar_of(incident, severity, rule.key), at_least=rule.at_least,
        measured=watch.is_measured(incident, rule), holds=list(rule.holds),
        start=_start(rule, started_by), started_at=started_at, started_by=started_by, due_set_at=due_set_at,
        pauses=pauses, limits_before=list(limits_before),
    )  # fmt: skip
    clock.due_at, clock.idle_s = clocks.due_at(clock.run), idle_s(incident, rule)
    # Known so late that the message about its opening says it already.
    clock.warned = stages.stage_reached(clock.run, due_set_at, clock.idle_s)
    set_warning(clock)
    return clock


def _start(rule: ClockRule, event: TimelineEvent | None) -> str:
    """What the sum names as the beginning: a run that a reopening began did not begin at detection."""
    again = (EventKind.REOPENED, EventKind.WATCH_OPENED, *rule.again)
    return event.kind if event and event.kind in again else rule.start
