"""How long a clock may run: durations, milestones and no limit, read and printed (A8-A14, K142-K144)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.targets import LONGEST_S, Target, duration_text


@pytest.mark.parametrize(
    ("text", "seconds", "printed"),
    [
        ("4 h", 14_400, "< 4 h"),
        ("4h", 14_400, "< 4 h"),
        ("72 hours", 259_200, "< 72 h"),
        ("15 min", 900, "< 15 min"),
        ("90 min", 5_400, "< 90 min"),
        ("150 min", 9_000, "< 2 h 30 min"),
        ("2 h 30 min", 9_000, "< 2 h 30 min"),
        ("30 s", 30, "< 30 s"),
        ("1 h", 3_600, "< 1 h"),
    ],
)
def test_a_duration_is_read_and_printed(text: str, seconds: int, printed: str) -> None:
    target = Target.parse(text)
    assert target == Target("duration", seconds)
    assert target.text() == printed


def test_the_next_release_is_a_milestone_not_a_duration() -> None:
    """A14, K144."""
    assert Target.parse("Next  release") == Target("milestone", None, "next release")
    assert Target.parse("next release").text() == "next release"
    assert Target.parse("v1.1") == Target("milestone", None, "v1.1")


def test_no_limit_says_so() -> None:
    assert Target.parse("none") == Target("none")
    assert Target.none().text() == "no limit"


@pytest.mark.parametrize(
    "text", ["", "4", "4 days", "0 h", "-4 h", "4 h or so", "9999999 h", "<4 h", "4 \x00h"]
)
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time"):
        Target.parse(text)


@given(st.integers(min_value=1, max_value=LONGEST_S))
def test_every_printed_duration_reads_back(seconds: int) -> None:
    assert Target.parse(duration_text(seconds)).seconds == seconds


def test_a_target_survives_json() -> None:
    for target in (Target.parse("4 h"), Target.parse("next release"), Target.none()):
        assert Target.from_json(target.as_json()) == target
