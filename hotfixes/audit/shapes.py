"""What an audit finds: releases with their verdicts, and what can be said of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotfixes.checks.shapes import Result, Verdict

# The columns, in the order of a hotfix's life.
CHECKS: Final[Mapping[str, Promise | str]] = {
    "version_bump": _("Version number"),
    "version_files": _("Version files"),
    "changelog_entry": _("Changelog"),
    "commit_message": _("Commit message"),
    "cut_from_tag": _("Cut from tag"),
    "fast_forward": _("Fast-forward"),
    "tag_commit": _("Tagged commit"),
    "tag_annotated": _("Annotated tag"),
    "minimal_diff": _("Size"),
}


class Kind(StrEnum):
    """What a release looks like. FIRST has no production tag before it."""

    HOTFIX = "hotfix"
    NORMAL = "normal"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Release:
    """One production tag. `tag` and `base` are short names, `base` "" when nothing comes before; `why` says what makes
    it look like a hotfix or not; `at` as written in the tag, or in the commit of a lightweight one.
    """

    tag: str
    version: str
    product: str
    kind: Kind
    why: str
    base: str = ""
    commit: str = ""
    at: datetime | None = None
    results: Mapping[str, Result] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(result.verdict is Verdict.FAIL for result in self.results.values())

    @property
    def kept(self) -> bool:
        """Nothing is wrong, and at least one thing could be checked: no data is never PASS."""
        return not self.failed and any(r.verdict is Verdict.PASS for r in self.results.values())


@dataclass(frozen=True, slots=True)
class Audit:
    """`releases`: the newest first, by product. `tags`: all tags there are; `recognised`: those that are production
    tags; `pattern`: by which; `suggested`: another pattern that fits more of them, "" for none. `notes`: plain
    sentences about what was judged otherwise than the process says.
    """

    releases: tuple[Release, ...]
    tags: int
    recognised: int
    pattern: str
    main: str
    suggested: str = ""
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def hotfixes(self) -> tuple[Release, ...]:
        return tuple(release for release in self.releases if release.kind is Kind.HOTFIX)
