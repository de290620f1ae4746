"""Was the branch cut from the tag in production (K20, K101)? After the merge git alone cannot prove it: where main
stood while the branch was beside it is what decides.
"""

from dataclasses import dataclass
from shlex import quote
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.given import Observation
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    not_needed,
    passed,
    pending,
    short,
    stamp,
    unknown,
    warned,
)
from hotfixes.git import names
from hotfixes.git.movements import Kind

MAX_OTHERS, MAX_MOVES = 30, 20


@dataclass(frozen=True, slots=True)
class _Cut:
    """How one sighting of the branch stands: True cut from the tag, False not, None can't tell."""

    good: bool | None
    why: str
    seen: Observation
    main: str | None = None


def cut_from_tag(context: Context) -> Result:
    """PASS: the tag is in the branch, and nothing that main then had beyond the tag."""
    wanted = context.policy.cut_from
    if wanted is None:
        return not_needed(_("The process does not say where the branch begins."))
    if not context.sightings:
        return _unseen(context)
    if wanted == "main":
        return _from_main(context)
    if context.base is None:
        return unknown(_("Can't tell: the repository has no tag %s.") % context.base_name)
    cut = _judged(context, context.base)
    known: dict[str, Any] = {"branch": context.branch_name, "base": context.base, "main_then": cut.main}
    proof = (_proof(cut), _("%(tag)s is %(id)s") % {"tag": context.base_name, "id": short(context.base)})
    if cut.good is None:
        return unknown(_("Can't tell any more: %s") % cut.why, *proof, **known)
    if not cut.good:
        return failed(cut.why, *proof, then=_again(context), **known)
    if other := _shared_with(context, context.base):
        words = {"branch": other.removeprefix(names.HEADS), "tag": context.base_name}
        said = _("The branch begins at %(tag)s, but its first commit is also in %(branch)s.") % words
        return warned(said, *proof, then=_again(context), **known)
    return passed(_("The branch was cut from %s.") % context.base_name, *proof, **known)


def _unseen(context: Context) -> Result:
    if context.tag or context.tip:
        return unknown(_("Can't tell: the branch was never seen before its work was done."))
    return pending(_("There is no branch yet."), then=_again(context))


def _again(context: Context) -> Next:
    branch, base = quote(context.filled(context.policy.branch or "[branch]")), quote(context.base_name)
    if not context.sightings:
        return Next(
            _("Create the branch from the tag and push it."),
            (f"git checkout -b {branch} {base}", f"git push origin {branch}"),
        )
    own = context.own.commits if context.own and not context.own.more else ()
    picks = " ".join(short(commit.id) for commit in reversed(own) if len(commit.parents) == 1)
    return Next(
        _("Begin again at the tag and take only the fix along."),
        (
            f"git checkout -B {branch} {base}",
            *([f"git cherry-pick {picks}"] if picks else []),
            f"git push --force-with-lease origin {branch}",
        ),
    )


def _judged(context: Context, base: str) -> _Cut:
    """The last sighting decides; one inside main is judged by the one before it, whose work it carries on."""
    cut: _Cut | None = None
    for seen in context.sightings:
        if cut is None or cut.seen.commit != seen.commit or cut.good is None:
            cut = _one(context, base, seen, cut)
    assert cut is not None
    return cut


def _one(context: Context, base: str, seen: Observation, last: _Cut | None) -> _Cut:
    read, commit = context.reader, seen.commit or ""
    main = context.at(context.main_name, seen.seen_at)
    if commit == base:
        return _Cut(True, "", seen, main)
    if not read.is_ancestor(base, commit):
        return _Cut(False, _("The branch does not contain %s.") % context.base_name, seen, main)
    if main is None:
        return _Cut(None, _("main was not seen at the time."), seen)
    if not read.is_ancestor(commit, main):
        bases = read.merge_bases(main, commit)
        # What main took in of the branch is no more than what was proven before.
        proven = last.seen.commit if last and last.good else None
        if all(
            read.is_ancestor(found, base) or (proven and read.is_ancestor(found, proven)) for found in bases
        ):
            if gone := _once_on_main(context, base, seen):
                return _Cut(False, _ahead(context, base, gone, None), seen, main)
            return _Cut(True, "", seen, main)
        return _Cut(False, _ahead(context, base, bases[0], last), seen, main)
    before = context.at(context.main_name, seen.seen_at, before=True)
    if last and last.good is not None and last.seen.commit != base and _carries_on(context, last, commit):
        return last
    if before and read.is_ancestor(commit, before) and seen.seen_at != context.began:
        return _Cut(False, _ahead(context, base, commit, last), seen, before)
    return _Cut(None, _("the branch was first seen when main had its commits already."), seen, main)


