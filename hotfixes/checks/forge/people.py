"""Whose word a review is: the last one of each person, and whether that person may give it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from hotfixes.checks.context import Context
from hotfixes.forges.shapes import Pull, Review

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authors:
    """Everybody who wrote what is under review, by login, name and address; `known`: whether the forge told who, as
    git does not know its logins.
    """

    words: frozenset[str]
    known: bool

    def include(self, review: Review) -> bool:
        return bool({review.by.casefold(), review.name.casefold()} & self.words - {""})


def last_words(reviews: Iterable[Review], pull: Pull) -> list[Review]:
    """Each person's last judgement on this pull; a mere comment takes none back."""
    last: dict[str, Review] = {}
    ours = [one for one in reviews if one.pull == pull.number and one.state != "commented" and one.by]
    for review in sorted(ours, key=lambda one: one.at or _LONG_AGO):
        last[review.by.casefold()] = review
    return list(last.values())


def authors(context: Context, pull: Pull) -> Authors:
    """As the forge names the commits' people, and as git does: each of the two may know one that the other misses. Who
    pushed a commit under another name wrote it as well, where the forge keeps a log of pushes.
    """
    own = context.own.commits if context.own else ()
    ids, pushes = {commit.id for commit in own}, context.forge.pushes if context.forge else ()
    written = [who for commit in own for who in (commit.author, commit.committer)]
    found = {pull.author, *pull.committers, *(who.name for who in written)}
    found |= {login(address) for address in {*pull.committers, *(who.email for who in written)}}
    found |= {push.by for push in pushes if push.ref == context.branch_name and push.after in ids}
    words = frozenset(word.casefold() for word in found if word)
    return Authors(words, bool(pull.committers))


def login(address: str) -> str:
    """Behind an address that a forge made to hide the real one: `1+ada@users.noreply.github.com`."""
    name, _at, host = address.rpartition("@")
    if "noreply" not in host:
        return ""
    number, sign, rest = name.partition("+" if "+" in name else "-")
    return rest if sign and number.isdigit() else name
