"""When an alert fires and when it is over: a table of what was known, what is told, and what then holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.alerts.episode import Standing, step

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at(minutes: float | None) -> datetime | None:
    return None if minutes is None else NOON + timedelta(minutes=minutes)


def stands(firing: bool, began: float, ended: float | None, heard: float) -> Standing:
    return Standing(firing, NOON + timedelta(minutes=began), at(ended), NOON + timedelta(minutes=heard))


FIRES, OVER = stands(True, -9, None, -8), stands(False, -9, -3, -2)
# Heard nine minutes ago, told to begin in an hour, or four minutes after it was heard.
AHEAD, PASSED = (replace(stands(True, -9, None, -9), ahead=at(ahead)) for ahead in (60, -5))
# known, firing, told to have begun and ended (minutes to now): firing then, changed, late
TABLE = {
    "the first": (None, True, -1, None, True, True, False),
    "over and never heard of": (None, False, -9, -1, False, False, False),
    "fires still": (FIRES, True, -9, None, True, False, False),
    "it happened again, nobody said it was over": (FIRES, True, -1, None, True, True, False),
    "it happened again, nobody says when": (FIRES, True, None, None, True, True, False),
    "it happened again within the minute": (stands(True, -9, None, -0.5), True, -0.2, None, True, False, False),
    "over": (FIRES, False, -9, -1, False, True, False),
    "over, nobody says when": (FIRES, False, None, None, False, True, False),
    "the end of an earlier one": (FIRES, False, -20, -10, True, False, True),
    "over by a clock that is a minute behind": (stands(True, -1, None, -1), False, None, -1.5, False, True, False),
    "the end of an earlier one, heard late": (stands(True, -1, None, -1), False, None, -4, True, False, True),
    "over already": (OVER, False, -9, -3, False, False, False),
    "fires again": (OVER, True, -1, None, True, True, False),
    "an echo": (OVER, True, -9, None, False, False, True),
    "long after its end, with the old beginning": (stands(False, -90, -30, -30), True, -90, None, True, True, False),
    "fires again, nobody says since when": (OVER, True, None, None, True, True, False),
    "an echo where only the beginning is known": (stands(False, -9, None, -1), True, -4, None, False, False, True),
    "a clock that is a minute behind": (stands(False, -9, None, -1), True, -2, None, True, True, False),
    "a beginning in the future": (None, True, 60, None, True, True, False),
    "a beginning in the future, told again": (AHEAD, True, 60, None, True, False, False),
    "a beginning that has come meanwhile, told again": (PASSED, True, -5, None, True, False, False),
    "a beginning in the future, another one": (AHEAD, True, 70, None, True, True, False),
    "an echo of one in the future": (replace(AHEAD, firing=False, since=NOON), True, 60, None, False, False, True),
}  # fmt: skip


@pytest.mark.parametrize(
    ("known", "firing", "began", "ended", "then", "changed", "late"), TABLE.values(), ids=TABLE
)
def test_news_in_whatever_order(
    known: Standing | None,
    firing: bool,
    began: float | None,
    ended: float | None,
    then: bool,
    changed: bool,
    late: bool,
) -> None:
    found = step(known, firing=firing, started_at=at(began), ended_at=at(ended), now=NOON)
    assert (found.standing.firing, found.changed, found.late) == (then, changed, late)
    assert found.standing.started_at <= NOON
    assert found.again == (changed and firing and known is not None and known.firing)
