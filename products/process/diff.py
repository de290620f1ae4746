"""What differs between two texts of a process: line by line, the changed words marked, what is the same folded away.

Pure. Differences that nobody sees (line ends, blanks at the end, a byte order mark) are named in words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from products.process.aligning import Effort, opcodes
from products.process.lines import end, lines, without_end

# Lines that stay in sight around a change.
CONTEXT = 3
# Above this, words of a line are not compared.
_LONG_LINE = 1_000
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A part of a line; `changed` is marked."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """One line. `old` and `new` are its numbers in the two texts; a line that is gone has no `new`."""

    kind: Literal["same", "gone", "come"]
    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]
    remark: str = ""


@dataclass(frozen=True)
class Stretch:
    """Lines that follow each other; `folded` are the same in both and far from any change."""

    folded: bool
    rows: list[Row] = field(default_factory=list)


def diff(old: str, new: str) -> list[Stretch]:
    """All lines of both texts in order; empty when they are the same, byte for byte."""
    if old == new:
        return []
    return list(_folded(list(_rows(lines(old), lines(new)))))


def counts(stretches: Sequence[Stretch]) -> tuple[int, int]:
    """(lines that came, lines that are gone)."""
    kinds = [row.kind for stretch in stretches for row in stretch.rows]
    return kinds.count("come"), kinds.count("gone")


def _rows(old: list[str], new: list[str]) -> Iterator[Row]:
    effort = Effort()
    for tag, a, a_end, b, b_end in opcodes(old, new, effort):
        if tag == "equal":
            for offset in range(a_end - a):
                yield Row("same", a + offset + 1, b + offset + 1, (Piece(without_end(old[a + offset])),))
            continue
        paired = min(a_end - a, b_end - b)
        words = [_words(old[a + each], new[b + each], effort) for each in range(paired)]
        for offset in range(a_end - a):
            pieces = words[offset][0] if offset < paired else (Piece(without_end(old[a + offset])),)
            other = new[b + offset] if offset < paired else None
            yield Row("gone", a + offset + 1, None, pieces, _remark(old[a + offset], other))
        for offset in range(b_end - b):
            pieces = words[offset][1] if offset < paired else (Piece(without_end(new[b + offset])),)
            other = old[a + offset] if offset < paired else None
            yield Row("come", None, b + offset + 1, pieces, _remark(new[b + offset], other))


def _words(old: str, new: str, effort: Effort) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The pieces of a line that became another one; marked as a whole when hardly anything is left of it."""
    before, after = without_end(old), without_end(new)
    if max(len(before), len(after)) > _LONG_LINE:
        return (Piece(before, True),), (Piece(after, True),)
    a, b = _WORD.findall(before), _WORD.findall(after)
    codes = list(opcodes(a, b, effort))
    same = sum(i_end - i for tag, i, i_end, _j, _j_end in codes if tag == "equal")
    if 2 * same < 0.3 * (len(a) + len(b)):
        return (Piece(before),), (Piece(after),)
    gone, come = [], []
    for tag, i, i_end, j, j_end in codes:
        if i < i_end:
            gone.append(Piece("".join(a[i:i_end]), tag != "equal"))
        if j < j_end:
            come.append(Piece("".join(b[j:j_end]), tag != "equal"))
    return tuple(gone), tuple(come)


def _remark(line: str, other: str | None) -> str:
    """What is different and cannot be seen: told of a line whose partner looks the same."""
    if other is None or without_end(line).strip(" \t\ufeff") != without_end(other).strip(" \t\ufeff"):
        return ""
    text, told = without_end(line), []
    if text.startswith("\ufeff") != without_end(other).startswith("\ufeff"):
        told.append(
            _("with a byte order mark") if text.startswith("\ufeff") else _("without a byte order mark")
        )
    if len(text) - len(text.rstrip()) != len(without_end(other)) - len(without_end(other).rstrip()):
        told.append(_("blanks at the end: %(n)s") % {"n": len(text) - len(text.rstrip())})
    if end(line) != end(other):
        ends = {"\r\n": _("line end CR LF"), "\n": _("line end LF"), "": _("no line end")}
        told.append(ends.get(end(line), _("another line end")))
    return ", ".join(told)


def _folded(rows: list[Row]) -> Iterator[Stretch]:
    near = [False] * len(rows)
    for position, row in enumerate(rows):
        if row.kind != "same":
            for each in range(max(0, position - CONTEXT), min(len(rows), position + CONTEXT + 1)):
                near[each] = True
    stretch: list[Row] = []
    for position, row in enumerate(rows):
        if position and near[position] != near[position - 1]:
            yield Stretch(not near[position - 1], stretch)
            stretch = []
        stretch.append(row)
    yield Stretch(not near[-1], stretch)
