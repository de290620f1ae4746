"""A role as a process version has it: what it is for, whether it decides, who stands in for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProcessRole:
    """`deputies` are keys of roles whose people are asked, in this order, when nobody holds this one.

    One that `executes` carries out what was decided, one that `watches` looks after what was deployed.
    """

    key: str
    label: str
    decides: bool = False
    needed: bool = True
    responsibilities: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    house: bool = False
    executes: bool = False
    watches: bool = False

    @classmethod
    def from_json(cls, role: Mapping[str, Any]) -> ProcessRole:
        """Versions stored before a field existed lack it."""
        return cls(
            role["key"],
            role["label"],
            decides=bool(role.get("decides")),
            needed=bool(role.get("needed", True)),
            responsibilities=tuple(_text(each) for each in role.get("responsibilities") or ()),
            deputies=tuple(role.get("deputies") or ()),
            house=role.get("origin") == "house",
            executes=bool(role.get("executes")),
            watches=bool(role.get("watches")),
        )


def _text(sentence: Any) -> str:
    return str(sentence["text"] if isinstance(sentence, Mapping) else sentence)
