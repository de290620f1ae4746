"""What a fetch changed: each branch and tag that is new, moved, rewritten or gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotfixes.git.reader import Ref


class Kind(StrEnum):
    """MOVED: a branch went on from where it was. FORCED: a branch was rewritten, or a tag names something else. UNTOLD:
    a branch moved, and nobody could look whether it was rewritten: too many at once, or a limit was reached.
    """

    CREATED = "created"
    MOVED = "moved"
    FORCED = "forced"
    DELETED = "deleted"
    UNTOLD = "untold"


MAX_LOOKS = 200
_BY_ANSWER = {True: Kind.MOVED, False: Kind.FORCED, None: Kind.UNTOLD}


@dataclass(frozen=True, slots=True)
class Movement:
    """`before` and `after` are None where the ref did not exist; ids are those of the refs themselves."""

    name: str
    kind: Kind
    before: Ref | None
    after: Ref | None


def movements(
    before: Mapping[str, Ref], after: Mapping[str, Ref], is_ancestor: Callable[[str, str], bool | None]
) -> tuple[Movement, ...]:
    """In the order of the names. `is_ancestor` is asked for each of the first 200 branches that moved; None from it
    means that it cannot tell.
    """
    found: list[Movement] = []
    looks = 0
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if (old and old.id) != (new and new.id):
            kind = _kind(old, new)
            if kind is Kind.UNTOLD and looks < MAX_LOOKS and old and old.commit and new and new.commit:
                looks += 1
                kind = _BY_ANSWER[is_ancestor(old.commit, new.commit)]
            found.append(Movement(name, kind, old, new))
    return tuple(found)


def _kind(old: Ref | None, new: Ref | None) -> Kind:
    if old is None:
        return Kind.CREATED
    if new is None:
        return Kind.DELETED
    if old.is_tag or old.commit is None or new.commit is None:
        return Kind.FORCED
    return Kind.UNTOLD
