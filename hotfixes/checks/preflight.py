"""What is known before a fix begins, so that nobody learns at the merge that it cannot be done (C1).

Pure, as the checks are. Each finding is a check's answer under a key of its own; they stop mattering with the merge.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes import changelog
from hotfixes.changelog.shapes import Unread
from hotfixes.checks import version_in_tree
from hotfixes.checks.context import Context
from hotfixes.checks.facts import PRODUCTION
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    listed,
    not_needed,
    passed,
    short,
    stated,
    unknown,
    warned,
)
from hotfixes.checks.version_in_tree import Stated
from hotfixes.git import names
from hotfixes.git.names import BadName
from hotfixes.git.reader import Absence, File
from hotfixes.git.trouble import GitError
from hotfixes.patterns import BadPattern
from hotfixes.version_files import Unknown, Version
from products.versions import bare

MAX_LISTED: Final = 20


def base_tag(context: Context) -> Result:
    """Is the tag there that the branch begins at?"""
    name = context.base_name
    if not name:
        return not_needed(_("The process names no tag to begin at."))
    if context.base is None:
        then = Next(_("Start it again with the tag that is in production, or push the tag."))
        return failed(_("The tag %s is not in the repository.") % name, then=then, tag=name)
    subject = context.reader.commit(context.base).subject[:120]
    return passed(
        _("%(tag)s is there: %(id)s “%(subject)s”.")
        % {"tag": name, "id": short(context.base), "subject": subject},
        tag=name,
        commit=context.base,
    )


def base_deployed(context: Context) -> Result:
    """Is it what people run? The running services know best, then the last deployment."""
    old = context.known["old"]
    seen = [one for one in context.versions if one.kind == PRODUCTION]
    if seen and old:
        others = [one for one in seen if bare(one.version) != old]
        if others:
            said = _("%(where)s reports %(version)s, not %(old)s.")
            words = {"where": others[0].where[:80], "version": others[0].version, "old": old}
            return warned(said % words, *(one.line for one in seen[:10]), then=_another_base())
        return passed(_("Production reports %s.") % old, *(one.line for one in seen[:10]))
    done = [
        one
        for one in context.deployed
        if one.kind == PRODUCTION and one.status in ("succeeded", "rolled_back")
    ]
    last = max(done, key=lambda one: one.at, default=None)
    if last is None or not old:
        return _entered(context, old)
    if bare(last.version) not in (old, context.known["new"]):
        words = {"version": last.version, "old": old}
        said = _("The last deployment was %(version)s, not %(old)s.") % words
        return warned(said, last.line, then=_another_base())
    return passed(_("%s was deployed last.") % old, last.line)


def _entered(context: Context, old: str) -> Result:
    """What somebody has entered on the product's page, where nothing that runs and no deployment has told anything."""
    version = context.product_version
    if not version or not old:
        return unknown(_("Can't tell which version is in production: nobody has entered it or reported it."))
    if bare(version) in (old, context.known["new"]):
        return stated(
            _("%s is in production, as entered on the product's page. Nobody has reported a deployment.")
            % version
        )
    words = {"version": version, "old": old}
    said = _("The product's page says that %(version)s is in production, not %(old)s.") % words
    return warned(said, then=_another_base())


def names_free(context: Context) -> Result:
    """Are branch and tag still to be made? Nothing is said any more once the fix is being worked on."""
    if context.tag is not None and not context.sightings:
        then = Next(_("Is this hotfix done already? Else start it again from the tag that is in production."))
        return failed(_("The tag %s is there already.") % context.tag_name, then=then, tag=context.tag_name)
    branch = context.branch_name.removeprefix(names.HEADS)
    first = context.sightings[0] if context.sightings else None
    if first and first.seen_at == context.began and not context.branch:
        then = Next(_("If it is this fix, all is well. Else delete it, or choose another name."))
        return warned(_("The branch %s was there before.") % branch, then=then, branch=branch)
    return passed(_("Branch and tag have names that are free."), tag=context.tag_name)


def main_ahead(context: Context) -> Result:
    """By what main is ahead of what is in production: all of it would go out with a fast-forward from main."""
    if context.main is None:
        return failed(_("The repository has no branch %s.") % context.policy.main, main=context.policy.main)
    if context.base is None:
        return unknown(_("Can't tell: there is no tag %s to compare with.") % (context.base_name or "?"))
    more = context.reader.log(context.main, since=context.base, limit=MAX_LISTED)
    count, main = len(more.commits), context.policy.main
    if not count:
        return passed(_("%s stands at what is in production.") % main, main=main, ahead=0)
    words = {"main": main, "n": f"{count}+" if more.more else count, "tag": context.base_name}
    said = ngettext(
        "%(main)s has %(n)s commit that %(tag)s lacks.",
        "%(main)s has %(n)s commits that %(tag)s lacks.",
        count,
    )
    lines = [f"{short(commit.id)} {commit.subject[:120]}" for commit in more.commits]
    return warned(said % words, *lines, main=main, ahead=count, more=more.more)


