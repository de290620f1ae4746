"""What a reading asks for, and how one part that is refused leaves the rest standing."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from hotfixes.forges.shapes import Part, Pull, Review
from hotfixes.forges.trouble import PARTIAL, ForgeError, Trouble

MAX_HEADS: Final = 3
MAX_PULLS: Final = 4
# Commit statuses of our own under this name (writing.py) are no result of anybody's CI.
OWN_STATUS: Final = "nightdesk"


@dataclass(frozen=True, slots=True)
class Ask:
    """One hotfix: `branch` and `tag` by their short names, "" for none; `heads` the commits whose runs count, the most
    important first; `before` the tag that it began from: brought out again, that is the way back.
    """

    branch: str = ""
    heads: tuple[str, ...] = ()
    tag: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Committer:
    """Who wrote a commit: the login where the forge knows one, else as git has it."""

    login: str = ""
    name: str = ""
    email: str = ""


_WHOLE: Final = (Trouble.NOT_FOUND, Trouble.NONSENSE)


@dataclass
class Parts:
    """Collects what could not be read, and the `first` reason."""

    unread: dict[str, str] = field(default_factory=dict)
    first: ForgeError | None = None

    def take[Row](self, part: Part, ask: Callable[[], Iterable[Row]], *, vital: bool = False) -> list[Row]:
        """The rows, or none and a reason. Raises ForgeError for what concerns the whole forge; where a part is `vital`,
        not to find it means that the repository is not there, and nonsense that it is another kind of forge.
        """
        try:
            return list(ask())
        except ForgeError as problem:
            if problem.trouble not in PARTIAL or (vital and problem.trouble in _WHOLE):
                raise
            self.first = self.first or problem
            self.unread.setdefault(str(part), str(problem))
            return []


def together(*asks: Callable[[], list[Any]]) -> list[tuple[Any, ...]]:
    """What each gives, asked at the same time: a forge far away takes as long as its longest chain of questions. All
    have ended when this returns or raises.
    """
    with ThreadPoolExecutor(len(asks), thread_name_prefix="forge") as pool:
        return [tuple(answer.result()) for answer in [pool.submit(ask) for ask in asks]]


def conversation(
    parts: Parts,
    pulls: Callable[[], list[Pull]],
    reviews: Callable[[list[Pull]], Iterable[Review]],
    committers: Callable[[list[Pull]], Iterable[Pull]],
) -> list[Any]:
    """The pulls with who wrote them, and then the reviews: [(pulls), (reviews)]. One needs the other."""
    found = parts.take(Part.PULLS, pulls, vital=True)
    said, written = together(
        lambda: parts.take(Part.REVIEWS, lambda: reviews(found)),
        lambda: parts.take(Part.COMMITS, lambda: committers(found)),
    )
    return [written or tuple(found), said]


def in_question(pulls: Iterable[Pull]) -> list[Pull]:
    """Those whose reviews are worth reading: not from forks, the open ones and the newest first."""
    ours = [pull for pull in pulls if not pull.fork]
    return sorted(ours, key=lambda pull: (pull.state != "open", -pull.number))[:MAX_PULLS]


def named(found: Iterable[Committer]) -> tuple[str, ...]:
    """Every login, name and address of them once."""
    every = (value for one in found for value in (one.login, one.name, one.email) if value)
    return tuple(dict.fromkeys(every))
