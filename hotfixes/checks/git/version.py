"""Do the version files say the new version, and only this product's (A27, K32–K35, K89)? Once there is a tag, the files
inside the tagged tree count: what a branch says is nobody's release.
"""

from shlex import quote
from typing import Any

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.git.arrival import head
from hotfixes.checks.git.branch import no_tree
from hotfixes.checks.git.build import to_write, wrong_build
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
    warned,
)
from hotfixes.checks.version_in_tree import Stated, stated
from hotfixes.git import names
from hotfixes.git.reader import NoFile
from hotfixes.patterns import same_version
from hotfixes.version_files import Unknown, Version
from products import versions


def version_bump(context: Context) -> Result:
    wrong = _wrong_number(context)
    if not context.policy.version_files:
        return _by_tag(context, wrong)
    if wrong:
        return failed(wrong, then=Next(_("Choose the version that the process asks for.")))
    if context.base is None:
        return unknown(_("Can't tell: there is no tag %s to compare with.") % (context.base_name or "?"))
    commit = head(context)
    if commit is None:
        return no_tree(context)
    before, now = stated(context, context.base), stated(context, commit)
    return _compared(context, before, now)


def _wrong_number(context: Context) -> str:
    """Whether the new version is not the old one raised as the process says, in words."""
    bump, new = context.policy.bump, context.known["new"]
    if not bump:
        return ""
    old = versions.Version.parse(context.old)
    raised = old.raised(bump) if old else None
    while raised and versions.lower(str(raised), new) and _is_taken(context, str(raised)):
        raised = raised.raised(bump)
    if raised is None or same_version(new, str(raised)):
        return ""
    return _("%(new)s is not the next version after %(old)s: the process asks for %(raised)s.") % {
        "new": new,
        "old": context.known["old"],
        "raised": raised,
    }


def _is_taken(context: Context, version: str) -> bool:
    """A version that is given away: to a fix that was taken back, or another's."""
    if version in context.taken:
        return True
    return bool(context.policy.tag) and context.ref(names.TAGS + context.tag_of(version)) is not None


def _by_tag(context: Context, wrong: str) -> Result:
    """Without version files only the tag's name says the version (A27)."""
    if not context.policy.bump:
        return not_needed(_("The process names no version files."))
    if versions.Version.parse(context.old) is None:
        return unknown(_("Can't tell: the old version %s is no plain number.") % (context.old or "?"))
    if wrong:
        return failed(wrong)
    if context.tag is None:
        return pending(_("The tag %s is not there yet.") % context.tag_name)
    return passed(
        _("The tag says %(new)s, the next after %(old)s.") % context.known,
        f"{context.tag_name} {short(context.tag.commit)}",
    )


def _compared(context: Context, before: dict[str, Stated], now: dict[str, Stated]) -> Result:
    paths = list(dict.fromkeys([*before, *now]))
    pairs = {path: (_value(before, path), _value(now, path)) for path in paths}
    if not any(value for pair in pairs.values() for value in pair):
        return unknown(
            _("Can't tell: none of the agreed version files is there: %s.") % listed(_patterns(context))
        )
    whose = {path: (now.get(path) or before[path]).ours for path in paths}
    ours = {path for path in paths if whose[path]}
    changed = {path for path, (old, new) in pairs.items() if not _alike(old, new)}
    strangers = {
        path
        for path in changed
        if whose[path] is False or (whose[path] is None and _of_another(context, pairs[path]))
    }
    if strangers:
        return _touched(context, sorted(strangers), pairs)
    wanted = [path for path in paths if path in ours or path in changed]
    if not wanted or not changed:
        return _unraised(context, sorted(ours) or paths, pairs)
    return _judged(context, wanted, pairs, sure=changed <= ours or len(changed) == 1)


type Value = Version | Unknown | NoFile | None


def _value(found: dict[str, Stated], path: str) -> Value:
    return found[path].value if path in found else None


def _alike(old: Value, new: Value) -> bool:
    """Whether the file states the same; the line it stands on does not matter."""
    if isinstance(old, Version) and isinstance(new, Version):
        return (old.base, old.build) == (new.base, new.build)
    return type(old) is type(new) and (old is None or not isinstance(old, Version))


