"""After the release: will the next one bring the fault back, and does everything speak of the same version?

A hotfix that is tagged on its branch is easily forgotten there (conformance: the back-merge guard). Pure, as the checks
are; each finding is an answer under a key of its own.
"""

import re
from collections.abc import Callable, Mapping
from shlex import quote
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.checks.context import Context
from hotfixes.checks.deploy import timeline
from hotfixes.checks.facts import PRODUCTION
from hotfixes.checks.git.arrival import arrival
from hotfixes.checks.git.commits import fix_commits
from hotfixes.checks.naming import newer
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    listed,
    not_needed,
    passed,
    pending,
    short,
    unknown,
)
from hotfixes.git import names
from hotfixes.git.names import BadName
from hotfixes.git.reader import Ref
from hotfixes.git.trouble import GitError
from hotfixes.patterns import BadPattern
from products.versions import Version, bare
from products.vocabulary import Verdict

MAX_BRANCHES: Final = 5
MAX_COMMITS: Final = 60
_RELEASE = re.compile(
    r"refs/heads/releases?[/-](?P<whose>.{0,100}?)[/_-]?[vV]?(?P<version>\d{1,9}\.\d{1,9}(?:\.\d{1,9})?)(?:\.x)?"
)

type Results = Mapping[str, Result]


def guard(context: Context, results: Results) -> dict[str, Result]:
    """By key. Nothing but PENDING before there is a tag."""
    return {key: _found(find, context, results) for key, find in FINDINGS.items()}


def fix_on_main(context: Context, results: Results) -> Result:
    if context.tag is None:
        return pending(_("It is not released yet."))
    words = {"main": context.policy.main, "new": context.known["new"]}
    if context.main is None:
        return unknown(_("Can't tell: the repository has no branch %s.") % context.policy.main)
    if _holds(context, context.main):
        return passed(_("The fix is in %(main)s.") % words, short(context.main), commit=context.main)
    then = Next(
        _("Bring it there, or the next release brings the fault back."), _picks(context, words["main"])
    )
    return failed(_("%(new)s is released, but %(main)s lacks the fix.") % words, then=then)


def next_release(context: Context, results: Results) -> Result:
    if context.tag is None:
        return pending(_("It is not released yet."))
    coming = _coming(context)
    if not coming:
        return passed(_("No other release is being prepared on a branch of its own."), branches=[])
    lacking = [ref for ref in coming if not _holds(context, ref.commit or "")]
    proof = [f"{ref.short} {short(ref.commit)}" for ref in coming]
    if not lacking:
        return passed(_("The fix is in %s.") % listed([ref.short for ref in coming]), *proof, branches=[])
    said = ngettext(
        "%(branches)s lacks the fix: that release would bring the fault back.",
        "%(branches)s lack the fix: these releases would bring the fault back.",
        len(lacking),
    )
    branches = [ref.short for ref in lacking]
    return failed(
        said % {"branches": listed(branches)},
        *proof,
        then=Next(_("Bring the fix there as well."), _picks(context, branches[0])),
        branches=branches,
    )


def versions_agree(context: Context, results: Results) -> Result:
    """Deployed version, running version, tag and changelog; beside them what was entered for the product."""
    new = context.known["new"]
    done = [one for one in timeline.there(context) if one.status in ("succeeded", "rolled_back")]
    if timeline.first_success(context) is None:
        return pending(_("Nobody has said that it is deployed."))
    if newer(context, done[-1].version):
        return not_needed(_("%s came after it.") % done[-1].version)
    said = [(_("deployed"), bare(done[-1].version), done[-1].line)]
    said += [
        (one.where[:80], bare(one.version), one.line)
        for one in context.versions
        if one.kind == PRODUCTION and one.at >= done[-1].at
    ]
    if context.tag is not None and context.tag_name:
        said.append((_("tag"), new, f"{context.tag_name} {short(context.tag.commit)}"))
    entry = results.get("changelog_entry")
    if context.policy.changelog and entry and entry.verdict in (Verdict.PASS, Verdict.FAIL):
        has = entry.verdict is Verdict.PASS
        said.append((_("changelog"), new if has else "–", entry.summary))
    proof = [f"{where}: {version} ({line})"[:300] for where, version, line in said]
    odd = [(where, version) for where, version, _line in said if version and version != new]
    if not odd:
        if context.product_version and bare(context.product_version) != new:
            proof.append(_("Entered for the product is %s still.") % context.product_version)
        return passed(_("All speak of %s.") % new, *proof, versions=[version for _w, version, _l in said])
    words = {"odd": listed([f"{where} {version}" for where, version in odd]), "new": new}
    then = Next(_("Find out which is right, and correct the others."))
    return failed(_("Not all speak of %(new)s: %(odd)s.") % words, *proof, then=then)


FINDINGS: Final[Mapping[str, Callable[[Context, Results], Result]]] = {
    "fix_on_main": fix_on_main,
    "next_release": next_release,
    "versions_agree": versions_agree,
}


def _found(find: Callable[[Context, Results], Result], context: Context, results: Results) -> Result:
    try:
        return find(context, results)
    except GitError as problem:
        return unknown(_("Can't tell: %s") % problem.sentence, trouble=str(problem.trouble))
    except (BadPattern, BadName) as problem:
        return unknown(_("Can't tell: a name or pattern of the process cannot be used."), str(problem)[:200])


def _holds(context: Context, commit: str) -> bool:
    """Whether a branch at `commit` has what was released: by its history, or by commits that change the same."""
    assert context.tag is not None
    read, released = context.reader, context.tag.commit or ""
    if released and read.is_ancestor(released, commit):
        return True
    if commit == context.main and arrival(context) is not None:
        return True
    fixes = fix_commits(context)
    if not fixes or not context.root:
        return False
    there = [
        one
        for one in read.log(commit, since=context.root, limit=MAX_COMMITS).commits
        if len(one.parents) == 1
    ]
    patches = {read.patch_id(one.parents[0], one.id) for one in there}
    return all(read.patch_id(one.parents[0], one.id) in patches for one in fixes)


def _coming(context: Context) -> list[Ref]:
    """Branches of releases after this one, the nearest first; of this product where their names say whose they are."""
    refs = context.refs if context.refs is not None else context.reader.refs().by_name
    ours = Version.parse(context.known["new"])
    found = []
    for name, ref in refs.items():
        match = _RELEASE.fullmatch(name)
        version = Version.parse(match["version"]) if match else None
        whose = match["whose"].strip("/_-") if match else ""
        if version and ours and version > ours and ref.commit and whose in ("", context.product):
            found.append((version, ref))
    return [ref for _version, ref in sorted(found, key=lambda pair: pair[0])[:MAX_BRANCHES]]


def _picks(context: Context, branch: str) -> tuple[str, ...]:
    """The lines that bring the fix to a branch; hex ids and checked names only."""
    ids = [commit.id[:10] for commit in reversed(fix_commits(context))]
    name = names.HEADS + branch
    if not ids or context.ref(name) is None:
        return ()
    return (
        f"git checkout {quote(branch)}",
        f"git cherry-pick -x {' '.join(ids)}",
        f"git push origin {quote(branch)}",
    )
