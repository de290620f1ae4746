"""How a clock looks at one moment: label, number, tone. Pure; the arithmetic is the clock's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from ui.durations import clock_text
from ui.moments import machine

SOON = 0.25  # of the limit left: from here on the number is amber


@dataclass(frozen=True)
class Face:
    """`look`: running soon met breached over quiet. `due` and `soon` (RFC 3339 or "") tell the script what ticks.

    `ends` is the look once it is due: breached for a promise, over for an aim, met for a time to wait out.
    """

    label: str
    figure: str
    look: str
    note: str
    sum: Sequence[str]
    due: str = ""
    soon: str = ""
    late_label: str = ""
    ends: str = "breached"


def face(view: Any) -> Face:
    """Of a `view` with `.clock` (target, target_s, stopped_at), `.reading`, `.words` and `.sum` (its lines).

    `.reading` has state, elapsed_s, remaining_s and due_at, as incidents.clocks.clocks.Reading; `.words` one text for
    each state, as products.vocabulary.ClockWords. `.clock.at_least`: a time to wait out; `.clock.is_promise` false:
    an aim, whose miss is quieter.
    """
    clock, reading = view.clock, view.reading
    stopped = getattr(clock, "stopped_at", None) is not None
    waits = getattr(clock, "at_least", False)
    if reading.state == "met" or (reading.state == "breached" and stopped):
        return _stopped(view)
    if reading.state in ("running", "breached") and reading.remaining_s is not None:
        return _to_wait_out(view) if waits else _running(view)
    if reading.state == "none" and not stopped:
        return Face(str(view.words.none), str(clock.target), "quiet", _("no deadline"), view.sum)
    label = str(getattr(view.words, reading.state))
    return Face(label, clock_text(reading.elapsed_s), "quiet", str(reading.state), view.sum)


def _stopped(view: Any) -> Face:
    took = clock_text(view.reading.elapsed_s)
    if view.reading.state == "met":
        return Face(str(view.words.met), "✓ " + took, "met", _("in time"), view.sum)
    return Face(str(view.words.missed), "✕ " + took, _missed(view), _("late"), view.sum)


def _missed(view: Any) -> str:
    return "breached" if getattr(view.clock, "is_promise", True) else "over"


def _to_wait_out(view: Any) -> Face:
    """It counts down to something good; nothing about it is urgent."""
    reading = view.reading
    return Face(
        str(view.words.running),
        clock_text(max(0.0, reading.remaining_s)),
        "running",
        _("running"),
        view.sum,
        # What is over by measurement alone does not turn by itself once its time is up.
        due=machine(reading.due_at) if reading.remaining_s > 0 else "",
        late_label=str(view.words.late),
        ends="met",
    )


def _running(view: Any) -> Face:
    clock, reading = view.clock, view.reading
    late_label = str(view.words.late)
    limit = clock.target_s or (reading.elapsed_s + max(reading.remaining_s, 0)) or 1
    due: datetime = reading.due_at
    late = reading.remaining_s <= 0
    look = _missed(view) if late else "soon" if reading.remaining_s <= limit * SOON else "running"
    return Face(
        late_label if late else str(view.words.running),
        clock_text(reading.remaining_s),
        look,
        _("late") if late else _("running"),
        view.sum,
        due=machine(due),
        soon=machine(due - timedelta(seconds=limit * SOON)),
        late_label=late_label,
        ends=_missed(view),
    )
