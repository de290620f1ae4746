"""When an alert fires and when it is over, whatever order its news come in.

Pure: no database, no clock of its own. Rules:

- what fires and is told again to fire since the same moment is the same firing, also where that moment lay ahead;
- with a later moment, or none, it happened again: news only where no open incident has it, for some tools never say
  that something is over, and at most once in AGAIN_AFTER;
- what was never heard of and is told to be over never fired here: nobody is told;
- an end that lies before the present firing began is that of an earlier one, and late;
- a beginning that lies before the end that is known is late for LATE_FOR after that end was heard. Later it fires
  again: a Prometheus that was cut off tells of the same alert with the same beginning, and that is no echo. Where a
  person said that it is over, the source knows better from its next word on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LATE_FOR = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=1)
# Where only one of beginning and end is in the source's own time: so far may its clock be behind ours.
SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands: fields of models.Alert. `ended_at`: as the source said, None where it did not; `since`: when
    its present state was heard. `said`: a person said that it is over. `ahead`: the beginning that was told, where it
    lay ahead then: the source's clock is fast, and `started_at` is when it was heard."""

    firing: bool
    started_at: datetime
    ended_at: datetime | None
    since: datetime
    said: bool = False
    ahead: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`changed`: it began to fire, or is over, now; `again`: it fired already, and nobody said that it was over.
    `late`: what was told is of the past and changes nothing."""

    standing: Standing
    changed: bool = False
    again: bool = False
    late: bool = False


def step(
    standing: Standing | None,
    *,
    firing: bool,
    started_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
) -> Step:
    """How it stands after it was told at `now` to fire since `started_at`, or to be over since `ended_at`."""
    began, ended = min(started_at or now, now), min(ended_at, now) if ended_at else None
    ahead = started_at if started_at and started_at > now else None
    if standing is None:
        return Step(Standing(firing, began, None if firing else ended, now, ahead=ahead), changed=firing)
    if firing:
        same = started_at is not None and (standing.ahead == started_at)
        found = _fires(standing, began, known=started_at is not None, same=same, now=now)
        return replace(found, standing=replace(found.standing, ahead=standing.ahead if same else ahead))
    return _ends(standing, ended, now)


def _fires(standing: Standing, began: datetime, *, known: bool, same: bool, now: datetime) -> Step:
    if standing.firing:
        if same or (known and began <= standing.started_at):
            return Step(standing)
        if now - standing.since < AGAIN_AFTER:
            return Step(Standing(True, began if known else standing.started_at, None, standing.since))
        return Step(Standing(True, began, None, now), changed=True, again=True)
    over = standing.ended_at or standing.since - SKEW
    if (same or (known and began <= over)) and not standing.said and now - standing.since < LATE_FOR:
        return Step(standing, late=True)
    return Step(Standing(True, began, None, now), changed=True)


def _ends(standing: Standing, ended: datetime | None, now: datetime) -> Step:
    if not standing.firing:
        return Step(standing)
    heard = standing.started_at == standing.since
    if ended and ended < standing.started_at - (SKEW if heard else timedelta()):
        return Step(standing, late=True)
    return Step(Standing(False, standing.started_at, ended, now, ahead=standing.ahead), changed=True)
