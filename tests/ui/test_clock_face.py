"""How a clock looks: its words change with its state, never only its colour."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from ui.clock_face import face

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def view(
    *,
    label: str = "Response",
    state: str = "running",
    elapsed_s: float = 0.0,
    remaining_s: float | None = None,
    stopped: bool = False,
    target_s: int | None = 3600,
) -> Any:
    due = START + timedelta(seconds=target_s) if target_s else None
    clock = SimpleNamespace(
        label=label,
        target="< 1 h" if target_s else "next release",
        target_s=target_s,
        stopped_at=START if stopped else None,
    )
    reading = SimpleNamespace(state=state, elapsed_s=elapsed_s, remaining_s=remaining_s, due_at=due)
    return SimpleNamespace(clock=clock, reading=reading, sum=["Started 02:00."])


def test_a_running_clock_counts_down_and_tells_the_script_when() -> None:
    shown = face(view(elapsed_s=1000, remaining_s=2600))
    assert (shown.label, shown.figure, shown.look) == ("Response due in", "43:20", "running")
    assert (shown.due, shown.soon) == ("2026-11-21T03:00:00.000Z", "2026-11-21T02:45:00.000Z")


def test_the_last_quarter_is_marked() -> None:
    assert face(view(remaining_s=900)).look == "soon"
    assert face(view(remaining_s=901)).look == "running"


def test_a_clock_that_ran_out_says_late_and_counts_up() -> None:
    shown = face(view(state="breached", elapsed_s=4980, remaining_s=-1380))
    assert (shown.label, shown.figure, shown.look) == ("Response late by", "23:00", "breached")


def test_a_stopped_clock_shows_what_it_took_with_a_sign() -> None:
    met = face(view(state="met", elapsed_s=192, remaining_s=3408, stopped=True))
    assert (met.label, met.figure, met.look, met.due) == ("Response", "✓ 3:12", "met", "")
    late = face(view(state="breached", elapsed_s=3700, remaining_s=-100, stopped=True))
    assert (late.label, late.figure, late.look) == ("Response, late", "✕ 1 h 01", "breached")


def test_a_milestone_has_no_countdown() -> None:
    shown = face(view(state="none", target_s=None, elapsed_s=50))
    assert (shown.label, shown.figure, shown.look) == ("Response", "next release", "quiet")


def test_a_paused_clock_says_so() -> None:
    assert face(view(state="paused", elapsed_s=600)).label == "Response, paused"
