"""What was read from a forge, as plain values that fit into a JSON column and come back out of it.

Texts are cut to what people read, lists to what a hotfix can have. All of it was written by others: data, never markup.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, get_args, get_origin, get_type_hints

from hotfixes.forges.moments import moment, written

MAX_ROWS: Final = 200
MAX_TEXT: Final = 300
MAX_BODY: Final = 20_000
MAX_URL: Final = 1_000
_LONG: Final = {"body": MAX_BODY, "why": 500}


class Kind(StrEnum):
    """The forges whose language we speak. Forgejo speaks Gitea's."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


class Part(StrEnum):
    """What is read by itself, and may be refused by itself."""

    PULLS = "pulls"
    REVIEWS = "reviews"
    COMMITS = "commits"
    RUNS = "runs"
    CHECKS = "checks"
    RELEASES = "releases"
    DEPLOYMENTS = "deployments"


@dataclass(frozen=True, slots=True)
class Pull:
    """A request to merge. `head` is the commit, `head_name` the branch; `fork`: that branch lies in another repository.
    `state`: open, merged, closed. `committers`: logins, names and addresses of who wrote its commits.
    """

    number: int = 0
    url: str = ""
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    draft: bool = False
    state: str = "open"
    head: str = ""
    head_name: str = ""
    base_name: str = ""
    author: str = ""
    created_at: datetime | None = None
    merged_at: datetime | None = None
    reviewers_asked: tuple[str, ...] = ()
    fork: bool = False
    committers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One person's word on one pull. `state`: approved, changes_requested, dismissed, commented. `commit` is what it
    speaks of as the forge says now, "" when it does not say; `name` is how the person signs commits, where known.
    """

    by: str = ""
    state: str = "commented"
    commit: str = ""
    at: datetime | None = None
    bot: bool = False
    pull: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a machine says of a commit. `state`: queued, running, completed; `conclusion`: success, failure, cancelled,
    skipped, neutral, "" while it runs.
    """

    name: str = ""
    head: str = ""
    state: str = "queued"
    conclusion: str = ""
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a tag. One that is to be published later is a draft until then."""

    tag: str = ""
    name: str = ""
    draft: bool = False
    prerelease: bool = False
    published_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """`sha` or `ref` brought to an environment. `state`: started, succeeded, failed."""

    environment: str = ""
    sha: str = ""
    ref: str = ""
    state: str = "started"
    at: datetime | None = None
    url: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """When `ref` (full name) came to name `after`, by the forge's own log; "" for a deletion."""

    ref: str = ""
    after: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a forge showed. `unread`: (part, why) for what it did not let us see."""

    kind: str = ""
    pulls: tuple[Pull, ...] = ()
    reviews: tuple[Review, ...] = ()
    runs: tuple[Run, ...] = ()
    releases: tuple[Release, ...] = ()
    deployments: tuple[Deployed, ...] = ()
    unread: tuple[tuple[str, str], ...] = field(default=())
    pushes: tuple[Push, ...] = ()

    def why_unread(self, *parts: str) -> str:
        """The sentence for the first of `parts` that was not read, "" when all were."""
        return next((why for what, why in self.unread if what in parts), "")

    def to_json(self) -> dict[str, Any]:
        rows = {name: [plain(row) for row in getattr(self, name)[:MAX_ROWS]] for name in _LISTS}
        return {"kind": self.kind, **rows, "unread": [list(pair) for pair in self.unread]}

    @classmethod
    def from_json(cls, data: object) -> "Reading":
        """Whatever of it can be understood; never raises."""
        known: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        pairs = [
            pair for pair in items(known.get("unread")) if isinstance(pair, list | tuple) and len(pair) == 2
        ]
        return cls(
            kind=text(known.get("kind"), 20),
            pulls=restored(Pull, known.get("pulls")),
            reviews=restored(Review, known.get("reviews")),
            runs=restored(Run, known.get("runs")),
            releases=restored(Release, known.get("releases")),
            deployments=restored(Deployed, known.get("deployments")),
            pushes=restored(Push, known.get("pushes")),
            unread=tuple((text(what, 40), text(why, 500)) for what, why in pairs),
        )


_LISTS: Final = ("pulls", "reviews", "runs", "releases", "deployments", "pushes")


def plain(row: Any) -> dict[str, Any]:
    """A row as JSON; what says nothing is left out."""
    found = {one.name: getattr(row, one.name) for one in fields(row)}
    return {name: _out(value) for name, value in found.items() if value not in ("", (), None, False, 0)}


def restored[Row](shape: type[Row], rows: object) -> tuple[Row, ...]:
    """Rows from JSON: a missing or strange value becomes the shape's default."""
    hints = get_type_hints(shape)
    known = [row for row in items(rows) if isinstance(row, Mapping)]
    return tuple(
        shape(**{name: _in(hint, name, row[name]) for name, hint in hints.items() if name in row})
        for row in known
    )


def text(value: object, limit: int = MAX_TEXT) -> str:
    """A string without what PostgreSQL cannot hold (NUL, halves of characters), cut to `limit`; "" for all else."""
    if not isinstance(value, str):
        return ""
    return value[:limit].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def address(value: object) -> str:
    """A web address that may become a link; "" for all else (`javascript:`, one too long to be kept)."""
    found = text(value, MAX_URL + 1)
    fine = found.lower().startswith(("https://", "http://")) and len(found) <= MAX_URL and found.isprintable()
    return found if fine and " " not in found else ""


def items(value: object) -> list[Any]:
    return list(value)[:MAX_ROWS] if isinstance(value, list | tuple) else []


def whole(value: object) -> int:
    """A number that names something, 0 for all else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62 else 0


def _out(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    return list(value) if isinstance(value, tuple) else value


def _in(hint: Any, name: str, value: object) -> object:
    if hint is bool:
        return value is True
    if hint is int:
        return whole(value)
    if name == "url":
        return address(value)
    if hint is str:
        return text(value, _LONG.get(name, MAX_TEXT))
    if get_origin(hint) is tuple:
        return tuple(text(one, MAX_TEXT) for one in items(value))
    assert datetime in get_args(hint)
    return moment(value)
