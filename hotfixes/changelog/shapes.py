"""What a reader of changelogs answers."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One release's entry. `date` is ISO (`2026-03-05`) or "" when none or an unclear one stands there; `text` is what
    follows, trimmed, lines kept. `line` counts from 1 and is no part of what makes two entries equal.
    """

    version: str
    date: str
    text: str
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Changelog:
    """Entries as they stand, top first. `unreleased` is the line of a heading for what is not released yet, or 0."""

    entries: tuple[Entry, ...]
    unreleased: int = 0

    def entry(self, version: str) -> Entry | None:
        """The first entry of a version, however its `v` is written."""
        wanted = version.lstrip("vV")
        return next((entry for entry in self.entries if entry.version == wanted), None)


class Reason(StrEnum):
    """Why a file is no changelog that can be read."""

    NO_ENTRIES = "no_entries"
    CONFLICT = "conflict"
    ENCODING = "encoding"
    PATTERN = "pattern"


SENTENCES: Final = {
    Reason.NO_ENTRIES: _("No entry in the agreed form was found in this file."),
    Reason.CONFLICT: _("The file still has conflict markers of a merge."),
    Reason.ENCODING: _("The file is not UTF-8 text."),
    Reason.PATTERN: _("The policy's pattern for entries cannot be used: it needs {new} once."),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Never a guess: the check says UNKNOWN and `sentence`. `line` is where, 0 for nowhere."""

    reason: Reason
    line: int = 0

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.reason])
