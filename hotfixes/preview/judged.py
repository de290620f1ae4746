"""Whether a migration can be taken back, as far as its text says."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_WHY = 6


class Back(StrEnum):
    """IRREVERSIBLE: what it took away is gone, or it says itself that there is no way back. MAYBE: a person must look,
    because it changes what is there, or cannot be read. NONE: nothing of that was found, which is no promise.
    """

    IRREVERSIBLE = "irreversible"
    MAYBE = "maybe"
    NONE = "none"


_RANK = {Back.NONE: 0, Back.MAYBE: 1, Back.IRREVERSIBLE: 2}


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Back
    why: tuple[str, ...] = ()


FINE = Judged(Back.NONE)


def irreversible(why: str) -> Judged:
    return Judged(Back.IRREVERSIBLE, (why,))


def maybe(why: str) -> Judged:
    return Judged(Back.MAYBE, (why,))


def worst(found: Iterable[Judged]) -> Judged:
    """The heaviest verdict, with the reasons of that weight first, each once."""
    ranked = sorted(found, key=lambda one: -_RANK[one.verdict])
    if not ranked:
        return FINE
    why = dict.fromkeys(reason for one in ranked for reason in one.why)
    return Judged(ranked[0].verdict, tuple(why)[:MOST_WHY])


def at_most_maybe(one: Judged) -> Judged:
    return Judged(Back.MAYBE, one.why) if one.verdict is Back.IRREVERSIBLE else one
