"""How many looks make a state, and when a state is no longer believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.states import State, worst
from monitoring.transitions import Change, Look, Rule, Standing, blinded, expire, step, unseen

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FRESH = 3 * MINUTE
USUAL = Rule(3, 2)
WORDS = {"U": State.UP, "G": State.DEGRADED, "D": State.DOWN, "?": State.UNKNOWN}
LETTERS = {state: letter for letter, state in WORDS.items()}


def watch(looks: str, rule: Rule = USUAL, every: timedelta = MINUTE) -> tuple[str, list[Change]]:
    """The states after each of `looks` (one a minute; "." is no look at all), and the changes that they made."""
    standing, changes, states, watched_until = unseen(START), list[Change](), "", None
    for number, letter in enumerate(looks):
        now = START + every * number
        if letter == ".":
            standing, made = expire(standing, now=now, watched_until=watched_until)
        else:
            state = WORDS[letter]
            look = Look(state, "odd" if letter == "?" else "", "", now + FRESH)
            standing, made = step(standing, look, rule, now=now, watched_until=watched_until)
            watched_until = now + FRESH
        changes += made
        states += LETTERS[State(standing.state)]
    return states, changes


@pytest.mark.parametrize(
    ("looks", "states"),
    [
        ("U", "U"),  # a first good look is believed
        ("D", "?"),  # a first bad one must be confirmed
        ("DDD", "??D"),
        ("DDU", "??U"),
        ("UDDU", "UUUU"),  # two of three do not count
        ("UDDD", "UUUD"),
        ("UDDUDD", "UUUUUU"),  # a good look between starts the count anew
        ("UDDDU", "UUUDD"),  # one good look does not clear
        ("UDDDUU", "UUUDDU"),
        ("UDDDUDUU", "UUUDDDDU"),
        ("UGGG", "UUUG"),
        ("UGGGDDD", "UUUGGGD"),
        ("UDDG", "UUUG"),  # three worse looks, the last says what it is
        ("UDDDGG", "UUUDDG"),
        ("U?DDD", "UUUUD"),  # what says nothing neither raises
        ("UD?D?D", "UUUUUD"),  # nor clears
        ("UDDD?U?U", "UUUDDDDU"),
        ("U????", "UUUU?"),  # and is not believed for ever: fresh for 3 minutes
        ("U...", "UUUU"),
        ("U....", "UUUU?"),
        ("U....U", "UUUU?U"),  # seen again as it was: at once
        ("UDDD....U", "UUUDDDD?" + "?"),  # down before the gap: must pass both looks after it
        ("UDDD....UU", "UUUDDDD??U"),
        ("UDDD....D", "UUUDDDD?D"),
        ("U....DDD", "UUUU???D"),
        ("UDD....D", "UUUUUU??"),  # the count of before the gap is void
    ],
)
def test_looks_become_states(looks: str, states: str) -> None:
    assert watch(looks)[0] == states


def test_one_failure_is_enough_where_the_rule_says_so() -> None:
    assert watch("UDU", Rule(1, 1))[0] == "UDU"


def test_a_gap_is_dated_back_to_the_end_of_the_belief() -> None:
    _, changes = watch("U" + "." * 59 + "U")
    assert changes == [
        Change(State.UNKNOWN, State.UP, START),
        Change(State.UP, State.UNKNOWN, START + FRESH, "not_watched"),
        Change(State.UNKNOWN, State.UP, START + 60 * MINUTE),
    ]


def test_a_gap_that_nobody_noticed_yet_is_written_before_the_new_look() -> None:
    up = Standing(State.UP, State.UP, State.UP, START, fresh_until=START + FRESH)
    later = START + timedelta(hours=5)
    look = Look(State.UP, "", "", later + FRESH)
    standing, changes = step(up, look, Rule(3, 2), now=later, watched_until=START + FRESH)
    assert (standing.state, standing.since) == (State.UP, later)
    assert changes == [
        Change(State.UP, State.UNKNOWN, START + FRESH, "not_watched"),
        Change(State.UNKNOWN, State.UP, later),
    ]


def test_what_the_last_look_said_is_why_it_is_unknown() -> None:
    _, changes = watch("U????")
    assert changes[-1] == Change(State.UP, State.UNKNOWN, START + FRESH, "odd")


def test_a_file_that_is_not_written_any_more_is_stale_by_its_own_time() -> None:
    up = Standing(State.UP, State.UP, State.UP, START, checked_at=START, fresh_until=START + FRESH)
    now = START + 4 * MINUTE
    look = Look(State.UP, "", "", START + FRESH, checked_at=START)
    standing, changes = step(up, look, Rule(1, 1), now=now, watched_until=now + FRESH)
    assert (standing.state, standing.code) == (State.UNKNOWN, "stale")
    assert changes == [Change(State.UP, State.UNKNOWN, START + FRESH, "stale")]


def test_the_same_observation_read_twice_counts_once() -> None:
    standing = Standing(State.UP, State.UP, State.UP, START, checked_at=START, fresh_until=START + FRESH)
    written = START + MINUTE
    for _ in range(5):
        look = Look(State.DOWN, "status", "", written + FRESH, checked_at=written)
        standing, changes = step(standing, look, Rule(2, 1), now=written, watched_until=None)
        assert (standing.state, standing.fails, changes) == (State.UP, 1, [])
    look = Look(State.DOWN, "status", "", written + FRESH, checked_at=written + MINUTE)
    standing, _ = step(standing, look, Rule(2, 1), now=written + MINUTE, watched_until=None)
    assert standing.state == State.DOWN


def test_switched_off_is_unknown_at_once_and_forgets_what_was_settled() -> None:
    down = Standing(State.DOWN, State.DOWN, State.DOWN, START, fresh_until=START + FRESH)
    standing, changes = blinded(down, now=START + MINUTE, code="switched_off", detail="Switched off by Ada")
    assert (standing.state, standing.settled, standing.since) == (State.UNKNOWN, "", START + MINUTE)
    assert changes == [
        Change(State.DOWN, State.UNKNOWN, START + MINUTE, "switched_off", "Switched off by Ada")
    ]


def test_the_worst_target_speaks_for_the_monitor() -> None:
    assert worst([]) == State.UNKNOWN
    assert worst(["up", "up"]) == State.UP
    assert worst(["up", "unknown"]) == State.UNKNOWN
    assert worst(["unknown", "degraded", "up"]) == State.DEGRADED
    assert worst(["unknown", "degraded", "down"]) == State.DOWN


@given(st.text("UGD?.", max_size=60), st.integers(1, 4), st.integers(1, 4))
def test_nothing_is_claimed_that_was_not_seen_in_time(
    looks: str, fail_after: int, recover_after: int
) -> None:
    states, changes = watch(looks, Rule(fail_after, recover_after))
    for number, state in enumerate(states):
        recent = looks[max(0, number - 3) : number + 1]
        if state != "?":
            assert set(recent) & set("UGD"), "a state without a look in the last three minutes"
        if state == "D":
            assert looks[: number + 1].count("D") >= 1
            assert sum(looks[: number + 1].count(letter) for letter in "DG") >= fail_after
    assert all(change.was != change.state for change in changes)
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    chained = [State.UNKNOWN, *(change.state for change in changes)]
    assert [change.was for change in changes] == chained[:-1]
    assert chained[-1] == (WORDS[states[-1]] if states else State.UNKNOWN)
