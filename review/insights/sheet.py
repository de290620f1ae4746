"""The figures of processes and severities as rows of a table, for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from incidents.clocks.outcome import Outcome

HEAD = (
    "process", "severity", "figure", "key", "label", "n", "median_s", "p85_s", "longest_s", "percent", *Outcome.values,
)  # fmt: skip
# What a spreadsheet takes for a formula, whoever wrote it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(found: dict[str, Any]) -> Iterator[list[Any]]:
    """The head, then a row for each figure; empty where there is none."""
    yield list(HEAD)
    for group in found["groups"]:
        about = {"process": group["process"], "severity": group["severity"]}
        for figure, rows in (("time", group["times"]), ("clock", group["clocks"])):
            for row in rows:
                known = {**row, **about, "figure": figure}
                yield [_cell(known.get(name)) for name in HEAD]


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