def merge_policy(context: Context) -> Result:
    """Will the merge work that the process asks for (C1)? If not: what will, said before any work is done."""
    policy = context.policy.merge
    if policy != "ff-only":
        return passed(_("The process lets it be merged: %s.") % policy, merge=policy)
    if context.main is None or context.base is None:
        return unknown(_("Can't tell whether a fast-forward will be possible."), merge=policy)
    start = context.tip if context.worked and context.tip else context.base
    if context.reader.is_ancestor(context.main, start):
        return passed(_("A fast-forward is possible."), merge=policy)
    if context.released:
        return not_needed(_("It is in %s already.") % context.policy.main)
    said = _("A fast-forward will not be possible: %(main)s has gone on since %(tag)s.")
    then = Next(
        _(
            "Either merge with a merge commit, or release from the branch and bring the fix forward to %(main)s. "
            "Switch this hotfix's merge policy and say why; it is kept in the report."
        )
        % {"main": context.policy.main}
    )
    words = {"main": context.policy.main, "tag": context.base_name}
    return warned(said % words, then=then, merge=policy, works=["merge", "forward-port"])


def version_files(context: Context) -> Result:
    """Which files say the version, what they say, and what they will have to say."""
    if not context.policy.version_files:
        return not_needed(_("The process names no version files."))
    if context.base is None:
        return unknown(_("Can't tell: there is no tag %s to read them in.") % (context.base_name or "?"))
    found = version_in_tree.stated(context, context.base)
    ours = [one for one in found.values() if one.ours is not False]
    there = [one for one in ours if isinstance(one.value, Version)]
    lines = [_line(context, one) for one in ours if one.value is not None][:MAX_LISTED]
    if not there:
        looked = [context.filled(one.path) for one in context.policy.version_files]
        then = Next(_("Correct the paths in the product's policy."))
        return failed(_("No version file was found: %s.") % listed(looked), *lines, then=then)
    facts: dict[str, Any] = {
        "files": [one.path for one in there],
        "now": context.known["old"],
        "then": context.known["new"],
    }
    odd = [one for one in there if isinstance(one.value, Version) and one.value.base != context.known["old"]]
    if odd and len(odd) == len(there):
        words = {"path": odd[0].path, "found": odd[0].value.text if isinstance(odd[0].value, Version) else ""}
        return warned(_("%(path)s says %(found)s.") % words, *lines, **facts)
    said = ngettext(
        "%(n)s version file found: %(paths)s.", "%(n)s version files found: %(paths)s.", len(there)
    )
    return passed(said % {"n": len(there), "paths": listed([one.path for one in there])}, *lines, **facts)


def changelog_file(context: Context) -> Result:
    """Is the changelog there, and above which line does the entry go?"""
    spec = context.policy.changelog
    if spec is None:
        return not_needed(_("The process names no changelog."))
    if context.base is None:
        return unknown(_("Can't tell: there is no tag %s to read it in.") % (context.base_name or "?"))
    path = context.filled(spec.path)
    file = context.reader.file(context.base, path)
    if not isinstance(file, File):
        if file.why is not Absence.NOTHING:
            return unknown(_("Can't tell: %s is no ordinary file.") % path, str(file.why), path=path)
        then = Next(_("Make the file, or correct its path in the product's policy."))
        return warned(_("There is no %s yet.") % path, then=then, path=path)
    if spec.style == "mention":
        return passed(_("%s is there.") % path, path=path)
    read = changelog.read(spec.style, file.data, spec.text or "")
    if isinstance(read, Unread):
        return warned(
            _("%(path)s: %(why)s") % {"path": path, "why": read.sentence}, path=path, line=read.line
        )
    top = read.entries[0]
    words = {"path": path, "line": top.line, "top": top.version[:40], "new": context.known["new"]}
    said = _("%(path)s is there: the entry for %(new)s goes above line %(line)s (%(top)s).")
    return passed(said % words, path=path, line=top.line, top=top.version[:40])


FINDINGS: Final[Mapping[str, Callable[[Context], Result]]] = {
    "base_tag": base_tag,
    "base_deployed": base_deployed,
    "names_free": names_free,
    "main_ahead": main_ahead,
    "merge_policy": merge_policy,
    "version_files": version_files,
    "changelog": changelog_file,
}


def preflight(context: Context) -> dict[str, Result]:
    """By key, in the order in which a person reads them; trouble with the repository is UNKNOWN and says itself."""
    return {key: _found(find, context) for key, find in FINDINGS.items()}


def _found(find: Callable[[Context], Result], context: Context) -> Result:
    try:
        return find(context)
    except GitError as problem:
        return unknown(_("Can't tell: %s") % problem.sentence, trouble=str(problem.trouble))
    except (BadPattern, BadName) as problem:
        return unknown(_("Can't tell: a name or pattern of the process cannot be used."), str(problem)[:200])


def _another_base() -> Next:
    return Next(_("Abandon it and start again from the tag that is in production."))


def _line(context: Context, one: Stated) -> str:
    if isinstance(one.value, Version):
        place = f"{one.path}, line {one.value.line}" if one.value.line else one.path
        return f"{place}: {one.value.text} → {_wanted(context, one.value)}"
    why = one.value.sentence if isinstance(one.value, Unknown) else "–"
    return f"{one.path}: {why}"


def _wanted(context: Context, now: Version) -> str:
    """What the file has to say, its build number too where the process says how it goes on."""
    new = context.known["new"]
    new = f"v{new}" if now.text[:1] in "vV" and now.text[1:2].isdigit() else new
    if "+" not in now.text or not now.build.isdigit():
        return new
    return f"{new}+{int(now.build) + 1}" if context.policy.build else f"{new}+{now.build}"
