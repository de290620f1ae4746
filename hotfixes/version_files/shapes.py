"""What a reader of version files answers."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

# Numbers with dots, then what SemVer, PEP 440, Maven and calendar versions put behind them.
# Possessive: a wrong one is refused in one pass.
_PLAUSIBLE = re.compile(
    r"[vV]?\d{1,9}+(?:\.\d{1,9}+){0,5}+(?:[-._]?+[A-Za-z0-9]++){0,12}+(?:\+[A-Za-z0-9.-]{1,60}+)?"
)
_LONGEST = 120


class Reason(StrEnum):
    """Why a file tells no version."""

    MISSING = "missing"
    DYNAMIC = "dynamic"
    ELSEWHERE = "elsewhere"
    NOT_A_VERSION = "not_a_version"
    TWICE = "twice"
    CONFLICT = "conflict"
    BROKEN = "broken"
    ENCODING = "encoding"
    PATTERN = "pattern"


SENTENCES: Final = {
    Reason.MISSING: _("No version stands in this file."),
    Reason.DYNAMIC: _("The version is computed when the product is built; the file alone does not tell it."),
    Reason.ELSEWHERE: _("The version is taken from another file (the workspace's)."),
    Reason.NOT_A_VERSION: _("What stands there as the version is none."),
    Reason.TWICE: _("Different versions stand in this file; it is not clear which one counts."),
    Reason.CONFLICT: _("The file still has conflict markers of a merge."),
    Reason.BROKEN: _("The file cannot be read: it is not valid."),
    Reason.ENCODING: _("The file is not UTF-8 text."),
    Reason.PATTERN: _("The policy's pattern for this file cannot be used: it needs {new} once."),
}


@dataclass(frozen=True, slots=True)
class Version:
    """`text` as it stands there, `base` without `v` before and build behind, `build` the part behind the plus (or the
    version code), "" without one. `line` counts from 1; 0 when it could not be located.
    """

    text: str
    base: str
    build: str
    line: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Never a guess: the check says UNKNOWN and `sentence`. `line` is where it was looked for, 0 for nowhere."""

    reason: Reason
    line: int = 0

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.reason])


def judged(text: str, line: int, build: str = "") -> Version | Unknown:
    """A Version when `text` can be one. `build` is one that stands elsewhere (Android's versionCode)."""
    text = text.strip()
    if len(text) > _LONGEST or not _PLAUSIBLE.fullmatch(text) or not text.isascii():
        return Unknown(Reason.NOT_A_VERSION, line)
    base, _plus, behind = text.partition("+")
    return Version(text, base[1:] if base[0] in "vV" else base, build or behind, line)


def agreed(found: list[Version | Unknown]) -> Version | Unknown:
    """One answer from all places where the version may stand: the first when they agree."""
    if not found:
        return Unknown(Reason.MISSING)
    first = found[0]
    for other in found[1:]:
        if isinstance(first, Unknown) or isinstance(other, Unknown) or other.text != first.text:
            return Unknown(Reason.TWICE, other.line)
    return first
