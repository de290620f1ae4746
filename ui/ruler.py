"""The T-ruler as an SVG: the plan above, what happened below, a line for now. Pure; seconds from the beginning in.

The scale is linear where marks lie near each other and breaks where a gap is much longer than those before; it says
so by a sign. Shape tells what colour does: a circle is planned, a full one was in time, a square late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# As wide as a column, or across a page: then moments carry their names where there is room.
COLUMN, BAND = 720, 1116
HIGH = 104
LEFT, MARGIN = 22.0, 26.0
PLAN_Y, REAL_Y = 36, 68
# A gap so many times longer than the longest before it is drawn as a break of this width.
BREAKS_AT, BREAK_WIDE = 3.0, 84.0
# What a letter takes on average at 12 px, and what stays free between two names.
LETTER, SPACE = 6.3, 10.0


@dataclass(frozen=True)
class Point:
    """One mark. `real_s` None: not yet. `tone`: good, late, open or quiet. `limit`: a bound that an event set.

    `label` is when ("T+15"), `name` what, `note` how late it was. What nobody has `planned` stands below alone.
    """

    at_s: float
    label: str
    title: str
    real_s: float | None = None
    tone: str = "open"
    limit: bool = False
    name: str = ""
    note: str = ""
    planned: bool = True


@dataclass(frozen=True)
class Piece:
    """A stretch of the scale; `broken` is shorter than it should be."""

    start_s: float
    end_s: float
    x: float
    end_x: float
    broken: bool


@dataclass(frozen=True)
class Scale:
    pieces: tuple[Piece, ...]
    right: float

    @property
    def breaks(self) -> bool:
        return any(piece.broken for piece in self.pieces)

    def x(self, seconds: float) -> float:
        """Where `seconds` are; what lies outside is put at the end."""
        for piece in self.pieces:
            if seconds <= piece.end_s:
                part = (seconds - piece.start_s) / (piece.end_s - piece.start_s)
                return round(piece.x + max(0.0, part) * (piece.end_x - piece.x), 1)
        return self.right


def scale(planned: Iterable[float], reach: float, wide: int = COLUMN) -> Scale:
    """For marks at `planned`, long enough for `reach`."""
    right = wide - MARGIN
    marks = {0.0, *planned}
    stops = sorted({*marks, max(*marks, reach, 60.0)})
    gaps = list(pairwise(stops))
    broken = _broken(gaps)
    # However many break, the rest keeps half of the width.
    gap = min(BREAK_WIDE, (right - LEFT) / 2 / max(1, sum(broken)))
    straight = sum(end - start for (start, end), breaks in zip(gaps, broken, strict=True) if not breaks)
    each = (right - LEFT - gap * sum(broken)) / straight
    pieces, x = [], LEFT
    for (start, end), breaks in zip(gaps, broken, strict=True):
        end_x = x + (gap if breaks else (end - start) * each)
        pieces.append(Piece(start, end, x, end_x, breaks))
        x = end_x
    return Scale(tuple(pieces), right)


def _broken(gaps: Sequence[tuple[float, float]]) -> list[bool]:
    """The first gaps set the measure: one much longer than all before it breaks, as does every one after that."""
    longest, broke, found = 0.0, False, []
    for start, end in gaps:
        gap = end - start
        broke = broke or (longest > 0 and gap > BREAKS_AT * longest)
        longest = longest if broke else max(longest, gap)
        found.append(broke and gap > longest)
    return found


def svg(
    points: Sequence[Point], label: str, *, now_s: float | None, total_s: float, wide: int = COLUMN
) -> SafeString:
    """All of it as one image called `label`."""
    reals = [point.real_s for point in points if point.real_s is not None]
    reach = max([total_s if now_s is None else now_s, *reals, 0.0])
    plan = [point for point in points if point.planned]
    measure = scale([max(0.0, point.at_s) for point in plan], reach, wide)
    until = measure.x(max(reals, default=0.0) if now_s is None else now_s)
    parts = [
        *(_axis(piece) for piece in measure.pieces),
        format_html('<path class="real" d="M{} {}H{}"/>', LEFT, REAL_Y, until),
        *_plan(plan, measure, named=wide >= BAND),
        *(_real(point, measure) for point in points if point.real_s is not None),
        *([_now(measure.x(now_s), measure)] if now_s is not None else []),
        *(_notes(points, measure, now_s) if wide >= BAND else []),
    ]
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', wide, HIGH, label, drawn
    )


def _axis(piece: Piece) -> SafeString:
    if not piece.broken:
        return format_html('<path class="axis" d="M{} {}H{}"/>', piece.x, PLAN_Y, piece.end_x)
    middle = (piece.x + piece.end_x) / 2
    return format_html(
        '<path class="axis broken" d="M{0} {1}H{2}"/><path class="break" d="M{3} {4}l6 -12m2 12l6 -12"/>',
        piece.x, PLAN_Y, piece.end_x, round(middle - 7, 1), PLAN_Y + 6,
    )  # fmt: skip


def _plan(points: Sequence[Point], measure: Scale, *, named: bool) -> list[SafeString]:
    """Each planned moment once, with when it is, and what if there is room."""
    moments: dict[tuple[float, bool], list[Point]] = {}
    for point in points:
        moments.setdefault((point.at_s, point.limit), []).append(point)
    words = _words(
        [(measure.x(at_s), here[0]) for (at_s, limit), here in moments.items() if not limit], measure, named
    )
    drawn = []
    for (at_s, limit), here in moments.items():
        x = measure.x(at_s)
        title = "; ".join(point.title for point in here)
        if limit:
            shape = format_html('<path class="limit" d="M{} {}l6 6l-6 6l-6 -6z"/>', x, PLAN_Y + 10)
        else:
            shape = format_html('<circle class="plan" cx="{}" cy="{}" r="5.5"/>', x, PLAN_Y)
        drawn.append(
            format_html("<g>{}{}<title>{}</title></g>", shape, words.get(x, "") if not limit else "", title)
        )
    return drawn


def _words(marks: Sequence[tuple[float, Point]], measure: Scale, named: bool) -> dict[float, SafeString]:
    """What stands above each mark, by its place: when and what, only when, or nothing where it would overlap."""
    found, free = {}, 0.0
    for position, (x, point) in enumerate(marks):
        following = marks[position + 1] if position + 1 < len(marks) else None
        until = _span(*following, measure)[0] if following else measure.right + MARGIN
        texts = [f"{point.label} {point.name}"] if named and point.name else []
        for text in [*texts, point.label]:
            start, end = _span(x, Point(0, text, ""), measure)
            if start >= free and (text == point.label or end + SPACE <= until):
                found[x] = format_html(
                    '<text x="{}" y="18" text-anchor="{}">{}</text>', x, _anchor(x, measure), text
                )
                free = end + SPACE
                break
    return found


def _span(x: float, point: Point, measure: Scale) -> tuple[float, float]:
    """From where to where a mark's label reaches."""
    long = len(point.label) * LETTER
    start = {"start": x, "middle": x - long / 2, "end": x - long}[_anchor(x, measure)]
    return start, start + long


