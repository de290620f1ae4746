"""How a clock looks: its words change with its state, never only its colour."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from products.vocabulary import clock_words
from ui.clock_face import face

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def view(
    *,
    key: str = "response",
    label: str = "First update",
    state: str = "running",
    elapsed_s: float = 0.0,
    remaining_s: float | None = None,
    stopped: bool = False,
    target_s: int | None = 3600,
    at_least: bool = False,
    is_promise: bool = True,
) -> Any:
    due = START + timedelta(seconds=target_s) if target_s else None
    clock = SimpleNamespace(
        target="< 1 h" if target_s else "next release",
        target_s=target_s,
        stopped_at=START if stopped else None,
        at_least=at_least,
        is_promise=is_promise,
    )
    reading = SimpleNamespace(state=state, elapsed_s=elapsed_s, remaining_s=remaining_s, due_at=due)
    return SimpleNamespace(
        clock=clock, reading=reading, words=clock_words(key, label, at_least=at_least), sum=["Started 02:00."]
    )


def test_a_running_clock_counts_down_and_tells_the_script_when() -> None:
    shown = face(view(elapsed_s=1000, remaining_s=2600))
    assert (shown.label, shown.figure, shown.look) == ("Respond within", "43:20", "running")
    assert (shown.due, shown.soon) == ("2026-11-21T03:00:00.000Z", "2026-11-21T02:45:00.000Z")


def test_the_last_quarter_is_marked() -> None:
    assert face(view(remaining_s=900)).look == "soon"
    assert face(view(remaining_s=901)).look == "running"


def test_a_clock_that_ran_out_says_late_and_counts_up() -> None:
    shown = face(view(state="breached", elapsed_s=4980, remaining_s=-1380))
    assert (shown.label, shown.figure, shown.look) == ("Not responded, late by", "23:00", "breached")


def test_a_stopped_clock_shows_what_it_took_with_a_sign() -> None:
    met = face(view(state="met", elapsed_s=192, remaining_s=3408, stopped=True))
    assert (met.label, met.figure, met.look, met.due) == ("Responded in", "✓ 3:12", "met", "")
    late = face(view(state="breached", elapsed_s=3700, remaining_s=-100, stopped=True))
    assert (late.label, late.figure, late.look) == ("Responded late, after", "✕ 1 h 01", "breached")


def test_a_milestone_has_no_countdown() -> None:
    shown = face(view(state="none", target_s=None, elapsed_s=50))
    assert (shown.label, shown.figure, shown.look) == ("Respond", "next release", "quiet")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("paused", "Respond: paused after"),
        ("cancelled", "Respond: cancelled after"),
        ("waived", "Respond: waived after"),
    ],
)
def test_a_clock_that_does_not_run_says_so(state: str, words: str) -> None:
    shown = face(view(state=state, elapsed_s=600))
    assert (shown.label, shown.figure, shown.look) == (words, "10:00", "quiet")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"remaining_s": 900.0}, "within"),
        ({"state": "breached", "remaining_s": -9.0}, "late by"),
        ({"state": "met", "stopped": True}, "took"),
        ({"state": "breached", "stopped": True}, "late, after"),
        ({"state": "paused"}, "paused after"),
        ({"state": "none", "target_s": None}, ""),
    ],
)
def test_a_clock_of_the_process_s_own_keeps_its_name(facts: dict[str, Any], words: str) -> None:
    label = face(view(key="first_update", **facts)).label
    assert label.removeprefix("First update").lstrip(": ") == words


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"remaining_s": 4320.0}, ("Watch: to go", "1 h 12", "running")),
        ({"state": "met", "elapsed_s": 7300.0}, ("Watch: waited out", "✓ 2 h 01", "met")),
        ({"state": "met", "elapsed_s": 7300.0, "stopped": True}, ("Watch: waited out", "✓ 2 h 01", "met")),
        (
            {"state": "breached", "elapsed_s": 1800.0, "stopped": True},
            ("Watch: cut short after", "✕ 30:00", "breached"),
        ),
        ({"state": "waived", "elapsed_s": 60.0}, ("Watch: waived after", "1:00", "quiet")),
    ],
)
def test_a_time_to_wait_out_counts_down_to_something_good(
    facts: dict[str, Any], shown: tuple[str, str, str]
) -> None:
    """K61, K98."""
    found = face(view(key="watch", label="Watch", target_s=7200, at_least=True, **facts))
    assert (found.label, found.figure, found.look) == shown
    assert (found.soon, found.ends) == ("", "met" if facts.get("remaining_s") else "breached")


def test_what_is_only_an_aim_is_missed_more_quietly() -> None:
    """K47: approval within 15 minutes, if possible."""
    late = face(view(key="approval", label="Approve", state="breached", remaining_s=-240.0, is_promise=False))
    assert (late.label, late.figure, late.look, late.ends) == ("Approve: late by", "4:00", "over", "over")


def test_acknowledging_is_spoken_of_as_a_deed() -> None:
    running, late, met = (
        face(view(key="acknowledged", remaining_s=660.0)),
        face(view(key="acknowledged", state="breached", remaining_s=-720.0)),
        face(view(key="acknowledged", state="met", elapsed_s=192.0, stopped=True)),
    )
    assert [f"{shown.label} {shown.figure}" for shown in (running, late, met)] == [
        "Acknowledge within 11:00",
        "Not acknowledged, late by 12:00",
        "Acknowledged in ✓ 3:12",
    ]
