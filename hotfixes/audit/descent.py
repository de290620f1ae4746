"""What the history between two tags still proves: where the hotfix began, how it came in, where the tag stands.

Git forgets where a branch began and how it was merged, and nobody watched: only what the commits themselves show is
said, and everything else is "can't tell".
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.audit.released import Released
from hotfixes.checks.shapes import Result, failed, not_needed, passed, short, unknown, warned
from hotfixes.git import names
from hotfixes.git.reader import Commit

MAX_HEADS = 30
MAX_MAIN = 2_000
_SHOWN = 10


def cut_from_tag(context: Released) -> Result:
    """PASS only where nothing but the fix can have been in between: one commit right on the tag, or a branch that is
    still there beside main.
    """
    if context.policy.cut_from is None:
        return not_needed(_("The process does not say where a hotfix begins."))
    if context.policy.cut_from == "main":
        return unknown(_("Can't tell: where a branch left main is forgotten once it is merged."))
    words = {"tag": context.tag_name, "base": context.base_name}
    if context.tip is None or context.base is None:
        return unknown(_("Can't tell: one of the two tags names no commit."))
    if context.tip == context.base:
        return unknown(_("Can't tell: %(tag)s stands on the same commit as %(base)s.") % words)
    if context.root is None:
        return _apart(context, context.tip, context.base, words)
    log = context.own
    assert log is not None
    proof = [*_lines(log.commits), *(["…"] if log.more else [])]
    if not context.in_line:
        said = _("Can't tell: there are merges between %(base)s and %(tag)s, or too many commits.")
        return unknown(said % words, *proof)
    if len(log.commits) == 1 and not _rewritten(log.commits[0]):
        said = _("One commit, made right on %(base)s: nothing else can have come along.")
        return passed(said % words, *proof[:1], commits=1)
    if context.on_main is False and _branch_proves(context, context.tip, log.commits[-1]):
        said = _("The branch is still there beside main, and begins at %(base)s.")
        return passed(said % words, *proof, commits=len(log.commits))
    words["n"] = str(len(log.commits))
    said = _("Can't tell which of the commits since %(base)s were in main before: %(n)s in one line.") % words
    return unknown(said, *proof, commits=len(log.commits))


def _apart(context: Released, tip: str, base: str, words: dict[str, str]) -> Result:
    """The release does not contain the one before it."""
    read = context.reader
    proof = f"{context.tag_name} {short(tip)}, {context.base_name} {short(base)}"
    if read.is_ancestor(tip, base):
        return failed(_("%(tag)s stands on an older commit than %(base)s.") % words, proof)
    bases = read.merge_bases(base, tip)
    if not bases:
        return unknown(
            _("Can't tell: %(tag)s and %(base)s have no common history; it was rewritten.") % words, proof
        )
    if context.on_main is not False:
        said = _(
            "Can't tell: %(tag)s does not contain the commit of %(base)s; squashed, rebased or rewritten."
        )
        return unknown(said % words, proof)
    lost = len(read.log(base, since=tip, limit=100).commits)
    said = ngettext(
        "Not cut from %(base)s: %(n)s commit of it is not in %(tag)s.",
        "Not cut from %(base)s: %(n)s commits of it are not in %(tag)s.",
        lost,
    )
    return failed(said % {**words, "n": lost}, proof, f"merge base {short(bases[0])}")


def _branch_proves(context: Released, tip: str, oldest: Commit) -> bool:
    """Its own branch still ends at the tag, left main at the base, and no other branch has its first commit."""
    if context.kept_branch is None or context.kept_branch.commit != tip or context.refs is None:
        return False
    bases = context.reader.merge_bases(context.main or "", tip)
    if not bases or not all(context.reader.is_ancestor(found, context.base or "") for found in bases):
        return False
    own = (context.kept_branch.name, context.main_name)
    others = [r for r in context.refs.values() if r.name.startswith(names.HEADS) and r.name not in own]
    if len(others) > MAX_HEADS:
        return False
    return not any(ref.commit and context.reader.is_ancestor(oldest.id, ref.commit) for ref in others)


def fast_forward(context: Released) -> Result:
    """No merge commit between the two tags, and no trace of a squash or rebase."""
    if context.policy.merge != "ff-only":
        return not_needed(_("The process does not ask for a fast-forward."))
    words: dict[str, object] = {
        "main": context.policy.main,
        "base": context.base_name,
        "tag": context.tag_name,
    }
    if context.on_main is None:
        return unknown(_("Can't tell: the repository has no branch %(main)s.") % words)
    if not context.on_main:
        return unknown(
            _("Can't tell: %(tag)s is not in %(main)s, so it did not come there as it is.") % words
        )
    if context.root is None:
        return unknown(_("Can't tell: %(tag)s does not descend from %(base)s.") % words)
    log = context.own
    assert log is not None
    merges = [one for one in log.commits if len(one.parents) > 1]
    if merges:
        words["id"] = short(merges[0].id)
        return failed(_("There is a merge commit since %(base)s: %(id)s.") % words, *_lines(merges))
    if log.more:
        return unknown(_("Can't tell: too many commits since %(base)s to go through them.") % words)
    if not log.commits:
        return unknown(_("Can't tell: there is no commit between %(base)s and %(tag)s.") % words)
    return _unmerged(context, log.commits, words)


def _unmerged(context: Released, commits: tuple[Commit, ...], words: dict[str, object]) -> Result:
    """In one line: by fast-forward, unless something shows that the commits were made anew."""
    read, branch, tip = context.reader, context.kept_branch, context.tip or ""
    if branch and branch.commit and not read.is_ancestor(branch.commit, tip):
        words["branch"] = branch.short
        if read.patch_id(context.base or "", branch.commit) == read.patch_id(context.base or "", tip):
            said = _(
                "%(branch)s is still there and holds the same change as other commits: squashed or rebased."
            )
            return failed(said % words, f"{branch.short} {short(branch.commit)}", *_lines(commits))
        return unknown(_("Can't tell: %(branch)s is still there and holds other commits.") % words)
    anew = [one for one in commits if _rewritten(one)]
    if anew:
        words["id"] = short(anew[0].id)
        said = _("Can't tell: %(id)s was written anew after its author wrote it, as by a squash or rebase.")
        return unknown(said % words, *_lines(anew))
    words["n"] = len(commits)
    said = ngettext(
        "No merge commit since %(base)s: %(n)s commit in one line.",
        "No merge commit since %(base)s: %(n)s commits in one line.",
        len(commits),
    )
    return passed(said % words, *_lines(commits), commits=len(commits))


def _rewritten(commit: Commit) -> bool:
    """Another person or another moment made the commit than wrote it: amended, rebased, picked or squashed."""
    author, committer = commit.author, commit.committer
    return (author.email.casefold(), author.at) != (committer.email.casefold(), committer.at)


def tag_commit(context: Released) -> Result:
    """Where the tag stands: on a commit of main that holds more than the release before."""
    tag = context.tag
    if tag is None or tag.commit is None:
        return failed(_("%s does not name a commit.") % context.tag_name, short(tag.id if tag else ""))
    words = {"tag": context.tag_name, "base": context.base_name, "main": context.policy.main}
    proof = f"{context.tag_name} → {short(tag.commit)}"
    if tag.commit == context.base:
        said = _("%(tag)s stands on the same commit as %(base)s: there is nothing new in it.")
        return failed(said % words, proof)
    if context.policy.tag_on is None:
        return not_needed(_("The process does not say where the tag stands."))
    if context.policy.tag_on == "branch":
        return unknown(_("Can't tell: the branch is gone, so nobody knows which commit was its last."), proof)
    if context.on_main is None:
        return unknown(_("Can't tell: the repository has no branch %(main)s.") % words, proof)
    if context.on_main:
        return passed(_("Its commit is in %(main)s.") % words, proof, commit=tag.commit)
    return _off_main(context, tag.commit, words, proof)


def _off_main(context: Released, commit: str, words: dict[str, str], proof: str) -> Result:
    read, main = context.reader, context.main or ""
    if not read.merge_bases(main, commit):
        return unknown(_("Can't tell: %(main)s was rewritten and shares no commit with it.") % words, proof)
    tree = read.commit(commit).tree
    log = read.log(main, limit=MAX_MAIN)
    twin = next((one for one in log.commits if one.tree == tree), None)
    if twin:
        words["id"] = short(twin.id)
        said = _("Not in %(main)s itself, but the same content is: %(id)s. Squashed, rebased or rewritten.")
        return warned(said % words, proof, f"{short(twin.id)} {twin.subject[:120]}")
    return failed(_("Its commit is not in %(main)s.") % words, proof, commit=commit)


def _lines(commits: tuple[Commit, ...] | list[Commit]) -> list[str]:
    return [f"{short(one.id)} {one.subject[:120]} ({one.author.name[:60]})" for one in commits[:_SHOWN]]
