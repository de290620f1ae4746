"""When to look next. Pure: takes the moment, touches no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_GOLDEN = 0.6180339887498949


def next_look(number: int, *, interval_s: int, retry_s: int, is_counting: bool, now: datetime) -> datetime:
    """The next mark of the monitor's grid after `now`; sooner, after `retry_s`, while a failure or a recovery
    is counted.

    The grid is fixed by the monitor's `number` (its id), so slow looks do not make it drift, and steps of the golden
    ratio spread monitors of the same interval evenly over it, however many there are.
    """
    interval = timedelta(seconds=interval_s)
    offset = interval * ((number * _GOLDEN) % 1)
    passed = (now - _EPOCH - offset) // interval
    mark = _EPOCH + offset + (passed + 1) * interval
    return min(mark, now + timedelta(seconds=retry_s)) if is_counting else mark
