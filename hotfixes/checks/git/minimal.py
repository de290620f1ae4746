"""Is the change as small as a hotfix should be (A22, K29–K31, K93)? A judgement: worth a look at most, never wrong."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotfixes.checks.context import Context
from hotfixes.checks.git.commits import fix_commits, is_paperwork
from hotfixes.checks.shapes import Next, Result, not_needed, passed, pending, short, unknown, warned
from hotfixes.git.reader import Change, Commit, FileChange

_NOT_COUNTED = re.compile(
    r"(?:.*/)?(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|composer\.lock|Gemfile\.lock"
    r"|poetry\.lock|uv\.lock|Pipfile\.lock|pubspec\.lock|Podfile\.lock|Cargo\.lock|go\.sum|gradle\.lockfile|flake\.lock)"
    r"|.*\.(?:min\.(?:js|css)|map|g\.dart|freezed\.dart|pb\.go|snap)"
)
_TEST = re.compile(
    r"(?:.*/)?(?:tests?|specs?|__tests__|integration_test|testdata|fixtures|e2e)/.*"
    r"|(?:.*/)?(?:test_[^/]*|[^/]*(?:[._-](?:test|spec)|Tests?)\.[A-Za-z0-9]+)"
)
_OTHER_KINDS = re.compile(r"(?P<kind>feat|feature|refactor|perf|style)(?:\([^()]{1,60}\))?!?:", re.IGNORECASE)


def minimal_diff(context: Context) -> Result:
    spec = context.policy.minimal
    if spec is None:
        return not_needed(_("The process does not ask for a minimal change."))
    if context.own is None:
        if context.tip is None and context.tag is None:
            return pending(_("There is no branch yet."))
        return unknown(_("Can't tell which changes are the fix: the branch was never seen beside main."))
    assert context.root
    assert context.tip
    files = context.reader.diff(context.root, context.tip).files
    counted = [file for file in files if not (_aside(file.path) or is_paperwork(context, file.path))]
    if not counted:
        return pending(_("There is no fix on the branch yet."))
    lines = sum((file.added or 0) + (file.deleted or 0) for file in counted)
    fixes = fix_commits(context)
    binary = [file.path for file in counted if file.binary]
    facts = {
        "files": len(counted),
        "lines": lines,
        "fix_commits": len(fixes),
        "unmeasured": binary,
        "not_counted": len(files) - len(counted),
        "range": [context.root, context.tip],
    }
    numbers = _numbers(len(counted), lines)
    looks = [*_over(context, len(counted), lines, fixes), *_strange(context, counted, fixes)]
    if binary:
        looks.append(_("%s cannot be counted in lines.") % binary[0])
    proof = (f"{short(context.root)}..{short(context.tip)}", *(_line(file) for file in counted[:20]))
    if looks:
        then = Next(_("Look whether all of it belongs to this one bug; leave the rest for the next release."))
        return warned(f"{numbers} {' '.join(looks[:4])}", *proof, then=then, looks=looks, **facts)
    return passed(_("%s Within what the process calls minimal.") % numbers, *proof, **facts)


def _aside(path: str) -> bool:
    """Lock files and what tools generate, and tests: more of them is no bigger fix."""
    return bool(_NOT_COUNTED.fullmatch(path) or _TEST.fullmatch(path))


def _numbers(files: int, lines: int) -> str:
    changed = ngettext("%s file,", "%s files,", files) % files
    return f"{changed} " + ngettext("%s line.", "%s lines.", lines) % lines


def _over(context: Context, files: int, lines: int, fixes: list[Commit]) -> list[str]:
    spec = context.policy.minimal
    assert spec is not None
    found = []
    if spec.fix_commits is not None and len(fixes) > spec.fix_commits:
        words = {"n": len(fixes), "limit": spec.fix_commits}
        found.append(_("%(n)s commits change the product; agreed is %(limit)s.") % words)
    if spec.files is not None and files > spec.files:
        found.append(_("More files than the %s that were agreed.") % spec.files)
    if spec.lines is not None and lines > spec.lines:
        found.append(_("More lines than the %s that were agreed.") % spec.lines)
    return found


def _strange(context: Context, counted: list[FileChange], fixes: list[Commit]) -> list[str]:
    """What a fix seldom needs: commits of another kind, new or deleted files, files far from the product."""
    found = []
    for commit in fixes:
        if kind := _OTHER_KINDS.match(commit.subject):
            words = {"id": short(commit.id), "kind": kind["kind"].lower()}
            found.append(_("Commit %(id)s calls itself “%(kind)s”.") % words)
    deleted = [file.path for file in counted if file.change is Change.DELETED]
    added = [file.path for file in counted if file.change is Change.ADDED]
    if deleted and added:
        words = {"old": deleted[0], "new": added[0]}
        found.append(_("Files were renamed or replaced: %(old)s, %(new)s.") % words)
    elif deleted:
        found.append(_("%s was deleted.") % deleted[0])
    elif added and context.policy.minimal and context.policy.minimal.no_features:
        found.append(_("%s is new.") % added[0])
    return found


def _line(file: FileChange) -> str:
    count = _("binary") if file.binary else f"+{file.added} −{file.deleted}"
    return f"{file.path} {count}"