def _of_another(context: Context, pair: tuple[Value, Value]) -> bool:
    """A file that said another version than this product's is another product's."""
    old = pair[0]
    return isinstance(old, Version) and not same_version(old.base, context.known["old"])


def _touched(context: Context, paths: list[str], pairs: dict[str, tuple[Value, Value]]) -> Result:
    return failed(
        _("The version of another product was changed: %s. It must stay as it was.") % listed(paths),
        *(_line(path, pairs[path]) for path in paths),
        then=Next(
            _("Take the change back."),
            tuple(f"git checkout {quote(context.base_name)} -- {quote(path)}" for path in paths[:5]),
        ),
        files=paths,
    )


def _unraised(context: Context, paths: list[str], pairs: dict[str, tuple[Value, Value]]) -> Result:
    proof = [_line(path, pairs[path]) for path in paths if pairs[path][1] is not None]
    for path in paths:
        problem = pairs[path][1]
        if len(paths) == 1 and isinstance(problem, Unknown):
            return unknown(
                _("Can't tell: %(path)s. %(why)s") % {"path": path, "why": problem.sentence}, *proof
            )
    there = paths[0] if len(paths) == 1 else _("the version file")
    whole = {to_write(context.policy.build, context.known["new"], *pairs[path]) for path in paths}
    value = whole.pop() if len(whole) == 1 else context.known["new"]
    then = Next(_("Write %(new)s into %(path)s and push.") % {"new": value, "path": there})
    if context.released:
        said = _("The release still says %(old)s; it should say %(new)s.") % {**context.known, "new": value}
        return failed(said, *proof, then=then)
    return pending(_("The version is still %(old)s; it becomes %(new)s.") % context.known, *proof, then=then)


def _judged(
    context: Context, paths: list[str], pairs: dict[str, tuple[Value, Value]], *, sure: bool
) -> Result:
    proof = tuple(_line(path, pairs[path]) for path in paths)
    facts: dict[str, Any] = {"files": paths, "commit": head(context)}
    missing: list[str] = []
    for path in paths:
        old, new = pairs[path]
        whole = to_write(context.policy.build, context.known["new"], old, new)
        words = {"new": whole, "path": path, "found": new.text if isinstance(new, Version) else ""}
        then = Next(_("Write %(new)s into %(path)s and push.") % words)
        if isinstance(new, Unknown):
            return unknown(
                _("Can't tell: %(path)s. %(why)s") % {"path": path, "why": new.sentence}, *proof, **facts
            )
        if not isinstance(new, Version):
            return failed(_("%(path)s is no longer a file that says a version.") % words, *proof, **facts)
        if _alike(old, new) and not same_version(new.base, context.known["new"]):
            missing.append(path)
        elif new.base != context.known["new"]:
            return failed(
                _("%(path)s says %(found)s; it should say %(new)s.") % words, *proof, then=then, **facts
            )
        elif said := wrong_build(context.policy.build, path, old, new):
            counted = then if whole != new.base else Next(_("Set the build number and push."))
            return failed(said, *proof, then=counted, **facts)
    if missing:
        said = _("Not raised yet: %s.") % listed(missing)
        return (failed if context.released else pending)(said, *proof, **facts)
    if not sure:
        return warned(_("%s files were raised. Are they all of this product?") % len(paths), *proof, **facts)
    strange = [path for path in paths if _of_another(context, pairs[path]) or pairs[path][0] is None]
    if strange:
        return warned(
            _("The version is %(new)s now, but in the tag it was not %(old)s.") % context.known,
            *proof,
            **facts,
        )
    where = _("in the tag") if context.tag else _("on the branch")
    return passed(_("%(old)s became %(new)s %(where)s.") % {**context.known, "where": where}, *proof, **facts)


def _line(path: str, pair: tuple[Value, Value]) -> str:
    old, new = (value.text if isinstance(value, Version) else "–" for value in pair)
    at = f", line {pair[1].line}" if isinstance(pair[1], Version) and pair[1].line else ""
    return f"{path}{at}: {old} → {new}"


def _patterns(context: Context) -> list[str]:
    return [context.filled(spec.path) for spec in context.policy.version_files]
