"""Stories of a hotfix in a real repository: each `look` reads it, stores what moved and evaluates every check.

It is read as it lies there, without a copy: tests/hotfixes/git proves copies, tests/hotfixes/observing what the app
makes of them. What git answered about an id it is not asked again in the same run, whichever test asks: every story
begins with the same commits, and an id means the same in all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hotfixes.checks import Context, Observation, Result, evaluate, forge, git
from hotfixes.git.cli import Cli
from hotfixes.git.movements import movements
from hotfixes.git.reader import Ref
from hotfixes.git.recalling import Memory, Recalling
from products.process.schema.policy import PolicySpec
from tests.hotfixes.git.building import Content, Repository

KROW: dict[str, Any] = {
    "main": "main",
    "branch": "hotfix/{product}-v{new}",
    "cut_from": "base_tag",
    "base_tag": "{product}/prod-v{old}",
    "tag": "{product}/prod-v{new}",
    "tag_on": "main",
    "annotated": True,
    "tag_message": "HOTFIX: {issue}",
    "merge": "ff-only",
    "bump": "patch",
    "build": "plus-one",
    "version_files": [{"path": "apps/mobile/pubspec.yaml", "kind": "pubspec"}],
    "changelog": {"path": "CHANGELOG.md", "style": "table", "text": "HOTFIX: {issue}"},
    "commit": {
        "subject": "fix: ",
        "parts": [
            {"label": "Marked", "text": "HOTFIX for production"},
            {"label": "Issue"},
            {"label": "Solution"},
            {"label": "Tested"},
        ],
    },
    "minimal": {"fix_commits": 1, "files": 20, "lines": 400, "no_features": True},
}
BRANCH, TAG, BASE = "hotfix/krow-v0.1.1", "krow/prod-v0.1.1", "krow/prod-v0.1.0"
MESSAGE = (
    "fix: sign-in fails\n\nHOTFIX for production\nIssue: nobody can sign in\n"
    "Solution: read the cookie again\nTested: on a phone with the old cookie\n"
)
HEAD = "# Changelog\n\n| Date | Version | What |\n|---|---|---|\n"
ROW = "| 2026-05-01 | 0.1.0 | First release |\n"
ENTRY = "| 2026-05-28 | 0.1.1 | HOTFIX: sign-in fails |\n"

BEFORE: dict[str, Content] = {
    "lib/login.dart": "a\nb\nc\n",
    "lib/cart.dart": "one\ntwo\n",
    "apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.0+5\n",
    "CHANGELOG.md": HEAD + ROW,
}
FIXED = {**BEFORE, "lib/login.dart": "a\nmended\nc\n"}
RAISED = {**FIXED, "apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+6\n"}
NOTED = {**RAISED, "CHANGELOG.md": HEAD + ENTRY + ROW}
OTHER: dict[str, Content] = {"lib/cart.dart": "one\nand a half\ntwo\n"}

ANSWERED = Memory()

# What a repository and its forge have to do with.
REPOSITORY = tuple(check.__name__ for check in (*git.FAMILY, *forge.FAMILY))


def reader_of(repository: Repository) -> Recalling:
    return Recalling(Cli(repository.path), "", ANSWERED)


@dataclass
class Story:
    """`look` is what the app does at each poll or push. `seen` are the observations stored so far."""

    repository: Repository
    base: str = ""
    policy: dict[str, Any] = field(default_factory=lambda: dict(KROW))
    seen: list[Observation] = field(default_factory=list)
    now: datetime = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)
    old: str = "0.1.0"
    new: str = "0.1.1"
    product: str = "krow"
    picked: str = ""
    component: str = ""
    refs: Mapping[str, Ref] | None = None

    @classmethod
    def begun(cls, folder: Path, files: Mapping[str, Content] | None = None) -> "Story":
        """Version 0.1.0 on main and tagged; nothing looked at yet."""
        repository = Repository(folder / "srv" / "product.git")
        repository.commit({"README.md": "Krow\n"}, "Begin\n", on="main")
        base = repository.commit(files or BEFORE, "chore: release 0.1.0\n", on="main")
        repository.tag(BASE, base, "Release 0.1.0")
        return cls(repository, base)

    @property
    def reader(self) -> Recalling:
        return reader_of(self.repository)

    def context(self) -> Context:
        return Context(
            policy=PolicySpec.model_validate(self.policy),
            reader=self.reader,
            old=self.old,
            new=self.new,
            product=self.product,
            observed=tuple(self.seen),
            branch=self.picked,
            component=self.component,
            refs=self.refs,
        )

    def observe(self) -> None:
        self.now += timedelta(minutes=1)
        before, self.refs = self.refs or {}, self.reader.refs().by_name
        for move in movements(before, self.refs, self.reader.is_ancestor):
            id, commit = (move.after.id, move.after.commit) if move.after else (None, None)
            self.seen.append(Observation(move.name, id, commit, self.now, move.kind))

    def results(self) -> dict[str, Result]:
        self.observe()
        return evaluate(self.context(), REPOSITORY)

    def look(self) -> dict[str, str]:
        """Verdicts by check."""
        return {key: str(result.verdict) for key, result in self.results().items()}

    # What people do

    def commit(self, files: Mapping[str, Content], message: str = "chore: change\n", on: str = BRANCH) -> str:
        """On top of the branch; a new branch begins at the base tag."""
        tip = self.repository.tips.get(f"refs/heads/{on}", self.base)
        id = self.repository.commit(files, message, parents=[tip])
        return self.repository.branch(on, id)

    def whole_fix(self, on: str = BRANCH) -> str:
        """Fix, version and changelog, each a commit."""
        self.commit(FIXED, MESSAGE, on)
        self.commit(RAISED, "chore: version 0.1.1\n", on)
        return self.commit(NOTED, "docs: changelog of 0.1.1\n", on)

    def fast_forward(self, on: str = BRANCH) -> str:
        return self.repository.branch("main", self.repository.tips[f"refs/heads/{on}"])

    def tag(self, on: str, name: str = TAG, message: str = "HOTFIX: sign-in fails") -> str:
        return self.repository.tag(name, on, message)


def verdicts(**given: str) -> dict[str, str]:
    """Of all checks under Krow's policy: PENDING but for those given."""
    not_asked = {
        "release_notes": "N/A",
        "manifest_version": "N/A",
        "review_requested": "N/A",
        "approval": "N/A",
    }
    no_forge = {"release_published": "UNKNOWN", "ci_passed": "UNKNOWN"}
    return {**dict.fromkeys(REPOSITORY, "PENDING"), **not_asked, **no_forge, **given}


def only(found: dict[str, str], *keys: str) -> dict[str, str]:
    """These of them."""
    return {key: found[key] for key in keys}
