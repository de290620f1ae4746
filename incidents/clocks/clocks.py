"""The arithmetic of clocks: pure, takes `now`, touches no database.

All moments are aware; all spans are seconds, never days (24 h across a clock change is not 1 day).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _

from foundation.calendar import WorkingCalendar

State = Literal["running", "paused", "met", "breached", "cancelled", "waived", "none"]
Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Run:
    """One run of one clock. With `calendar` only its working time counts; `at_least` is a time to wait out, which is
    over by what stops it where it is `measured`, and takes `extended_s` longer.
    """

    started_at: datetime
    target_s: int | None
    due_set_at: datetime
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None
    breached_at: datetime | None = None
    noticed_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    waived_at: datetime | None = None
    calendar: WorkingCalendar | None = None
    at_least: bool = False
    measured: bool = False
    extended_s: int = 0

    @property
    def ended_at(self) -> datetime | None:
        return self.stopped_at or self.cancelled_at or self.waived_at

    def after(self, start: datetime, seconds: float) -> datetime:
        """The moment by which `seconds` that count have passed since `start`."""
        if self.calendar:
            return self.calendar.after(start, seconds)
        # In UTC: adding a span to a local time would follow the wall clock, not the time that passes.
        return start.astimezone(UTC) + timedelta(seconds=seconds)

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds from `start` to `end` that count."""
        return self.calendar.between(start, end) if self.calendar else (end - start).total_seconds()


@dataclass(frozen=True)
class Reading:
    """A clock at one moment. `remaining_s` is negative once late, None without a limit or while paused."""

    state: State
    elapsed_s: float
    remaining_s: float | None
    due_at: datetime | None


