"""The uptime strip: stretches of state into equal ticks, and those into an SVG. Pure; times are aware, spans seconds.

Down is taller and notched, unknown dashed, maintenance hatched: the strip reads without colour and in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ui.durations import rough_text

# What a tick shows when several states fall into it: the first that is there at all; unknown only when it fills half.
WORST_FIRST = ("down", "flapping", "degraded", "maintenance", "up")
WORDS = {
    "up": gettext_noop("up"),
    "degraded": gettext_noop("degraded"),
    "down": gettext_noop("down"),
    "flapping": gettext_noop("flapping"),
    "maintenance": gettext_noop("maintenance"),
    "unknown": gettext_noop("not watched"),
}
STEP, WIDE, HIGH = 10, 8, 32


class Stretch(Protocol):
    """A stretch of one state; `detail` is what failed."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def state(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Mark(Protocol):
    """A moment of which people should think when they see what came after it: a deployment, in `words`."""

    @property
    def at(self) -> datetime: ...
    @property
    def words(self) -> str: ...


@dataclass(frozen=True)
class Tick:
    start: datetime
    end: datetime
    state: str
    seconds: float
    detail: str = ""


def ticks(stretches: Sequence[Stretch], *, start: datetime, end: datetime, count: int = 48) -> list[Tick]:
    """`count` equal ticks of the window: each its worst state, for how long, and why; unwatched time is unknown."""
    width = (end - start) / count
    return [_tick(stretches, start + width * n, start + width * (n + 1)) for n in range(count)]


def _tick(stretches: Sequence[Stretch], start: datetime, end: datetime) -> Tick:
    total: dict[str, float] = {}
    details: dict[str, str] = {}
    for each in stretches:
        inside = (min(each.end, end) - max(each.start, start)).total_seconds()
        if inside > 0:
            state = each.state if each.state in WORDS else "unknown"
            total[state] = total.get(state, 0.0) + inside
            details.setdefault(state, each.detail)
    known = sum(seconds for state, seconds in total.items() if state != "unknown")
    whole = (end - start).total_seconds()
    worst = next((state for state in WORST_FIRST if state in total), "unknown")
    if worst == "up" and known < whole / 2:
        worst = "unknown"
    seconds = whole - known if worst == "unknown" else total[worst]
    return Tick(start, end, worst, seconds, details.get(worst, ""))


def summary(stretches: Sequence[Stretch], *, start: datetime, end: datetime) -> str:
    """The strip in words, for those who do not see it: "Last 24 h: up 22 h 10, down 1 h 20"."""
    total = dict.fromkeys((*WORST_FIRST[::-1], "unknown"), 0.0)
    for each in stretches:
        state = each.state if each.state in total else "unknown"
        total[state] += max(0.0, (min(each.end, end) - max(each.start, start)).total_seconds())
    total["unknown"] += max(0.0, (end - start).total_seconds() - sum(total.values()))
    parts = [f"{_(WORDS[state])} {rough_text(seconds)}" for state, seconds in total.items() if seconds >= 1]
    return _("Last %(span)s: %(parts)s") % {"span": _span_text(end - start), "parts": ", ".join(parts)}


def _span_text(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return _("%(h)d h") % {"h": hours} if hours <= 48 else _("%(d)d days") % {"d": round(hours / 24)}


def svg(shown: Sequence[Tick], label: str, zone: tzinfo, marks: Sequence[Mark] = ()) -> SafeString:
    """The ticks as one image called `label`; each tick says on hover what it was. Printable, no style attributes.

    `marks` are lines over them, at their moments.
    """
    bars = format_html_join(
        "",
        "<g>{}<title>{}</title></g>",
        ((_bar(n, tick.state), _title(tick, zone)) for n, tick in enumerate(shown)),
    )
    template = '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    return format_html(template, len(shown) * STEP, HIGH, label, bars + _lines(shown, marks, zone))


def within(shown: Sequence[Stretch], marks: Sequence[Mark]) -> list[Mark]:
    """Those of the window."""
    return [one for one in marks if shown and shown[0].start <= one.at <= shown[-1].end]


def marked(label: str, marks: Sequence[Mark], zone: tzinfo) -> str:
    """`label`, with what the marks say, for those who do not see them."""
    return "; ".join([label, *(f"{one.at.astimezone(zone):%H:%M} {one.words}" for one in marks)])


def _lines(shown: Sequence[Tick], marks: Sequence[Mark], zone: tzinfo) -> SafeString:
    if not shown:
        return SafeString()
    start, wide = shown[0].start, (shown[-1].end - shown[0].start).total_seconds()
    rows = (
        (
            round((one.at - start).total_seconds() / wide * len(shown) * STEP, 1),
            one.at.astimezone(zone),
            one.words,
        )
        for one in marks
        if start <= one.at <= shown[-1].end
    )
    return format_html_join(
        "",
        '<g class="deploy"><path d="M{} 0V32" vector-effect="non-scaling-stroke"/><title>{} {}</title></g>',
        ((x, f"{at:%H:%M}", words) for x, at, words in rows),
    )


def _bar(n: int, state: str) -> SafeString:
    x, tall = n * STEP + 1, state == "down"
    if state == "maintenance":
        hatched = (
            '<rect class="{}" x="{}" y="11" width="6" height="18" fill="none"/><path class="{}" d="{}"/>'
        )
        lines = f"M{x + 1} 28l6 -6M{x + 1} 20l6 -6"
        return format_html(hatched, "maintenance hatch", x + 1, "hatch", lines)
    top, height = (2, 28) if tall else (10, 20)
    bar = format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>', state, x, top, WIDE, height
    )
    if tall:
        return bar + format_html('<rect class="notch" x="{}" y="23" width="{}" height="2"/>', x, WIDE)
    return bar


def _title(tick: Tick, zone: tzinfo) -> str:
    span = f"{tick.start.astimezone(zone):%H:%M}–{tick.end.astimezone(zone):%H:%M}"
    whole = tick.seconds >= (tick.end - tick.start).total_seconds() - 1
    words = _(WORDS[tick.state]) + ("" if whole else f" {rough_text(tick.seconds)}")
    return f"{span} {words}" + (f": {tick.detail}" if tick.detail and tick.state != "up" else "")


def legend(shown: Sequence[Tick], deployed: bool = False) -> SafeString:
    """What the ticks that are there mean; `deployed`: lines too."""
    states = [
        state for state in ("up", *WORST_FIRST[:-1], "unknown") if any(tick.state == state for tick in shown)
    ]
    items = format_html_join(
        "",
        '<li><svg viewBox="0 0 10 32" preserveAspectRatio="none" aria-hidden="true">{}</svg>{}</li>',
        ((_bar(0, state), _(WORDS[state])) for state in states),
    )
    if deployed:
        line = '<li><svg viewBox="0 0 10 32" preserveAspectRatio="none" aria-hidden="true">{}</svg>{}</li>'
        items += format_html(
            line,
            SafeString('<g class="deploy"><path d="M5 0V32" vector-effect="non-scaling-stroke"/></g>'),
            _("deployment"),
        )
    return format_html('<ul class="legend">{}</ul>', items)
