"""A table with a row for each release: `| 2026-03-05 | 0.1.1 | HOTFIX: sign-in fails |` (K37).

Which cell is which is told by what stands in it, so that a header is not needed and its language does not matter.
"""

import re

from hotfixes.changelog import words
from hotfixes.changelog.lines import Lines
from hotfixes.changelog.shapes import Changelog, Entry, Reason, Unread

_RULE = re.compile(r":?-+:?")
_PIPE = re.compile(r"(?<!\\)\|")
_MAX_CELLS = 20
_UNRELEASED = re.compile(r"\[?unreleased\]?", re.IGNORECASE)


def read(lines: Lines, pattern: str = "") -> Changelog | Unread:
    """Rows in the order of the file. A row without a version in a cell of its own is none."""
    entries: list[Entry] = []
    unreleased = 0
    for number, line in enumerate(lines.plain, start=1):
        cells = _cells(line)
        if len(cells) < 2 or all(_RULE.fullmatch(cell) for cell in cells):
            continue
        if any(_UNRELEASED.fullmatch(words.bare(cell)) for cell in cells):
            unreleased = unreleased or number
        elif entry := _entry(cells, number):
            entries.append(entry)
    return Changelog(tuple(entries), unreleased) if entries or unreleased else Unread(Reason.NO_ENTRIES)


def _entry(cells: list[str], line: int) -> Entry | None:
    versions = [(words.version(words.bare(cell)), place) for place, cell in enumerate(cells)]
    version, at = next(((version, place) for version, place in versions if version), ("", 0))
    if not version:
        return None
    dates = [
        (words.iso_date(cell), place) for place, cell in enumerate(cells) if place != at and len(cell) <= 30
    ]
    date, dated = next(((date, place) for date, place in dates if date), ("", -1))
    rest = [cell for place, cell in enumerate(cells) if place not in (at, dated)]
    return Entry(version, date, " | ".join(rest).strip(), line)


def _cells(line: str) -> list[str]:
    if "|" not in line:
        return []
    row = line.strip().removeprefix("|")
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    cells = _PIPE.split(row, maxsplit=_MAX_CELLS)
    return [cell.replace("\\|", "|").strip() for cell in cells]
