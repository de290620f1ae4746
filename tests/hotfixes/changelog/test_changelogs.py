"""Changelogs as they really look, and what a change does to them (rows K36–K38, A31, A32)."""

import time

import pytest

from hotfixes.changelog import STYLES, Changelog, Entry, Reason, Unread, mention, read
from hotfixes.changelog.compare import Comparison, compare
from products.process.schema.policy import ChangelogSpec
from tests.depth import times

HOTFIX = ("0.1.1", "2026-03-05", "HOTFIX: Sign-in fails")
FIRST = ("0.1.0", "2026-02-01", "First release")


def entries(style: str, text: str, pattern: str = "") -> list[tuple[str, str, str]] | Unread:
    found = read(style, text.encode(), pattern)
    return found if isinstance(found, Unread) else [(e.version, e.date, e.text) for e in found.entries]


TABLE = "| Date | Version | Changes |\n|------|:-------:|---|\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            TABLE
            + "| 2026-03-05 | 0.1.1 | HOTFIX: Sign-in fails |\n| 2026-02-01 | 0.1.0 | First release |\n",
            [HOTFIX, FIRST],
        ),
        ("\ufeff# Changes\r\n\r\n|2026-03-05|0.1.1|HOTFIX: Sign-in fails|\r\n", [HOTFIX]),
        ("2026-03-05 | 0.1.1 | HOTFIX: Sign-in fails\n", [HOTFIX]),
        ("| **v0.1.1** | 2026-03-05 | HOTFIX: Sign-in fails |\n", [HOTFIX]),
        ("| [0.1.1](https://x/y) | 5 March 2026 | HOTFIX: Sign-in fails |\n", [HOTFIX]),
        ("| 05.03.2026 | `0.1.1` | HOTFIX: Sign-in fails |\n", [HOTFIX]),
        ("| 0.1.1 | HOTFIX: Sign-in fails |\n", [("0.1.1", "", "HOTFIX: Sign-in fails")]),
        ("| 2026-03-05 | 0.1.1 | a \\| b | Ada |\n", [("0.1.1", "2026-03-05", "a | b | Ada")]),
        ("| 03/05/2026 | 0.1.1 | x |\n", [("0.1.1", "", "03/05/2026 | x")]),
        ("| 2026-13-45 | 0.1.1 | x |\n", [("0.1.1", "", "2026-13-45 | x")]),
        (TABLE + "| Unreleased | | soon |\n| 2026-03-05 | 0.1.1 | HOTFIX: Sign-in fails |\n", [HOTFIX]),
        (
            "```\n| 2026-01-01 | 9.9.9 | Example |\n```\n| 2026-03-05 | 0.1.1 | HOTFIX: Sign-in fails |\n",
            [HOTFIX],
        ),
        ("| 2026-03-05 | 0.1.1+6 | HOTFIX |\n", [("0.1.1+6", "2026-03-05", "HOTFIX")]),
        (TABLE, Unread(Reason.NO_ENTRIES)),
        ("| a | b |\n| fixes 1.0.1 now | c |\n", Unread(Reason.NO_ENTRIES)),
        ("## 0.1.1\n", Unread(Reason.NO_ENTRIES)),
        ("", Unread(Reason.NO_ENTRIES)),
        ("<<<<<<< HEAD\n| 2026-03-05 | 0.1.1 | x |\n", Unread(Reason.CONFLICT, 1)),
    ],
)
def test_tables(text: str, expected: list[tuple[str, str, str]] | Unread) -> None:
    assert entries("table", text) == expected


KEPT = """# Changelog

All notable changes. The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

### Added
- Something

## [0.1.1] - 2026-03-05

### Fixed
- HOTFIX: Sign-in fails

## [0.1.0] - 2026-02-01 [YANKED]
- First release

[unreleased]: https://x/compare/0.1.1...HEAD
[0.1.1]: https://x/compare/0.1.0...0.1.1
"""


def test_keep_a_changelog() -> None:
    expected = [
        ("0.1.1", "2026-03-05", "### Fixed\n- HOTFIX: Sign-in fails"),
        ("0.1.0", "2026-02-01", "- First release"),
    ]
    for text in (KEPT, KEPT.replace("\n", "\r\n"), "\ufeff" + KEPT, KEPT.rstrip("\n")):
        assert entries("keep-a-changelog", text) == expected
    found = read("keep-a-changelog", KEPT.encode())
    assert isinstance(found, Changelog)
    assert (found.unreleased, [entry.line for entry in found.entries]) == (5, [10, 15])
    assert found.entry("v0.1.0") == found.entries[1]
    assert found.entry("0.1") is None


