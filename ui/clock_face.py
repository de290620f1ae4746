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
    """`look`: running soon met breached quiet. `due` and `soon` (RFC 3339 or "") tell the script what ticks."""

    label: str
    figure: str
    look: str
    note: str
    sum: Sequence[str]
    due: str = ""
    soon: str = ""
    late_label: str = ""


def face(view: Any) -> Face:
    """Of a `view` with `.clock` (label, target, target_s, stopped_at), `.reading` and `.sum` (its lines).

    `.reading` has state, elapsed_s, remaining_s and due_at, as incidents.clocks.Reading.
    """
    clock, reading = view.clock, view.reading
    label, target = str(clock.label), str(clock.target)
    stopped = getattr(clock, "stopped_at", None) is not None
    if reading.state in ("met", "breached") and stopped:
        return _stopped(label, reading, view.sum)
    if reading.state in ("running", "breached") and reading.remaining_s is not None:
        return _running(label, clock, reading, view.sum)
    if reading.state == "none" and not stopped:
        return Face(label, target, "quiet", _("no deadline"), view.sum)
    note = _("paused") if reading.state == "paused" else str(reading.state)
    return Face(f"{label}, {note}", clock_text(reading.elapsed_s), "quiet", note, view.sum)


def _stopped(label: str, reading: Any, sum_: Sequence[str]) -> Face:
    if reading.state == "met":
        return Face(label, "✓ " + clock_text(reading.elapsed_s), "met", _("in time"), sum_)
    return Face(
        _("%(label)s, late") % {"label": label},
        "✕ " + clock_text(reading.elapsed_s),
        "breached",
        _("late"),
        sum_,
    )


def _running(label: str, clock: Any, reading: Any, sum_: Sequence[str]) -> Face:
    late_label = _("%(label)s late by") % {"label": label}
    limit = clock.target_s or (reading.elapsed_s + max(reading.remaining_s, 0)) or 1
    due: datetime = reading.due_at
    late = reading.remaining_s <= 0
    look = "breached" if late else "soon" if reading.remaining_s <= limit * SOON else "running"
    return Face(
        late_label if late else _("%(label)s due in") % {"label": label},
        clock_text(reading.remaining_s),
        look,
        _("late") if late else _("running"),
        sum_,
        due=machine(due),
        soon=machine(due - timedelta(seconds=limit * SOON)),
        late_label=late_label,
    )
