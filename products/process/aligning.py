"""Which elements of two sequences belong together, so that what differs between them can be told. Pure.

Elements that both have once lead (Cohen's patience diff); what is left between them goes by the longest common
subsequence. Each call has an Effort to spend, so that no two texts keep a server busy: what it does not reach counts
as replaced.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

type Pairs = list[tuple[int, int]]

# In a stretch between two lines that are the same, other lines may be the only ones of their kind, and so on.
_DEEPEST = 8


@dataclass
class Effort:
    """How many pairs of elements may yet be looked at one by one: half a second's worth."""

    left: int = 1_000_000

    def spend(self, pairs: int) -> bool:
        """Whether it sufficed."""
        if pairs > self.left:
            return False
        self.left -= pairs
        return True


def opcodes(
    old: Sequence[str], new: Sequence[str], effort: Effort
) -> Iterator[tuple[str, int, int, int, int]]:
    """(tag, from, to, from, to) in order: tag is equal, replace, delete or insert, as difflib has them."""
    a = b = 0
    for i, j, length in [*_runs(matches(old, new, effort)), (len(old), len(new), 0)]:
        if a < i or b < j:
            yield ("replace" if a < i and b < j else "delete" if a < i else "insert"), a, i, b, j
        if length:
            yield "equal", i, i + length, j, j + length
        a, b = i + length, j + length


def matches(old: Sequence[str], new: Sequence[str], effort: Effort) -> Pairs:
    """Positions in `old` and `new` that belong together, both rising."""
    found: Pairs = []
    waiting = [(0, len(old), 0, len(new), 0)]
    while waiting:
        a, a_end, b, b_end, depth = waiting.pop()
        while a < a_end and b < b_end and old[a] == new[b]:
            found.append((a, b))
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            found.append((a_end, b_end))
        if a == a_end or b == b_end:
            continue
        anchors = _anchors(old[a:a_end], new[b:b_end]) if depth < _DEEPEST else []
        if anchors:
            found += [(a + i, b + j) for i, j in anchors]
            edges = [(-1, -1), *anchors, (a_end - a, b_end - b)]
            waiting += [
                (a + i + 1, a + i_end, b + j + 1, b + j_end, depth + 1)
                for (i, j), (i_end, j_end) in pairwise(edges)
            ]
        elif effort.spend((a_end - a) * (b_end - b)):
            found += [(a + i, b + j) for i, j in _longest(old[a:a_end], new[b:b_end])]
    return sorted(found)


def _runs(pairs: Pairs) -> Iterator[tuple[int, int, int]]:
    """(i, j, length) of pairs that follow each other."""
    start = 0
    for at in range(1, len(pairs) + 1):
        if at == len(pairs) or pairs[at] != (pairs[at - 1][0] + 1, pairs[at - 1][1] + 1):
            yield *pairs[start], at - start
            start = at


def _anchors(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Elements that stand exactly once on both sides: of those, the most that keep their order."""
    once_old = {text for text, count in Counter(old).items() if count == 1}
    once_new = {text for text, count in Counter(new).items() if count == 1}
    place = {text: j for j, text in enumerate(new) if text in once_new}
    pairs = [(i, place[text]) for i, text in enumerate(old) if text in once_old and text in place]
    ends: list[int] = []  # the smallest end of a rising row of each length, and which pair that is
    last: list[int] = []
    before: list[int] = []
    for at, (_i, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [at]
    rising: Pairs = []
    at = last[-1] if last else -1
    while at >= 0:
        rising.append(pairs[at])
        at = before[at]
    return rising[::-1]


def _longest(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """The longest common subsequence, by the table of the lengths from each place on."""
    rows = [[0] * (len(new) + 1)]
    for text in reversed(old):
        below, row = rows[-1], [0] * (len(new) + 1)
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if text == new[j] else max(below[j], row[j + 1])
        rows.append(row)
    rows.reverse()
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return found