def _merged(run: Run, until: datetime) -> list[tuple[datetime, datetime]]:
    """The pauses of `run` up to `until`, in order, overlaps joined, nothing from before the start."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted((max(a, run.started_at), min(b or until, until)) for a, b in run.pauses):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def paused_s(run: Run, until: datetime) -> float:
    """Seconds of `run` spent paused up to `until`."""
    return sum(run.between(start, end) for start, end in _merged(run, until))


def is_paused(run: Run) -> bool:
    return any(end is None for _start, end in run.pauses)


def due_at(run: Run) -> datetime | None:
    """When the clock runs out: start + target + accrued pauses. None without a duration and while a pause holds it off.

    A pause that begins after the clock has run out cannot save it.
    """
    if run.target_s is None:
        return None
    due = run.after(run.started_at, run.target_s + run.extended_s)
    # What ends while it is paused was paused until then.
    ended = [(start, end or run.ended_at) for start, end in run.pauses]
    over = replace(run, pauses=tuple((start, end) for start, end in ended if end))
    last = max((end for _start, end in over.pauses if end), default=due)
    for start, end in _merged(over, last):
        if start < due:
            due = run.after(due, run.between(start, end))
    holding = any(max(start, run.started_at) < due for start, end in ended if end is None)
    return None if holding else due


def read(run: Run, now: datetime) -> Reading:
    end = run.ended_at or now
    due = due_at(run)
    elapsed = max(0.0, run.between(run.started_at, end) - paused_s(run, end))
    remaining = None if due is None else (due - end).total_seconds()
    return Reading(_state(run, due, end), elapsed, remaining, due)


def _state(run: Run, due: datetime | None, end: datetime) -> State:
    if run.cancelled_at:
        return "cancelled"
    if run.waived_at:
        return "waived"
    over = due is not None and end >= due
    if run.at_least and (run.stopped_at or (over and not run.measured)):
        return "met" if over else "breached"
    if run.at_least and over:
        return "running"
    if run.stopped_at:
        return "met" if due is None or run.stopped_at <= due else "breached"
    if run.breached_at or over:
        return "breached"
    if is_paused(run):
        return "paused"
    return "none" if due is None else "running"


def retarget(run: Run, target_s: int | None, now: datetime) -> tuple[Run, bool]:
    """`run` under a new target from `now` on; accrued pauses stay.

    The flag says whether an earlier breach no longer holds (a new cycle is due).
    """
    fresh = replace(run, target_s=target_s, due_set_at=now)
    due = due_at(fresh)
    forgiven = run.breached_at is not None and (due is None or due > now)
    return (replace(fresh, breached_at=None, noticed_at=None) if forgiven else fresh), forgiven


def noticed_late_s(run: Run) -> float:
    """How long after it could first be known a breach was noticed, in seconds; 0 without a breach."""
    if run.breached_at is None or run.noticed_at is None:
        return 0.0
    return max(0.0, (run.noticed_at - max(run.breached_at, run.due_set_at)).total_seconds())


def parse_pauses(rows: list[Any]) -> tuple[Pause, ...]:
    return tuple((datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None) for a, b in rows)


def span(seconds: float) -> str:
    """A length of time as people say it: "0 s", "3 min 12 s", "2 h 05 min", "3 d 4 h"."""
    whole = int(abs(seconds))
    minutes, s = divmod(whole, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if whole < 60:
        return _("%(s)d s") % {"s": s}
    if hours < 1:
        return (_("%(m)d min %(s)d s") if s else _("%(m)d min")) % {"m": m, "s": s}
    if days < 2:
        return (_("%(h)d h %(m)02d min") if m else _("%(h)d h")) % {"h": hours, "m": m}
    return (_("%(d)d d %(h)d h") if h else _("%(d)d d")) % {"d": days, "h": h}


type Limit = tuple[datetime, str, str]


def explain(
    run: Run, now: datetime, *, severity: str, target: str, start: str, before: Sequence[Limit] = ()
) -> list[str]:
    """The clock's sum as lines: start, limit, pauses, due or end, what remains or by how much it was late.

    `before`: which severity and limit held until when, the earliest first.
    """
    reading = read(run, now)
    lines = [
        _("Started %(at)s, %(start)s.") % {"at": _utc(run.started_at), "start": start},
        _limits(severity, asked(run, target), before),
    ]
    if run.calendar:
        lines.append(_("Only working hours count: %(hours)s.") % {"hours": run.calendar.text()})
    paused = paused_s(run, run.ended_at or now)
    lines += [_pause(pause, run.ended_at) for pause in run.pauses]
    if run.extended_s:
        lines.append(_("%(span)s longer: nobody looked for so long.") % {"span": span(run.extended_s)})
    if len(run.pauses) > 1 or (run.pauses and run.calendar):
        lines.append(_("Paused %(span)s in all.") % {"span": span(paused)})
    if reading.due_at:
        due = _("Over %(at)s.") if run.at_least else _("Due %(at)s.")
        lines.append(due % {"at": _utc(reading.due_at)})
    lines.append(_outcome(run, reading))
    if noticed_late_s(run) >= 2:
        lines.append(_("The breach was noticed %(span)s late.") % {"span": span(noticed_late_s(run))})
    return lines


def asked(run: Run, target: str) -> str:
    """The limit as people read it; a time to wait out is no limit (K98)."""
    return _("at least %(span)s") % {"span": span(run.target_s)} if run.at_least and run.target_s else target


def _limits(severity: str, target: str, before: Sequence[Limit]) -> str:
    """ "CRITICAL since 2026-11-21 02:10:00 UTC: 1 h; MEDIUM before: 4 h."; the latest first."""
    said, names = [], [(severity, target), *((was, limit) for _until, was, limit in reversed(before))]
    since = [until for until, _was, _limit in reversed(before)]
    for (name, limit), began in zip(names, since, strict=False):
        words = {"severity": name, "target": limit, "at": _utc(began)}
        said.append(_("%(severity)s since %(at)s: %(target)s") % words)
    words = {"severity": names[-1][0], "target": names[-1][1]}
    said.append((_("%(severity)s before: %(target)s") if before else _("%(severity)s: %(target)s")) % words)
    return "; ".join(said) + "."


def _pause(pause: Pause, ended_at: datetime | None) -> str:
    """A pause that was never ended lasted to the end of the clock."""
    start, end = pause[0], pause[1] or (ended_at and max(ended_at, pause[0]))
    if end is None:
        return _("Paused since %(at)s.") % {"at": _utc(start)}
    words = {"at": _utc(start), "until": _utc(end), "span": span((end - start).total_seconds())}
    return _("Paused %(at)s to %(until)s, %(span)s.") % words


def _outcome(run: Run, reading: Reading) -> str:
    took = {"span": span(reading.elapsed_s)}
    if run.cancelled_at:
        return _("Cancelled after %(span)s: the severity was changed, or it is no longer asked for.") % took
    if run.waived_at:
        return _waived(run, took)
    late = reading.remaining_s is not None and reading.remaining_s < 0
    if reading.state == "paused":
        return _paused(run, took)
    if run.at_least:
        return _waited(reading, took)
    if run.stopped_at:
        text = _("Stopped %(at)s, after %(span)s.") % {"at": _utc(run.stopped_at), **took}
        if is_paused(run) and (still := paused_s(run, run.stopped_at)):
            text += " " + _("It stood still for %(span)s, which does not count.") % {"span": span(still)}
        return text + (" " + _("%(late)s late.") % {"late": span(reading.remaining_s or 0)} if late else "")
    if reading.remaining_s is None:
        return _("Running for %(span)s.") % took
    left = {"span": span(reading.remaining_s)}
    return _("%(span)s late.") % left if late else _("%(span)s left.") % left


def _paused(run: Run, took: dict[str, str]) -> str:
    said = _("It stands still after %(span)s.") % took
    if run.target_s is None:
        return said
    opened = min(start for start, end in run.pauses if end is None)
    held = replace(run, pauses=tuple((start, end) for start, end in run.pauses if end))
    due = due_at(held)
    left = span(run.between(opened, due)) if due else ""
    return said + " " + _("%(span)s are left when it goes on.") % {"span": left}


def _waived(run: Run, took: dict[str, str]) -> str:
    said = _("Waived %(at)s, after %(span)s.") % {"at": _utc(run.waived_at or run.started_at), **took}
    if run.breached_at:
        said += " " + _("It had run out %(at)s.") % {"at": _utc(run.breached_at)}
    return said


def _waited(reading: Reading, took: dict[str, str]) -> str:
    """How it stands with a time to wait out: being over is good."""
    if reading.state == "met":
        return _("Waited out.")
    if reading.state == "breached":
        return _("Ended after %(span)s, too early.") % took
    if reading.remaining_s is not None and reading.remaining_s <= 0:
        return _("Its time is up, but not all of it was watched.")
    return _("%(span)s to go.") % {"span": span(reading.remaining_s or 0)}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
