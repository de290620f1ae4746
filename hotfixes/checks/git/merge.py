"""Is the fix in main, and in the way that was agreed (A26, K48–K50, K108)? Could it still be fast-forwarded?"""

from shlex import quote
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.checks.context import Context
from hotfixes.checks.git.arrival import Arrival, How, arrival
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    not_needed,
    passed,
    pending,
    short,
    unknown,
    warned,
)
from hotfixes.checks.version_in_tree import states_new

MAX_MOVES = 20


def merged(context: Context) -> Result:
    if context.main is None:
        return unknown(_("Can't tell: the repository has no branch %s.") % context.policy.main)
    if context.tip is None:
        return _without_branch(context)
    if context.own is None and not _evident(context):
        return unknown(_("Can't tell any more: main had the branch's commits when it was first seen."))
    if context.own is not None and not context.own.commits:
        return pending(_("The branch has no commits of its own yet."))
    found = arrival(context)
    if found is None:
        return _not_there(context)
    words = {
        "main": context.policy.main,
        "tip": short(context.tip),
        "in": short(found.commit),
        "how": _(found.how),
    }
    proof = (_("%(tip)s is in %(main)s by %(how)s: %(in)s") % words,)
    facts: dict[str, Any] = {"how": str(found.how), "commit": found.commit, "tip": context.tip}
    if undone := _reverted(context, found):
        words["id"] = short(undone)
        return warned(
            _("The fix is in %(main)s, but %(id)s says that it takes it back.") % words, *proof, **facts
        )
    if context.policy.merge == "ff-only":
        return _fast_forwarded(context, found, proof, facts, words)
    return passed(_("The fix is in %(main)s (%(how)s).") % words, *proof, **facts)


def _without_branch(context: Context) -> Result:
    if context.tag is None:
        return pending(_("There is no branch yet."))
    return unknown(_("Can't tell: the branch was never seen, so nobody knows which commits are the fix."))


def _evident(context: Context) -> bool:
    """Seen only inside main, yet its files say the new version, which the tag before did not: it is the fix."""
    return context.tip is not None and states_new(context, context.tip)


def _not_there(context: Context) -> Result:
    words = {"main": context.policy.main, "tip": short(context.tip)}
    read, tip = context.reader, context.tip or ""
    moves = [seen.commit for seen in context.history(context.main_name) if seen.commit][-MAX_MOVES:]
    if any(read.is_ancestor(tip, then) for then in moves):
        said = _("%(main)s had the fix and was rewritten without it.") % words
        return failed(said, then=Next(_("Merge it again.")), tip=tip)
    tagged = context.tag.commit if context.tag else None
    if tagged and read.is_ancestor(tagged, context.main or "") and not read.is_ancestor(tagged, tip):
        return unknown(
            _("Can't tell: the tag is in %(main)s, but the branch's changes are not recognised there.")
            % words
        )
    branch = quote(context.branch_name.removeprefix("refs/heads/"))
    option = "--ff-only " if context.policy.merge == "ff-only" else ""
    main = quote(context.policy.main)
    return pending(
        _("The fix is not in %(main)s yet.") % words,
        then=Next(
            _("When it is approved, merge it."),
            (
                f"git checkout {main}",
                f"git pull origin {main}",
                f"git merge {option}{branch}",
                f"git push origin {main}",
            ),
        ),
        tip=tip,
    )


def _fast_forwarded(
    context: Context, found: Arrival, proof: tuple[str, ...], facts: dict[str, Any], words: dict[str, str]
) -> Result:
    if found.how is How.SOMEHOW:
        return unknown(_("Can't tell any more how the fix came into %(main)s.") % words, *proof, **facts)
    if found.how is not How.FAST_FORWARD:
        said = _("The fix came into %(main)s by %(how)s, not by fast-forward.") % words
        then = Next(_("It stays as it is; say in the report why. Next time: git merge --ff-only."))
        return failed(said, *proof, then=then, **facts)
    since = context.root or context.base
    log = context.reader.log(found.commit, since=since) if since else None
    if log is None or log.more:
        return unknown(_("Can't tell any more where the branch's own commits begin."), *proof, **facts)
    joins = [commit for commit in log.commits if len(commit.parents) > 1]
    if joins:
        words["id"] = short(joins[0].id)
        return failed(_("The branch itself holds a merge commit, %(id)s.") % words, *proof, **facts)
    return passed(_("The fix is in %(main)s by fast-forward.") % words, *proof, **facts)


def _reverted(context: Context, found: Arrival) -> str:
    """A later commit on main that says, in git's words, that it takes one of them back, and still stands."""
    own = {commit.id for commit in context.own.commits} if context.own else set()
    own |= {found.commit, context.tip or ""}
    undoing: dict[str, str] = {}
    for commit in reversed(context.reader.log(context.main or "", since=found.commit, limit=50).commits):
        for line in commit.body.splitlines():
            id = line.strip().removeprefix("This reverts commit ").split(",")[0].rstrip(".").strip()
            if not line.strip().startswith("This reverts commit "):
                continue
            if id in undoing:
                own.add(commit.id)
                del undoing[id]
            elif id in own:
                undoing[commit.id] = id
    return next(iter(undoing), "")


def ff_possible(context: Context) -> Result:
    """Main may not have gone on since the branch left it."""
    if context.policy.merge != "ff-only":
        return not_needed(_("The process does not ask for a fast-forward."))
    if context.main is None:
        return unknown(_("Can't tell: the repository has no branch %s.") % context.policy.main)
    start = context.tip or context.base
    if start is None:
        return unknown(_("Can't tell: the repository has no tag %s.") % (context.base_name or "?"))
    inside = context.tip is not None and context.reader.is_ancestor(context.tip, context.main)
    if (context.own is None and inside) or (context.tip is None and context.tag):
        return unknown(_("Can't tell any more: main had the branch's commits when it was first seen."))
    if context.worked and (found := arrival(context)):
        if found.how is How.FAST_FORWARD:
            return passed(_("It was possible, and was done."), short(found.commit))
        return not_needed(_("It is in %s already.") % context.policy.main)
    if context.reader.is_ancestor(context.main, start):
        said = _("Main has not gone on: the branch can be fast-forwarded.")
        return passed(said, f"{short(context.main)} → {short(start)}", main=context.main)
    return _ahead(context, context.main, start)


def _ahead(context: Context, main: str, start: str) -> Result:
    more = context.reader.log(main, since=start)
    count = len(more.commits)
    words = {"main": context.policy.main, "n": f"{count}+" if more.more else count}
    said = ngettext(
        "%(main)s has %(n)s commit that the branch lacks: a fast-forward is not possible.",
        "%(main)s has %(n)s commits that the branch lacks: a fast-forward is not possible.",
        count,
    )
    then = Next(
        _(
            "Decide: release those commits as well, take them out of main first, or merge otherwise and say why."
        )
    )
    proof = [f"{short(commit.id)} {commit.subject[:120]}" for commit in more.commits[:10]]
    return failed(said % words, *proof, then=then, ahead=count, main=main)
