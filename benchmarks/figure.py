"""One measured figure: its values, what they should be, and whether that is so."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any


class Unable(Exception):
    """A benchmark cannot run here; the text says what is missing and how to get it."""


@dataclass(frozen=True)
class Figure:
    """`values` in `unit`, one per round. The goal is kept by their median, or by the worst one if `every`.

    `limit` is the most they may be, `floor` the least; with neither the figure is there to be read only.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    limit: float | None = None
    floor: float | None = None
    every: bool = False
    note: str = ""
    parts: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.values:
            raise Unable(f"{self.name}: nothing was measured")

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def judged(self) -> float:
        """The one value that is held against the goal."""
        if not self.every:
            return self.median
        return min(self.values) if self.floor is not None else max(self.values)

    @property
    def reached(self) -> bool | None:
        """None without a goal."""
        if self.limit is not None:
            return self.judged <= self.limit
        return self.judged >= self.floor if self.floor is not None else None

    @property
    def goal(self) -> str:
        """The goal in words: "≤ 50 ms", "each ≤ 1.5 s", "≥ 5 ×"; empty for none."""
        bound = self.limit if self.limit is not None else self.floor
        if bound is None:
            return ""
        sign = "≤" if self.limit is not None else "≥"
        return f"{'each ' if self.every else ''}{sign} {short(bound)} {self.unit}"

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "goal": self.goal,
            "reached": self.reached,
            "median": round(self.median, 4),
            "min": round(min(self.values), 4),
            "max": round(max(self.values), 4),
            "values": [round(value, 4) for value in self.values],
            "note": self.note,
            "parts": {name: round(value, 4) for name, value in self.parts.items()},
        }


def short(value: float) -> str:
    """A number with three figures that matter: 7250, 41.3, 0.53."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"
