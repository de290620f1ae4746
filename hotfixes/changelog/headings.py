"""A heading for each release: Keep a Changelog's `## [1.0.1] - 2026-03-05`, and what others write (`# v1.0.1 (…)`,
`Version 1.0.1 — 5 March 2026` underlined).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotfixes.changelog import words
from hotfixes.changelog.lines import Lines
from hotfixes.changelog.shapes import Changelog, Entry, Reason, Unread

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_RELEASE = re.compile(
    rf"(?:(?:version|release|hotfix)[ \t]+)?(?:[A-Za-z][A-Za-z0-9_-]{{0,40}}[ \t/@]+)?[\[(]?{words.VERSION}[\])]?"
    r"(?=\Z|[\s:,;(\[–—/-])(?P<rest>.*)",
    re.IGNORECASE,
)
_UNRELEASED = re.compile(r"\[?(?:unreleased|upcoming|next|head)\]?(?:\W|\Z)", re.IGNORECASE)
_LINK = re.compile(r" {0,3}\[[^\]]{1,200}\]:[ \t]+\S+")
_MAX = 500


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    line: int  # of the heading itself, from 1
    body: int  # index of the first line after it


def read(lines: Lines, pattern: str = "") -> Changelog | Unread:
    """The level of the first release's heading is that of all; deeper ones are text."""
    return _read(list(_headings(lines)), lines)


def read_kept(lines: Lines, pattern: str = "") -> Changelog | Unread:
    """Only `##`: https://keepachangelog.com/en/1.1.0 has its title above and `###` for kinds of changes."""
    return _read([heading for heading in _headings(lines) if heading.level <= 2], lines, level=2)


def _read(headings: list[_Heading], lines: Lines, level: int = 0) -> Changelog | Unread:
    entries: list[Entry] = []
    unreleased = 0
    for heading, end in zip(headings, _ends(headings, len(lines.text)), strict=True):
        if _UNRELEASED.match(heading.text) and not entries and (not level or heading.level == level):
            unreleased = unreleased or heading.line
            continue
        release = _RELEASE.fullmatch(_unlinked(heading.text))
        if release is None or (level and heading.level != level):
            continue
        level = heading.level
        text = [line.rstrip() for line in lines.text[heading.body : end] if not _LINK.fullmatch(line[:_MAX])]
        entries.append(
            Entry(release["version"], words.iso_date(release["rest"]), "\n".join(text).strip(), heading.line)
        )
    return Changelog(tuple(entries), unreleased) if entries or unreleased else Unread(Reason.NO_ENTRIES)


def _ends(headings: list[_Heading], last: int) -> list[int]:
    """For each heading the index of the line where the next one of its level or above stands."""
    nearest = [last] * 7
    ends: list[int] = []
    for heading in reversed(headings):
        ends.append(min(nearest[: heading.level + 1]))
        nearest[heading.level] = heading.line - 1
    return ends[::-1]


def _headings(lines: Lines) -> Iterator[_Heading]:
    for number, line in enumerate(lines.plain):
        if atx := _ATX.fullmatch(line[:_MAX]):
            yield _Heading(len(atx[1]), atx[2].rstrip(" \t#"), number + 1, number + 1)
        elif number + 1 < len(lines.plain) and line.strip() and not line.startswith((" " * 4, "-", "|", ">")):
            underline = _UNDERLINE.fullmatch(lines.plain[number + 1][:_MAX])
            if underline and len(lines.plain[number + 1].strip()) >= 3:
                yield _Heading(
                    1 if underline[1][0] == "=" else 2, line.strip()[:_MAX], number + 1, number + 2
                )


def _unlinked(text: str) -> str:
    """`[1.0.1](https://…) (2026-03-05)` → `1.0.1 (2026-03-05)`; bold and code marks go, too."""
    text = re.sub(r"\[([^\[\]]{1,100})\]\([^()]{0,300}\)", r"\1", text)
    return re.sub(r"[*`]", "", text).strip()
