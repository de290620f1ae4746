"""When a look becomes a state: how many failures raise, how many good looks clear, when a state is no longer believed.

Pure: no database, no clock of its own. `step` takes how a target stands and what was just seen, and says how it stands
now and which changes that made. Rules:

- a target that was never seen is up at the first look that says so; anything worse must be confirmed first;
- `fail_after` consecutive looks worse than the settled state raise it, `recover_after` better ones clear it; one look
  that agrees with the settled state starts the count anew, and the last of the counted looks says which state it is;
- a look that says nothing (unknown) neither raises nor clears; it lets the last good look age until it is not believed;
- what is no longer believed is unknown from the moment the belief ended, however late that is noticed;
- the same observation read twice (a file that was not written since) is not counted twice;
- in maintenance nothing raises: it is looked on, a recovery counts, a failure does not. What is seen to fail when it
  ends fails anew from then on; only what was down before it began, and never well since, is down again at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitoring.states import HEALTH, State

STALE = "stale"
NOT_WATCHED = "not_watched"
IN_MAINTENANCE = "maintenance"
MAINTENANCE_OVER = "maintenance_over"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many consecutive looks it takes; both at least 1."""

    fail_after: int
    recover_after: int


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one target. `checked_at` is the data's own time, None if it has none; `fresh_until` ends
    the belief in it.
    """

    state: str
    code: str
    detail: str
    fresh_until: datetime
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """In maintenance from `start` up to `end`, and why."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands: the fields of models.Target that decide (see there). `until`: the maintenance's end."""

    state: str
    settled: str
    seen: str
    since: datetime
    fails: int = 0
    oks: int = 0
    checked_at: datetime | None = None
    fresh_until: datetime | None = None
    code: str = ""
    detail: str = ""
    until: datetime | None = None

    @property
    def is_counting(self) -> bool:
        """A failure is being confirmed or a recovery counted: look again soon."""
        return self.fails > 0 or self.oks > 0


@dataclass(frozen=True, slots=True)
class Change:
    """One row of StatusChange, before it has a target."""

    was: str
    state: str
    at: datetime
    code: str = ""
    detail: str = ""


def unseen(since: datetime) -> Standing:
    """A target that nobody has looked at yet."""
    return Standing(State.UNKNOWN, "", State.UNKNOWN, since)


def step(
    standing: Standing,
    look: Look,
    rule: Rule,
    *,
    now: datetime,
    watched_until: datetime | None,
    held: Held | None = None,
) -> tuple[Standing, list[Change]]:
    """How the target stands after `look`, with the changes in order (a gap that ended now makes two). `held`: the
    maintenance that it is in now.
    """
    standing, changes = keep(standing, held, now=now, watched_until=watched_until)
    if look.state != State.UNKNOWN and look.fresh_until <= now:
        look = replace(look, state=State.UNKNOWN, code=look.code or STALE)
    if look.state == State.UNKNOWN:
        return replace(standing, seen=State.UNKNOWN, code=look.code, detail=look.detail), changes
    standing = _counted(standing, look, rule)
    if standing.until is None and standing.settled == look.state != standing.state:
        changes = [*changes, Change(standing.state, standing.settled, now, look.code, look.detail)]
        standing = replace(standing, state=standing.settled, since=now)
    return standing, changes


def keep(
    standing: Standing, held: Held | None, *, now: datetime, watched_until: datetime | None
) -> tuple[Standing, list[Change]]:
    """As time alone makes it: what ended before now, and the maintenance that it is `held` in, or in no more."""
    if held and standing.until is not None and held.start <= standing.until:
        return replace(standing, until=held.end), []
    standing, changes = expire(standing, now=now, watched_until=watched_until)
    more: list[Change] = []
    if held:
        at = max(held.start, standing.since)
        more = [Change(standing.state, State.MAINTENANCE, at, IN_MAINTENANCE, held.reason)]
        standing = replace(standing, state=State.MAINTENANCE, since=at, until=held.end, fails=0, oks=0)
    elif standing.until is not None:
        standing, more = _released(standing, now)
    return standing, [*changes, *more]


def expire(
    standing: Standing, *, now: datetime, watched_until: datetime | None
) -> tuple[Standing, list[Change]]:
    """Out of maintenance at its end, and unknown from `fresh_until` on, if these have passed. A count that was under
    way is void: nobody watched it go on.
    """
    changes: list[Change] = []
    if standing.until is not None:
        if standing.until > now:
            return standing, changes
        standing, changes = _released(standing, standing.until)
    if standing.state == State.UNKNOWN or standing.fresh_until is None or standing.fresh_until >= now:
        return standing, changes
    at = max(standing.fresh_until, standing.since)
    code, detail = _reason(standing, now, watched_until)
    change = Change(standing.state, State.UNKNOWN, at, code, detail)
    return replace(standing, state=State.UNKNOWN, since=at, fails=0, oks=0), [*changes, change]


def _released(standing: Standing, at: datetime) -> tuple[Standing, list[Change]]:
    """Out of maintenance: what the last look saw stands where it is what was settled and still believed. Else nobody
    can tell until it was looked at again.
    """
    at = max(at, standing.since)
    stands = (
        standing.seen == standing.settled and standing.fresh_until is not None and standing.fresh_until > at
    )
    state = standing.settled if stands else State.UNKNOWN
    change = Change(standing.state, state, at, MAINTENANCE_OVER)
    return replace(standing, state=state, since=at, until=None, fails=0), [change]


def blinded(standing: Standing, *, now: datetime, code: str, detail: str) -> tuple[Standing, list[Change]]:
    """Unknown at once, because somebody said so (switched off, another address): what was settled is forgotten."""
    was = standing.state
    standing = replace(
        standing,
        state=State.UNKNOWN,
        settled="",
        seen=State.UNKNOWN,
        fails=0,
        oks=0,
        code=code,
        detail=detail,
        until=None,
    )
    if was == State.UNKNOWN:
        return standing, []
    return replace(standing, since=now), [Change(was, State.UNKNOWN, now, code, detail)]


def _counted(standing: Standing, look: Look, rule: Rule) -> Standing:
    """The counters and what is settled after a look that saw something."""
    new = look.checked_at is None or look.checked_at != standing.checked_at
    fails, oks, settled = standing.fails, standing.oks, standing.settled
    worse = HEALTH[look.state] - HEALTH[settled or State.UP]
    if worse > 0:
        counted = fails + 1 if new else max(fails, 1)
        fails, oks = counted if standing.until is None else 0, 0
    elif worse < 0:
        fails, oks = 0, oks + 1 if new else max(oks, 1)
    if worse == 0 or fails >= rule.fail_after or oks >= rule.recover_after:
        fails, oks, settled = 0, 0, look.state
    return replace(
        standing, settled=settled, seen=look.state, fails=fails, oks=oks,
        checked_at=look.checked_at, fresh_until=look.fresh_until, code=look.code, detail=look.detail,
    )  # fmt: skip


def _reason(standing: Standing, now: datetime, watched_until: datetime | None) -> tuple[str, str]:
    """Why the belief ended: what the last look said if it saw nothing, else who stopped, the file's writer or
    Nightdesk.
    """
    if standing.seen == State.UNKNOWN and standing.code:
        return standing.code, standing.detail
    return (STALE if watched_until is not None and watched_until >= now else NOT_WATCHED), ""
