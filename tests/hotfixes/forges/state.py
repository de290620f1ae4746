"""What a forge remembers, in words that all forges share; dialects.py says it as each of them does."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hotfixes.forges.moments import written

type Query = dict[str, str]

BEGAN = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)
TOKEN = "tok-3f9a-secret"
PAGE = "https://forge.example/team/krow"
BRANCH = "hotfix/krow-v0.1.1"
TAG = "krow/prod-v0.1.1"
BODY = (
    "**URGENT PRODUCTION FIX**\n\n"
    "Issue: nobody can sign in\nImpact: all of them\nSolution: read it\nTesting: by hand\n"
)


def oid(sign: str) -> str:
    return sign * 40


@dataclass
class Review:
    pull: int
    by: str
    state: str
    commit: str
    at: datetime
    bot: bool = False
    dismissed_at: datetime | None = None
    name: str = ""


@dataclass
class Pull:
    number: int
    head: str
    title: str = "HOTFIX: sign-in fails"
    body: str = BODY
    labels: list[str] = field(default_factory=lambda: ["URGENT"])
    draft: bool = False
    state: str = "open"
    branch: str = BRANCH
    base: str = "main"
    author: str = "ada"
    at: datetime = BEGAN
    merged_at: datetime | None = None
    asked: list[str] = field(default_factory=list)
    fork: bool = False
    commits: list[tuple[str, str, str]] = field(default_factory=lambda: [("ada", "Ada", "ada@example.test")])
    heads: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class State:
    """One repository, `team/krow`. `at` is the forge's clock: a minute for each thing that happens."""

    pulls: list[Pull] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    releases: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    at: datetime = BEGAN
    logs_pushes: bool = False
    pushed_by: str = "ada"

    def now(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def stamp(self) -> str:
        return written(self.now())

    # What people do

    def open(self, head: str = oid("a"), **given: Any) -> Pull:
        pull = Pull(number=len(self.pulls) + 1, head=head, at=self.now(), **given)
        pull.heads.append((head, pull.at))
        self.pulls.append(pull)
        return pull

    def push(self, pull: Pull, head: str) -> None:
        pull.head = head
        pull.heads.append((head, self.now()))

    def review(
        self, pull: Pull, by: str, state: str = "approved", *, bot: bool = False, name: str = ""
    ) -> Review:
        review = Review(pull.number, by, state, pull.head, self.now(), bot, name=name or by.title())
        self.reviews.append(review)
        return review

    def dismiss(self, review: Review) -> None:
        review.dismissed_at = self.now()

    def merge(self, pull: Pull) -> None:
        pull.state, pull.merged_at = "merged", self.now()

    def run(self, name: str, head: str, state: str = "completed", said: str = "success") -> None:
        self.runs.append({"name": name, "head": head, "state": state, "said": said, "at": self.stamp()})

    def release(self, tag: str = TAG, *, draft: bool = False, prerelease: bool = False) -> None:
        self.releases.append({"tag": tag, "draft": draft, "prerelease": prerelease, "at": self.stamp()})

    def deploy(self, sha: str, *states: str, ref: str = TAG, place: str = "production") -> None:
        said = [{"state": state, "at": self.stamp()} for state in states]
        number = len(self.deployments) + 1
        self.deployments.append({"id": number, "sha": sha, "ref": ref, "place": place, "said": said})

    def of(self, pull: Pull) -> list[Review]:
        return [review for review in self.reviews if review.pull == pull.number]


def comment(one: dict[str, Any], whose: str, name: str) -> dict[str, Any]:
    return {"id": one["id"], "body": one["body"], whose: {name: one["by"]}}
