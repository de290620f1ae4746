"""How a process says that a clock runs: the rule, not the running clock (that is the incident's)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ClockRule:
    """`start` is a Moment ("detected_at") or an EventKind; the first event of `stop` ends it (C14)."""

    key: str
    label: str
    kind: str
    start: str
    stop: tuple[str, ...]
    origin: str = "source"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """From one entry of `clocks` in a stored document."""
        return cls(
            value["key"], value["label"], value["kind"], value["from"], tuple(value["to"]), value["origin"]
        )
