"""A moment as scripts write it: RFC 3339, and what `date`, Python and an address that nobody encoded make of it."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, ValidationError

from foundation.shapes import Moment

THEN = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)


class Sent(BaseModel):
    at: Moment


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-30T23:59:59Z", "2026-06-30t23:59:59z", "2026-07-01T01:59:59+02:00", "2026-06-30T23:59:59-00:00",
        "2026-07-01 01:59:59+02:00", "2026-07-01T01:59:59 02:00", "2026-07-01 01:59:59 02:00",
        "2026-07-01T01:59:59+0200", "2026-07-01T01:59:59 0200", "20260630T235959Z",
    ],
)  # fmt: skip
def test_one_moment_in_many_spellings(written: str) -> None:
    assert Sent.model_validate({"at": written}).at == THEN


@pytest.mark.parametrize(
    ("written", "later"),
    [("2026-06-30T23:59:60Z", 1), ("2026-07-01T01:59:60.5+02:00", 1.5), ("2026-06-30T23:59:59.25Z", 0.25)],
)
def test_a_leap_second_is_the_second_after_it(written: str, later: float) -> None:
    assert Sent.model_validate({"at": written}).at == THEN + timedelta(seconds=later)


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-30T23:59:59", "2026-06-30", "2026-06-30T23:58:60Z", "2026-06-30T23:59:61Z", "2026-02-30T00:00:00Z",
        "2026-06-30 23:59:59", "2026-06-30  23:59:59Z", " 2026-06-30T23:59:59Z", "1782863999", "now", "",
    ],
)  # fmt: skip
def test_what_names_no_moment_is_refused_with_one_that_does(written: str) -> None:
    with pytest.raises(ValidationError, match="such as 2026-11-21T02:14:00Z"):
        Sent.model_validate({"at": written})
