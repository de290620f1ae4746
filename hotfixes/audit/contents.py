"""What stands in the tagged tree: the number, version files, changelog; how the tag was made, how big the change is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from hotfixes import changelog
from hotfixes.audit import descent
from hotfixes.audit.released import MAX_COMMITS, Released
from hotfixes.changelog.shapes import Unread
from hotfixes.checks.git import changelog as changelogs
from hotfixes.checks.git import commits, minimal, tags, version
from hotfixes.checks.shapes import (
    Result,
    Verdict,
    failed,
    listed,
    not_needed,
    passed,
    unknown,
    warned,
)
from hotfixes.checks.version_in_tree import stated
from hotfixes.git.reader import Absence, File
from hotfixes.version_files import Unknown, Version
from products import versions

type Check = Callable[[Released], Result]


def version_bump(context: Released) -> Result:
    """What the two numbers say."""
    bump, words = context.policy.bump, context.known
    if not bump:
        return not_needed(_("The process does not say which number a hotfix raises."))
    old, new = versions.Version.parse(context.old), versions.Version.parse(context.new)
    if old is None or new is None:
        return unknown(_("Can't tell: %(old)s and %(new)s are not both plain versions.") % words)
    wanted = old.raised(bump)
    said = {**words, "wanted": str(wanted), "part": bump.upper()}
    if new == wanted:
        return passed(_("%(old)s became %(new)s: %(part)s raised by one.") % said)
    if bump == "patch" and new[:2] == old[:2]:
        return warned(_("%(new)s follows %(old)s: there is no tag of %(wanted)s between them.") % said)
    return failed(_("%(new)s is not the next version after %(old)s: the process asks for %(wanted)s.") % said)


def version_files(context: Released) -> Result:
    """As for a hotfix under way, without its number, which has a column of its own."""
    if not context.policy.version_files:
        return not_needed(_("The process names no version files."))
    context = replace(context, policy=context.policy.model_copy(update={"bump": None}))
    return version.version_bump(context)


def files_say(context: Released) -> Result:
    """Of a release that is no hotfix: some agreed file says its version."""
    if not context.policy.version_files:
        return not_needed(_("The process names no version files."))
    if context.tip is None:
        return unknown(_("Can't tell: the tag names no commit."))
    found = [one for one in stated(context, context.tip).values() if one.ours is not False]
    there = [one for one in found if one.value is not None]
    lines = [f"{one.path}: {one.value.text if isinstance(one.value, Version) else '–'}" for one in there[:12]]
    if any(isinstance(one.value, Version) and one.value.base == context.known["new"] for one in there):
        return passed(_("A version file says %(new)s.") % context.known, *lines)
    if not there:
        return unknown(_("Can't tell: none of the agreed version files is there."))
    if all(isinstance(one.value, Unknown) for one in there):
        return unknown(_("Can't tell: no version can be read from %s.") % listed([o.path for o in there]))
    return failed(_("No version file says %(new)s.") % context.known, *lines)


def entry_there(context: Released) -> Result:
    """Of a release that is no hotfix: it stands in the changelog, on top where that is asked."""
    spec = context.policy.changelog
    if spec is None:
        return not_needed(_("The process names no changelog."))
    if context.tip is None:
        return unknown(_("Can't tell: the tag names no commit."))
    path = context.filled(spec.path)
    words = {**context.known, "path": path}
    file = context.reader.file(context.tip, path)
    if not isinstance(file, File):
        if file.why is Absence.NOTHING:
            return failed(_("%(path)s is not there.") % words)
        return unknown(_("Can't tell: %(path)s is no ordinary file.") % words)
    if spec.style == "mention":
        line = changelog.mention(file.data, context.known["new"])
        if isinstance(line, Unread):
            return unknown(_("Can't tell: %s") % line.sentence, path)
        if line:
            return passed(_("%(path)s mentions %(new)s.") % words, f"{path}, line {line}")
        return failed(_("%(path)s does not mention %(new)s.") % words)
    read = changelog.read(spec.style, file.data, spec.text or "")
    if isinstance(read, Unread):
        return unknown(_("Can't tell: %s") % read.sentence, path)
    entry = read.entry(context.known["new"])
    if entry is None:
        return failed(_("%(path)s has no entry for %(new)s.") % words)
    place = f"{path}, line {entry.line}: {entry.version} {entry.date}".strip()
    if spec.first and read.entries[0] is not entry:
        return failed(_("The entry for %(new)s is not first in %(path)s.") % words, place)
    return passed(_("%(path)s has the entry for %(new)s on top.") % words, place)


def annotated(context: Released) -> Result:
    """Of a release that is no hotfix: its message is its own affair."""
    return tags.tag_annotated(
        replace(context, policy=context.policy.model_copy(update={"tag_message": None}))
    )


def commit_message(context: Released) -> Result:
    if context.own is None and context.policy.commit:
        return unknown(_("Can't tell which commits are the fix."))
    found = commits.commit_message(context)
    if found.verdict is Verdict.PENDING:
        return unknown(
            _("Can't tell: only version files and changelog changed since %s.") % context.base_name
        )
    return replace(found, next=None)


def size(context: Released) -> Result:
    """Numbers, and what is worth a look; of too many commits the whole only."""
    if context.policy.minimal is None:
        return not_needed(_("The process does not ask for a minimal change."))
    if context.own is None:
        return unknown(_("Can't tell what changed: the release does not descend from the one before."))
    if context.own.more:
        words = {"n": MAX_COMMITS, "base": context.base_name}
        return warned(_("More than %(n)s commits since %(base)s.") % words)
    found = minimal.minimal_diff(context)
    if found.verdict is Verdict.PENDING:
        return unknown(_("Nothing but version files and changelog changed since %s.") % context.base_name)
    return replace(found, next=None)


def rule_of_hotfixes(context: Released) -> Result:
    return not_needed(_("Only hotfixes are held to this."))


def compared(check: Check) -> Check:
    """Without a release before it there is nothing to compare with."""

    def judged(context: Released) -> Result:
        if context.base is None:
            return unknown(_("Can't tell: %s names no commit.") % (context.base_name or "?"))
        return check(context)

    return judged


HOTFIX: Final[Mapping[str, Check]] = {
    "version_bump": version_bump,
    "version_files": compared(version_files),
    "changelog_entry": compared(changelogs.changelog_entry),
    "commit_message": commit_message,
    "cut_from_tag": descent.cut_from_tag,
    "fast_forward": descent.fast_forward,
    "tag_commit": descent.tag_commit,
    "tag_annotated": tags.tag_annotated,
    "minimal_diff": size,
}
NORMAL: Final[Mapping[str, Check]] = {
    **dict.fromkeys(HOTFIX, rule_of_hotfixes),
    "version_files": files_say,
    "changelog_entry": entry_there,
    "tag_commit": descent.tag_commit,
    "tag_annotated": annotated,
}
