"""How the branch's work came into main: by fast-forward, a merge commit, squashed, or commit by commit."""

from dataclasses import dataclass
from enum import StrEnum

from hotfixes.checks.context import Context
from hotfixes.git.reader import Commit

MAX_CHAIN = 400
MAX_PATCHES = 40


class How(StrEnum):
    """SOMEHOW: its commits are in main, and the way is too long ago to be walked."""

    FAST_FORWARD = "fast-forward"
    MERGE = "merge commit"
    SQUASH = "squash"
    PICKED = "rebase or cherry-pick"
    SOMEHOW = "somehow"


@dataclass(frozen=True, slots=True)
class Arrival:
    """`commit`: the first one of main that has all of the work."""

    how: How
    commit: str


def arrival(context: Context) -> Arrival | None:
    """None while main does not have it, or has it in a form that cannot be recognised. Raises GitError."""
    tip, main = context.tip, context.main
    if tip is None or main is None:
        return None
    if context.reader.is_ancestor(tip, main):
        return _contained(context, tip, main)
    return _squashed(context, tip, main) or _picked(context, main)


def head(context: Context) -> str | None:
    """Whose tree counts: the tag's; without one that of main's commit which brought the fix, else the branch's."""
    if context.tag or not context.worked:
        return context.tag.commit if context.tag else context.tip
    found = arrival(context)
    return found.commit if found else context.tip


def _contained(context: Context, tip: str, main: str) -> Arrival:
    stood = [seen.commit for seen in context.history(context.main_name)]
    if tip == main or tip in stood:
        return Arrival(How.FAST_FORWARD, tip)
    first = next((then for then in stood if then and context.reader.is_ancestor(tip, then)), main)
    way = context.reader.log(first, since=tip, limit=MAX_CHAIN, first_parent=True)
    if way.more or not way.commits:
        return Arrival(How.SOMEHOW, tip)
    oldest = way.commits[-1]
    if oldest.parents[:1] == (tip,):
        return Arrival(How.FAST_FORWARD, tip)
    return Arrival(How.MERGE, _oldest_with(context, tip, [commit.id for commit in way.commits]))


def _oldest_with(context: Context, tip: str, chain: list[str]) -> str:
    """Of main's own commits, newest first, the oldest that contains the tip; the newest one does."""
    has, lacks = 0, len(chain)
    while lacks - has > 1:
        middle = (has + lacks) // 2
        if context.reader.is_ancestor(tip, chain[middle]):
            has = middle
        else:
            lacks = middle
    return chain[has]


def _since(context: Context, main: str) -> tuple[Commit, ...]:
    """Commits on main itself since the branch left it, the oldest first."""
    if not context.worked or context.root is None:
        return ()
    log = context.reader.log(main, since=context.root, limit=MAX_PATCHES, first_parent=True)
    return tuple(commit for commit in reversed(log.commits) if len(commit.parents) == 1)


def _squashed(context: Context, tip: str, main: str) -> Arrival | None:
    assert context.root is not None or not context.worked
    since = _since(context, main)
    wanted = context.reader.patch_id(context.root, tip) if since and context.root else ""
    for commit in since:
        if wanted and context.reader.patch_id(commit.parents[0], commit.id) == wanted:
            return Arrival(How.SQUASH, commit.id)
    return None


def _picked(context: Context, main: str) -> Arrival | None:
    """Every commit of the branch that changes anything has its like on main."""
    own = [one for one in (context.own.commits if context.own else ()) if len(one.parents) == 1]
    since = _since(context, main)
    if not since or len(own) > MAX_PATCHES:
        return None
    wanted = {context.reader.patch_id(commit.parents[0], commit.id) for commit in own} - {""}
    last = ""
    for commit in since:
        patch = context.reader.patch_id(commit.parents[0], commit.id)
        if patch in wanted:
            wanted.discard(patch)
            last = commit.id
    return Arrival(How.PICKED, last) if last and not wanted else None