@pytest.mark.parametrize(
    ("line", "version", "date"),
    [
        ("## [0.1.1] - 2026-03-05", "0.1.1", "2026-03-05"),
        ("## [0.1.1] – 2026-03-05", "0.1.1", "2026-03-05"),
        ("## 0.1.1 - 2026-03-05", "0.1.1", "2026-03-05"),
        ("## [v0.1.1] - 2026-03-05 ##", "0.1.1", "2026-03-05"),
        ("## [0.1.1](https://x/compare/a...b) (2026-03-05)", "0.1.1", "2026-03-05"),
        ("## 0.1.1", "0.1.1", ""),
        ("# v0.1.1 (2026-03-05)", "0.1.1", "2026-03-05"),
        ("### Version 0.1.1 — March 5, 2026", "0.1.1", "2026-03-05"),
        ("## Release 0.1.1, 5th March 2026", "0.1.1", "2026-03-05"),
        ("## **0.1.1** / 2026-03-05", "0.1.1", "2026-03-05"),
        ("## `0.1.1`", "0.1.1", ""),
        ("## 1.0.0-rc.1 - 2026-03-05", "1.0.0-rc.1", "2026-03-05"),
        ("## app v0.1.1", "0.1.1", ""),
        ("## app@0.1.1", "0.1.1", ""),
        ("## 0.1.1+6 (2026-03-05)", "0.1.1+6", "2026-03-05"),
        ("0.1.1 / 2026-03-05\n==================", "0.1.1", "2026-03-05"),
        ("Version 0.1.1\n-------------", "0.1.1", ""),
    ],
)
def test_headings_as_people_write_them(line: str, version: str, date: str) -> None:
    assert entries("headings", f"{line}\n\n- A fix\n") == [(version, date, "- A fix")]


@pytest.mark.parametrize(
    "line",
    [
        "## Fixed",
        "##0.1.1",
        "    ## 0.1.1",
        "## 2 fixes",
        "## 2026-03-05",
        "- 0.1.1",
        "## 0.1.1beta,x y"[:3],
        "#### ",
        "0.1.1\n-\n",
        "```\n## 0.1.1\n```",
    ],
)
def test_what_is_no_heading_of_a_release(line: str) -> None:
    assert entries("headings", f"{line}\n\n- A fix\n") == Unread(Reason.NO_ENTRIES)


def test_deeper_headings_are_text_and_unreleased_is_skipped() -> None:
    text = (
        "# Changes\n## Unreleased\n- soon\n## 0.1.1\n### 9.9.9 compatibility\nx\n## Thanks\ny\n## 0.1.0\nz\n"
    )
    assert entries("headings", text) == [("0.1.1", "", "### 9.9.9 compatibility\nx"), ("0.1.0", "", "z")]
    assert entries("keep-a-changelog", "### 0.1.1\n") == Unread(Reason.NO_ENTRIES)
    assert entries("keep-a-changelog", "## [Unreleased]\n- soon\n") == []


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (
            "* {new} ({date}):",
            "* 0.1.1 (2026-03-05): HOTFIX: Sign-in fails\n* 0.1.0 (2026-02-01): First release\n",
            [HOTFIX, FIRST],
        ),
        ("{date} {new}", "2026-03-05  v0.1.1\n  HOTFIX: Sign-in fails\n", [HOTFIX]),
        (
            "app ({new})",
            "app (0.1.1) stable; urgency=high\n\n  * Fix\n",
            [("0.1.1", "", "stable; urgency=high\n\n  * Fix")],
        ),
        ("* {new}", "no entry\n", Unread(Reason.NO_ENTRIES)),
        ("* {date}", "* 2026-03-05\n", Unread(Reason.PATTERN)),
        ("", "0.1.1\n", Unread(Reason.PATTERN)),
        ("{new} {issue}", "0.1.1 x\n", Unread(Reason.PATTERN)),
        (".*{new}", "x0.1.1\n", Unread(Reason.NO_ENTRIES)),
    ],
)
def test_any_form_by_a_pattern(
    pattern: str, text: str, expected: list[tuple[str, str, str]] | Unread
) -> None:
    assert entries("custom", text, pattern) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Notes\n\nVersion 1.0.1 fixes sign-in.\n", 3),
        ("v1.0.1\n", 1),
        ("(1.0.1)", 1),
        ("1.0.10\n11.0.1\n1.0.1-rc1\n1.0.1.2\n", 0),
        ("```\n1.0.1\n```\n", 0),
        ("", 0),
    ],
)
def test_a_mention_is_of_exactly_this_version(text: str, line: int) -> None:
    assert mention(text.encode(), "v1.0.1") == line


