"""Does the fix's commit say what it must (K24–K28, K105), and what does it say about tests (K28, K94)?"""

from shlex import quote

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.forge.tested import tested
from hotfixes.checks.git.written import lacking, part
from hotfixes.checks.shapes import (
    Next,
    Result,
    failed,
    listed,
    not_needed,
    passed,
    pending,
    short,
    stated,
    unknown,
)
from hotfixes.checks.version_in_tree import is_version_file
from hotfixes.git.reader import Commit
from products.process.schema.policy import PartSpec

MAX_COMMITS = 50
_TESTED = ("tested", "testing", "tests", "test")


def commit_message(context: Context) -> Result:
    """Proves the form. Whether it is true is the author's word."""
    spec = context.policy.commit
    if spec is None or not (spec.subject or spec.parts):
        return not_needed(_("The process does not say what a commit message must have."))
    if context.own is None:
        return _untold(context)
    fixes = fix_commits(context)
    if not fixes:
        return pending(_("There is no commit with the fix yet."), then=_write(context))
    missing = {commit.id: lacking(spec, commit.subject, commit.message) for commit in fixes}
    complete = [commit for commit in fixes if not missing[commit.id]]
    if complete:
        best = complete[-1]
        said = _("The commit %s has everything that the process asks for.") % short(best.id)
        return passed(said, _line(best), commit=best.id, author=best.author.name)
    nearest = min(fixes, key=lambda commit: len(missing[commit.id]))
    words = {"id": short(nearest.id), "missing": listed(missing[nearest.id], 8)}
    return failed(
        _("The message of commit %(id)s lacks: %(missing)s") % words,
        _line(nearest),
        then=_amend(context, nearest),
        commit=nearest.id,
        missing=missing[nearest.id],
    )


def tests_passed(context: Context) -> Result:
    """STATED by a commit: a sentence proves that somebody wrote it. CI or evidence on the head proves more."""
    if found := tested(context):
        return found
    label = _tested_part(context)
    if context.own is None:
        return _untold(context)
    for commit in fix_commits(context):
        if said := part(label, commit.message):
            words = {"who": commit.author.name, "said": said[:200]}
            return stated(
                _("%(who)s wrote: “%(said)s”.") % words,
                _line(commit),
                then=Next(_("A result of CI on this commit, or one sent by script, proves it.")),
                commit=commit.id,
                author=commit.author.name,
                said=said[:1000],
            )
    return pending(
        _("Nobody has said yet how the fix was tested."),
        then=Next(_("Run the tests, and write into the commit how (“%s: …”).") % label.label),
    )


def fix_commits(context: Context) -> list[Commit]:
    """The branch's own commits that change more than version files and changelogs, newest first, no merges."""
    own = context.own.commits[:MAX_COMMITS] if context.own else ()
    return [commit for commit in own if len(commit.parents) == 1 and _changes_product(context, commit)]


def is_paperwork(context: Context, path: str) -> bool:
    """Version files, changelog and release notes: every hotfix changes them."""
    written = (context.policy.changelog, context.policy.release_notes, context.policy.manifest)
    paths = [context.filled(spec.path) for spec in written if spec and spec.path]
    return path in paths or is_version_file(context, path)


def _changes_product(context: Context, commit: Commit) -> bool:
    files = context.reader.diff(commit.parents[0], commit.id).files
    return any(not is_paperwork(context, file.path) for file in files)


def _untold(context: Context) -> Result:
    if context.tip is None and context.tag is None:
        return pending(_("There is no branch yet."))
    return unknown(_("Can't tell which commits are the fix: the branch was never seen beside main."))


def _tested_part(context: Context) -> PartSpec:
    parts = context.policy.commit.parts if context.policy.commit else []
    return next((one for one in parts if one.label.casefold() in _TESTED), PartSpec(label="Tested"))


def _line(commit: Commit) -> str:
    return f"{short(commit.id)} {commit.subject[:120]} ({commit.author.name[:60]})"


def _template(context: Context) -> str:
    spec = context.policy.commit
    assert spec is not None
    parts = "\n".join(one.text or f"{one.label}: […]" for one in spec.parts)
    return f"{spec.subject or ''} […]\n\n{parts}".strip()


def _write(context: Context) -> Next:
    return Next(_("Commit the fix with such a message and push."), (_template(context),))


def _amend(context: Context, commit: Commit) -> Next:
    branch = quote(context.branch_name.removeprefix("refs/heads/"))
    last = commit.id == context.tip
    rewrite = "git commit --amend" if last else f"git rebase -i {short(commit.id)}^"
    said = _("Complete the message and push again; an approval given before counts no more.")
    if not last:
        said += " " + _("In the list that opens, write “reword” for “pick” before this commit.")
    return Next(said, (rewrite, f"git push --force-with-lease origin {branch}"))
