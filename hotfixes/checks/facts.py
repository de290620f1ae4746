"""What is known of a hotfix beside its repository, as plain values: deployments, evidence, events, versions, boxes.

Pure: rows are read in hotfixes/judging/surroundings.py. `at` is when it happened as the teller says it, `received` when
we heard of it: nobody but us can set that one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hotfixes.checks.shapes import stamp

PRODUCTION = "production"
# The sources of events that are a person's word, by hand or by their token.
PEOPLE = ("person", "token")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deployed:
    """One report of a deployment. `kind`: dev, staging or production; `status`: started, succeeded, failed or
    rolled_back; `source`: api, forge, person or probe; `by`: who told, in words; `stage`, `percent`: in a store.
    `elsewhere`: another incident's rollback brought it back.
    """

    environment: str
    kind: str
    version: str
    ref: str
    status: str
    at: datetime
    by: str = ""
    url: str = ""
    source: str = "api"
    received: datetime | None = None
    stage: str = ""
    percent: int | None = None
    elsewhere: bool = False

    @property
    def with_the_store(self) -> bool:
        """It was handed in, and nobody can get it yet: how long that takes is not up to us."""
        return self.stage in ("submitted", "in_review")

    @property
    def said(self) -> bool:
        """By a person, who may be wrong."""
        return self.source == "person"

    @property
    def line(self) -> str:
        """As proof shows it."""
        words = [stamp(self.at), self.environment, self.version, self.ref, self.status, self.stage]
        words += [f"{self.percent} %"] if self.percent is not None else []
        return " ".join(filter(None, [*words, f"({self.by})" if self.by else ""]))


@dataclass(frozen=True, slots=True)
class Shown:
    """What CI or a script posted: a claim of its token's. `kind`: tests, smoke, artifact or note; `passed` None: it did
    not say; `head`: the commit it speaks of, "" for none.
    """

    kind: str
    passed: bool | None = None
    summary: str = ""
    url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    head: str = ""
    at: datetime = _NEVER
    by: str = ""
    # A person's word, by hand.
    said: bool = False

    @property
    def line(self) -> str:
        words = [stamp(self.at), self.kind, self.summary[:200], self.url]
        return " ".join(filter(None, [*words, f"({self.by})" if self.by else ""]))


@dataclass(frozen=True, slots=True)
class Monitored:
    """One target of a monitor of the product as it stands: `state` since when, looked at last `at`. `kind` of the
    environment it asks, "" where nobody said. `origin`: it opened the incident.
    """

    name: str
    state: str
    since: datetime
    at: datetime | None
    kind: str = ""
    origin: bool = False

    @property
    def line(self) -> str:
        return f"{self.name}: {self.state}, {self.since.isoformat()}"


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the incident's timeline that still holds: no corrected one, none of another hotfix. `source` is the
    event's: `person` is a person's word.
    """

    kind: str
    at: datetime
    by: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    seq: int = 0

    @property
    def said(self) -> bool:
        return self.source in PEOPLE

    @property
    def line(self) -> str:
        """Which entry it is. What it says stays there alone, where it can be redacted."""
        words = [f"#{self.seq}", stamp(self.at), self.kind, self.by]
        return " ".join(filter(None, words))


@dataclass(frozen=True, slots=True)
class Seen:
    """The version that a running service itself reports; `at`: when it was last read, `kind` of its environment."""

    where: str
    version: str
    at: datetime
    kind: str = PRODUCTION
    since: datetime | None = None

    @property
    def line(self) -> str:
        return f"{stamp(self.at)} {self.where}: {self.version}"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the checklist that names a check. `state`: open, done or not_needed; `said`: the words with it."""

    check: str
    state: str
    title: str = ""
    said: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval given in Nightdesk that stands. `words`: name and address of who gave it, in small letters."""

    by: str
    head: str
    at: datetime
    words: frozenset[str] = frozenset()