def test_what_is_no_text_is_said() -> None:
    for style in STYLES:
        assert read(style, b"\xff\xfe0\x00", "{new}") == Unread(Reason.ENCODING)
    assert mention(b"\xff", "1.0.1") == Unread(Reason.ENCODING)


def log(*found: tuple[str, str]) -> Changelog:
    return Changelog(
        tuple(Entry(version, "", text, line) for line, (version, text) in enumerate(found, start=1))
    )


OLD = log(("0.1.0", "a"), ("0.0.9", "b"), ("0.0.8", "c"))
NEW = ("0.1.1", "fix")


@pytest.mark.parametrize(
    ("after", "kept", "second", "counts"),
    [
        (log(NEW, ("0.1.0", "a"), ("0.0.9", "b"), ("0.0.8", "c")), True, True, (1, 0, 0)),
        (log(("0.1.0", "a"), NEW, ("0.0.9", "b"), ("0.0.8", "c")), True, False, (1, 0, 0)),
        (log(NEW, ("0.1.0", "A"), ("0.0.9", "b"), ("0.0.8", "c")), False, False, (1, 0, 1)),
        (log(NEW, ("0.1.0", "a"), ("0.0.9", "B"), ("0.0.8", "c")), False, True, (1, 0, 1)),
        (log(NEW, ("0.0.9", "b"), ("0.0.8", "c")), False, False, (1, 1, 0)),
        (log(NEW, ("0.1.0", "a"), ("0.0.8", "c"), ("0.0.9", "b")), False, True, (1, 0, 0)),
        (log(NEW, ("0.1.2", "too"), ("0.1.0", "a"), ("0.0.9", "b"), ("0.0.8", "c")), True, False, (2, 0, 0)),
        (log(("0.1.0", "again"), ("0.1.0", "a"), ("0.0.9", "b"), ("0.0.8", "c")), True, True, (1, 0, 0)),
        (OLD, True, False, (0, 0, 0)),
    ],
)
def test_what_a_change_did_is_told(
    after: Changelog, kept: bool, second: bool, counts: tuple[int, int, int]
) -> None:
    found = compare(OLD, after)
    assert (found.kept, found.second) == (kept, second)
    assert (len(found.added), len(found.removed), len(found.changed)) == counts


def test_a_first_changelog_has_nothing_to_keep() -> None:
    assert compare(log(), log(NEW)) == Comparison(log(NEW).entries, (), (), None, False)


# In a deep run a megabyte, the most that is read. What is slow by the square of it is far too slow by a quarter, too.
AGAIN = times(12_000, 48_000)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "text",
    [
        *("# " * 8 * AGAIN, "## 1.0\n" * 3 * AGAIN, "|" * 20 * AGAIN, "| 1.0 | x |\n" * 2 * AGAIN),
        *("1." * 8 * AGAIN, " " * 20 * AGAIN, "\n" * 20 * AGAIN, "[" * 20 * AGAIN, "a\n===\n" * 2 * AGAIN),
        "## [" + "1.0](" * 4 * AGAIN,
    ],
    ids=range(10),
)
def test_hostile_text_is_answered_soon(style: str, text: str) -> None:
    began = time.process_time()
    read(style, text.encode(), "{date} {new}")
    assert time.process_time() - began < AGAIN / 2_400


def test_styles_are_those_of_a_policy() -> None:
    named = ChangelogSpec.model_json_schema()["properties"]["style"]["enum"]
    assert {*STYLES, "mention"} == set(named)
    assert all(
        Unread(reason).sentence.endswith(".") or "{new}" in Unread(reason).sentence for reason in Reason
    )