def _once_on_main(context: Context, base: str, seen: Observation) -> str:
    """What the branch holds of a main that was pushed back since: taken out there, and about to be released here."""
    moves = context.history(context.main_name)
    if not any(move.kind is Kind.FORCED for move in moves):
        return ""
    first = context.sightings[0].seen_at
    for move in [move for move in moves if move.commit and move.seen_at < first][-MAX_MOVES:]:
        for found in context.reader.merge_bases(move.commit or "", seen.commit or ""):
            if not context.reader.is_ancestor(found, base):
                return found
    return ""


def _carries_on(context: Context, last: _Cut, commit: str) -> bool:
    """Whether `commit` continues work that was seen beside main: where that began stays proven."""
    then = last.main
    return bool(
        last.seen.commit
        and then
        and not context.reader.is_ancestor(last.seen.commit, then)
        and context.reader.is_ancestor(last.seen.commit, commit)
        and not any(
            len(one.parents) > 1 for one in context.reader.log(commit, since=last.seen.commit).commits
        )
    )


def _ahead(context: Context, base: str, fork: str, last: _Cut | None) -> str:
    more = context.reader.log(fork, since=base)
    words = {
        "main": context.policy.main,
        "tag": context.base_name,
        "n": f"{len(more.commits)}{'+' if more.more else ''}",
    }
    if last and last.good:
        return _("%(main)s has come into the branch. Its commits that are not in %(tag)s: %(n)s.") % words
    return (
        _("The branch was cut from %(main)s, not from %(tag)s. Its commits that are not in the tag: %(n)s.")
        % words
    )


def _proof(cut: _Cut) -> str:
    words = {
        "branch": short(cut.seen.commit),
        "main": short(cut.main) or "?",
        "at": stamp(cut.seen.seen_at),
    }
    return _("seen %(at)s: branch at %(branch)s, main at %(main)s") % words


def _shared_with(context: Context, base: str) -> str:
    """Another branch that was there before and holds the branch's first commit: then it was cut from that one."""
    first = context.sightings[0]
    own = context.reader.log(first.commit or base, since=base)
    if not own.commits or own.more:
        return ""
    oldest = own.commits[-1].id
    others = dict.fromkeys(seen.name for seen in context.observed if seen.name.startswith(names.HEADS))
    apart = [name for name in others if name not in (context.branch_name, context.main_name)]
    for name in apart[:MAX_OTHERS]:
        there = context.at(name, first.seen_at)
        if not there or not context.ref(name) or _came_of_it(context, name, there):
            continue
        if context.reader.is_ancestor(oldest, there):
            return name
    return ""


def _came_of_it(context: Context, name: str, there: str) -> bool:
    """Whether the other branch appeared together with this one and holds all of it: a merge queue's own, a copy."""
    first = context.sightings[0]
    return bool(
        first.seen_at != context.began
        and context.history(name)[0].seen_at == first.seen_at
        and context.reader.is_ancestor(first.commit or "", there)
    )


def _from_main(context: Context) -> Result:
    """Where the process wants the branch from main: its fork must be a commit that main had then."""
    if context.main_then is None or context.tip is None:
        seen = context.sightings[0]
        main = context.at(context.main_name, seen.seen_at, before=True)
        if main and seen.commit and context.reader.is_ancestor(seen.commit, main):
            return passed(_("The branch was cut from %s.") % context.policy.main, short(seen.commit))
        return unknown(_("Can't tell any more: main had the branch's commits when it was first seen."))
    bases = context.reader.merge_bases(context.main_then, context.tip)
    if not bases:
        return failed(_("The branch has nothing in common with %s.") % context.policy.main, then=None)
    return passed(_("The branch was cut from %s.") % context.policy.main, short(bases[0]))
