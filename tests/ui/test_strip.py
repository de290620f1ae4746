"""The uptime strip: what nobody watched is never up, what was down is never hidden."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from ui.strip import legend, summary, svg, ticks

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
END = START + timedelta(hours=24)


@dataclass(frozen=True)
class Piece:
    start: datetime
    end: datetime
    state: str
    detail: str = ""


def pieces(*parts: tuple[float, str]) -> list[Piece]:
    """Consecutive (hours, state) from START on."""
    found, at = [], START
    for hours, state in parts:
        found.append(Piece(at, at + timedelta(hours=hours), state, "answered 503" if state == "down" else ""))
        at += timedelta(hours=hours)
    return found


def states(*parts: tuple[float, str], count: int = 24) -> list[str]:
    return [tick.state for tick in ticks(pieces(*parts), start=START, end=END, count=count)]


def test_a_day_that_was_up_is_up() -> None:
    assert states((24, "up")) == ["up"] * 24


def test_a_minute_down_marks_its_tick() -> None:
    assert states((5, "up"), (1 / 60, "down"), (19 - 1 / 60, "up")) == ["up"] * 5 + ["down"] + ["up"] * 18


def test_what_nobody_watched_is_unknown_from_half_a_tick_on_and_never_up() -> None:
    assert states((0.4, "up"), (0.6, "unknown"), (23, "up"))[0] == "unknown"
    assert states((0.6, "up"), (0.4, "unknown"), (23, "up"))[0] == "up"
    assert states((12, "up")) == ["up"] * 12 + ["unknown"] * 12
    assert ticks([], start=START, end=END, count=1)[0].state == "unknown"


def test_down_is_shown_even_when_most_of_its_tick_is_unknown() -> None:
    assert states((0.05, "down"), (23.95, "unknown"))[0] == "down"


def test_a_state_we_do_not_know_counts_as_unknown() -> None:
    assert states((24, "sideways")) == ["unknown"] * 24


def test_the_summary_says_it_in_words() -> None:
    parts = pieces((20, "up"), (1.5, "down"), (2.5, "unknown"))
    assert summary(parts, start=START, end=END) == "Last 24 h: up 20 h 00, down 1 h 30, not watched 2 h 30"
    assert summary([], start=START, end=END) == "Last 24 h: not watched 24 h 00"


def test_the_image_is_well_formed_named_and_says_on_hover_what_failed() -> None:
    shown = ticks(pieces((23, "up"), (0.5, "down"), (0.5, "up")), start=START, end=END, count=24)
    image = ElementTree.fromstring(svg(shown, 'a "name" <x>', UTC))
    assert image.get("aria-label") == 'a "name" <x>'
    titles = [title.text for title in image.iter("title")]
    assert (len(titles), titles[0], titles[23]) == (
        24,
        "02:00–03:00 up",
        "01:00–02:00 down 30 min: answered 503",
    )
    down, up = image[23][0], image[0][0]
    assert float(down.get("height") or 0) > float(up.get("height") or 0)
    assert "style" not in svg(shown, "x", UTC)


def test_what_failed_is_escaped() -> None:
    bad = [Piece(START, END, "down", "<script>alert(1)</script>")]
    assert "<script" not in svg(ticks(bad, start=START, end=END, count=2), "x", UTC)


def test_the_legend_names_what_is_there_and_nothing_else() -> None:
    shown = ticks(pieces((12, "up"), (12, "maintenance")), start=START, end=END, count=24)
    assert [
        word
        for word in ("up", "down", "degraded", "maintenance", "not watched")
        if f">{word}<" in legend(shown)
    ] == ["up", "maintenance"]
