"""What differs between two texts, line by line and in words."""

import random
import time
from collections.abc import Iterable

import pytest

from products.process import load
from products.process.diff import Row, counts, diff
from products.process.lines import as_before
from products.reading.changes import changes
from products.sources.shipped import FOLDER
from tests.products.documents import GOOD, damaged


def changed(old: str, new: str) -> list[Row]:
    return [row for stretch in diff(old, new) for row in stretch.rows if row.kind != "same"]


def _text(lines: Iterable[object]) -> str:
    return "".join(f"{line}\n" for line in lines)


def marked(row: Row) -> list[str]:
    return [piece.text for piece in row.pieces if piece.changed]


def test_the_same_text_has_no_differences() -> None:
    assert diff(GOOD, GOOD) == []


def test_a_changed_word_is_marked_in_both_lines() -> None:
    gone, come = changed(GOOD, damaged("30 min", "45 min").decode())
    assert (gone.kind, gone.old, gone.new, marked(gone)) == ("gone", 11, None, ["30"])
    assert (come.kind, come.old, come.new, marked(come)) == ("come", None, 11, ["45"])


def test_what_is_the_same_and_far_away_is_folded() -> None:
    stretches = diff(GOOD, damaged("30 min", "45 min").decode())
    assert [(stretch.folded, len(stretch.rows)) for stretch in stretches] == [
        (True, 7),
        (False, 8),
        (True, 12),
    ]
    assert counts(stretches) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a\n", "a\r\n", "line end CR LF"),
        ("a\n", "a", "no line end"),
        ("a\n", "\ufeffa\n", "with a byte order mark"),
        ("a\n", "a  \n", "blanks at the end: 2"),
    ],
)
def test_what_nobody_sees_is_said(old: str, new: str, told: str) -> None:
    assert changed(old, new)[-1].remark == told


def test_both_texts_can_be_read_from_the_rows() -> None:
    pick = random.Random(7)
    for _each in range(200):
        old = "".join(pick.choice("abc\n") for _letter in range(pick.randrange(60)))
        new = "".join(pick.choice("abc\n") for _letter in range(pick.randrange(60)))
        rows = [row for stretch in diff(old, new) for row in stretch.rows]
        for text, kinds in ((old, {"same", "gone"}), (new, {"same", "come"})):
            shown = ["".join(piece.text for piece in row.pieces) for row in rows if row.kind in kinds]
            assert shown == ([line.rstrip("\n") for line in text.splitlines()] if old != new else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_text(n % 100 for n in range(32_000)), _text(n * 7 % 100 for n in range(32_000))),
        (_text(range(20_000)), _text(n if n % 2 else f"x{n}" for n in range(18_500))),
        (_text(["a"] * 900), _text(each for n in range(500) for each in ("a", n))),
        (_text(". " * 495 + str(n) for n in range(200)), _text(", " + ". " * 400 + f"{n};" for n in range(200))),
    ],
    ids=["a few words", "every second line", "one line again and again", "long lines of marks"],
)  # fmt: skip
def test_no_two_texts_keep_the_server_busy(old: str, new: str) -> None:
    """Each of these took difflib minutes. A browser's text is told apart by the same means."""
    begun = time.process_time()
    rows = [row for stretch in diff(old, new) for row in stretch.rows]
    assert as_before(new.replace("\n", "\r\n"), old.replace("5\n", "5\r\n")).replace("\r", "") == new
    assert time.process_time() - begun < 7
    assert sum(row.kind != "come" for row in rows) == old.count("\n")
    assert sum(row.kind != "gone" for row in rows) == new.count("\n")


def test_the_summary_says_what_changes_in_the_work() -> None:
    text = (FOLDER / "krow.yaml").read_text()
    other = (
        text.replace("response: {within: 1 h}", "response: {within: 2 h}")
        .replace("target: {within: 30 min}", "target: {within: 20 min}")
        .replace("label: DevOps\n", "label: Operations\n", 1)
        .replace("  - {key: core, title: Core features work}\n", "")
        .replace("  merge: ff-only", "  merge: merge")
        .replace("    - {title: Incident documented, check: documented}\n", "")
    )
    said = changes(*(load(each.encode(), name="krow.yaml").as_json() for each in (text, other)))
    assert said == [
        "Severity CRITICAL, Respond: 2 h, before 1 h.",
        "Role Operations: changed in label.",
        "Clock Deploy after approval: 20 min, before 30 min.",
        "Smoke test removed: Core features work.",
        "Git and versions: changed in merge.",
        "Box removed: Incident documented.",
    ]


def test_a_text_that_only_reads_differently_changes_nothing_in_the_work() -> None:
    before, after = (load(text, name="x").as_json() for text in (GOOD.encode(), GOOD.encode() + b"# more\n"))
    assert changes(before, after) == []


def test_what_was_added_and_removed_is_named() -> None:
    text = (FOLDER / "archy.yaml").read_text()
    other = text.replace("key: iso\n    title: Build the ISO", "key: disc\n    title: Build the disc", 1)
    other = other.replace("step: iso", "step: disc")
    said = changes(*(load(each.encode(), name="archy.yaml").as_json() for each in (text, other)))
    assert "Step added: Build the disc." in said
    assert "Step removed: Build the ISO." in said