def _notes(points: Sequence[Point], measure: Scale, now_s: float | None) -> list[SafeString]:
    """How late each late one was, below it, where neither another one nor "now" stands."""
    drawn, free = [], 0.0
    shut = None if now_s is None else measure.x(now_s)
    for point in sorted(
        (p for p in points if p.note and p.real_s is not None), key=lambda p: p.real_s or 0.0
    ):
        x = measure.x(point.real_s or 0.0)
        start, end = _span(x, Point(0, point.note, ""), measure)
        if start >= free and (shut is None or end + SPACE < shut - 12 or start - SPACE > shut + 12):
            drawn.append(
                format_html(
                    '<text class="late" x="{}" y="92" text-anchor="{}">{}</text>',
                    x,
                    _anchor(x, measure),
                    point.note,
                )
            )
            free = end + SPACE
    return drawn


def _real(point: Point, measure: Scale) -> SafeString:
    x = measure.x(max(0.0, point.real_s or 0.0))
    if point.tone == "late":
        shape = format_html('<rect class="late" x="{}" y="{}" width="10" height="10"/>', x - 5, REAL_Y - 5)
    elif point.tone == "plain":
        shape = format_html('<path class="real" d="M{} {}v20"/>', x, REAL_Y - 10)
    else:
        shape = format_html('<circle class="good" cx="{}" cy="{}" r="5.5"/>', x, REAL_Y)
    return format_html("<g>{}<title>{}</title></g>", shape, point.title)


def _now(x: float, measure: Scale) -> SafeString:
    return format_html(
        '<path class="now" d="M{0} 26V84"/><text class="now" x="{0}" y="98" text-anchor="{1}">{2}</text>',
        x, _anchor(x, measure), _("now"),
    )  # fmt: skip


def _anchor(x: float, measure: Scale) -> str:
    return "start" if x < 40 else "end" if x > measure.right - 30 else "middle"
