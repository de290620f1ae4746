"""Does the changelog have its entry, first, with what was there before unchanged below it (A32, K36–K38, K90)?"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hotfixes import changelog, patterns
from hotfixes.changelog.compare import compare
from hotfixes.changelog.shapes import Changelog, Entry, Reason, Unread
from hotfixes.checks.context import Context
from hotfixes.checks.git.arrival import head
from hotfixes.checks.git.branch import no_tree
from hotfixes.checks.git.written import is_filled
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, unknown, warned
from hotfixes.git.reader import Absence, File
from products.process.schema.policy import ChangelogSpec


@dataclass(frozen=True, slots=True)
class _Asked:
    """One changelog of one hotfix."""

    context: Context
    spec: ChangelogSpec
    path: str

    @property
    def words(self) -> dict[str, Any]:
        return {**self.context.known, "path": self.path}

    @property
    def then(self) -> Next:
        text = self.context.filled(self.spec.text or "")
        lines = (
            (f"| {_('[date]')} | {self.context.known['new']} | {text} |",)
            if self.spec.style == "table"
            else ()
        )
        return Next(_("Put the entry for %(new)s on top of %(path)s and push.") % self.words, lines)

    def facts(self, **more: Any) -> dict[str, Any]:
        return {"path": self.path, "commit": head(self.context), **more}


def changelog_entry(context: Context) -> Result:
    spec = context.policy.changelog
    if spec is None:
        return not_needed(_("The process names no changelog."))
    return entered(context, spec)


def entered(context: Context, spec: ChangelogSpec) -> Result:
    """Any file in which changes are written down."""
    asked = _Asked(context, spec, context.filled(spec.path))
    commit = head(context)
    if commit is None:
        return no_tree(context)
    now = context.reader.file(commit, asked.path)
    before = context.reader.file(context.base, asked.path) if context.base else None
    if not isinstance(now, File):
        if now.why is not Absence.NOTHING:
            return unknown(_("Can't tell: %(path)s is no ordinary file.") % asked.words, str(now.why))
        if before is not None and isinstance(before, File):
            return failed(_("%(path)s was there and is gone.") % asked.words, **asked.facts())
        return _missing(asked, _("%(path)s is not there.") % asked.words)
    if before is None:
        return unknown(
            _("Can't tell what is new: there is no tag %s to compare with.") % (context.base_name or "?")
        )
    old = before.data if isinstance(before, File) else b""
    if spec.style == "mention":
        return _mentioned(asked, old, now.data)
    return _compared(asked, old, now.data)


def _missing(asked: _Asked, said: str, *proof: str) -> Result:
    make = failed if asked.context.released else pending
    return make(said, *proof, then=asked.then, **asked.facts())


def _unread(asked: _Asked, why: Unread) -> Result:
    place = f"{asked.path}, line {why.line}" if why.line else asked.path
    if why.reason is Reason.NO_ENTRIES:
        return _missing(asked, why.sentence, place)
    if why.reason is Reason.CONFLICT:
        return failed(
            why.sentence, place, then=Next(_("Settle the conflict and push.")), **asked.facts(line=why.line)
        )
    return unknown(_("Can't tell: %s") % why.sentence, place, **asked.facts(line=why.line))


def _mentioned(asked: _Asked, old: bytes, new: bytes) -> Result:
    line, before = (changelog.mention(data, asked.context.known["new"]) for data in (new, old))
    if isinstance(line, Unread):
        return _unread(asked, line)
    if not line:
        return _missing(asked, _("%(path)s does not mention %(new)s yet.") % asked.words)
    place = f"{asked.path}, line {line}"
    if before:
        return warned(
            _("%(path)s mentions %(new)s, but it did so before the hotfix.") % asked.words,
            place,
            **asked.facts(line=line),
        )
    return passed(_("%(path)s mentions %(new)s.") % asked.words, place, **asked.facts(line=line))


def _compared(asked: _Asked, old: bytes, new: bytes) -> Result:
    style, pattern = asked.spec.style, asked.spec.text or ""
    before, after = (changelog.read(style, data, pattern) for data in (old, new))
    if isinstance(after, Unread):
        return _unread(asked, after)
    if isinstance(before, Unread):
        if before.reason is not Reason.NO_ENTRIES:
            return unknown(_("Can't tell what was in it before: %s") % before.sentence, asked.path)
        before = Changelog(())
    entry = after.entry(asked.context.known["new"])
    if entry is None:
        top = after.entries[0] if after.entries else None
        proof = (f"{asked.path}, line {top.line}: {top.version}",) if top else (asked.path,)
        return _missing(asked, _("%(path)s has no entry for %(new)s yet.") % asked.words, *proof)
    text = entry.text.split("\n", 1)[0][:160]
    place = f"{asked.path}, line {entry.line}: {entry.version} {entry.date} {text}"
    facts = asked.facts(line=entry.line, date=entry.date)
    if (
        wrong := _wrong_place(asked, after, entry)
        or _harmed(asked, before, after)
        or _wrong_text(asked, entry)
    ):
        return failed(wrong, place.strip(), then=asked.then, **facts)
    if doubt := _doubt(asked, before, after, entry):
        return warned(doubt, place.strip(), **facts)
    return passed(
        _("%(path)s has the entry for %(new)s, line %(line)s.") % {**asked.words, "line": entry.line},
        place.strip(),
        **facts,
    )


def _wrong_place(asked: _Asked, after: Changelog, entry: Entry) -> str:
    top = after.entries[0]
    if not asked.spec.first or entry is top:
        return ""
    words = {**asked.words, "line": entry.line, "top": top.version, "above": top.line}
    said = _(
        "The entry for %(new)s is not first: it stands on line %(line)s, below %(top)s (line %(above)s)."
    )
    return said % words


def _harmed(asked: _Asked, before: Changelog, after: Changelog) -> str:
    """What was there before must still be there as it was (K38)."""
    found = compare(before, after)
    if found.removed:
        words = {**asked.words, "gone": found.removed[0].version}
        return _("The entry for %(gone)s is gone from %(path)s; earlier entries must stay.") % words
    if found.changed:
        words = {**asked.words, "entry": found.changed[0][0].version, "line": found.changed[0][1].line}
        return _("The entry for %(entry)s was changed (line %(line)s); earlier entries must stay.") % words
    return _("Earlier entries in %(path)s changed places.") % asked.words if found.reordered else ""


def _wrong_text(asked: _Asked, entry: Entry) -> str:
    text = asked.spec.text
    if not text or asked.spec.style == "custom":
        return ""
    known = {name: value for name, value in asked.context.known.items() if "{" + name + "}" in text}
    cut = " | " if asked.spec.style == "table" else "\n"
    lines = [line.strip().lstrip("-*+>#_| \t") for line in entry.text.split(cut)]
    lines = [line.replace("**", "").replace("__", "") for line in lines]
    begun = next((line for line in lines if patterns.begins(text, line, known)), "")
    words = {**asked.words, "text": asked.context.filled(text), "line": entry.line}
    if not begun:
        return _("The entry on line %(line)s of %(path)s must begin with “%(text)s”.") % words
    found = patterns.recognised(text, begun, known)
    if found and not all(is_filled(value) for value in found.values()):
        return _("The entry on line %(line)s still has its placeholder.") % words
    return ""


def _doubt(asked: _Asked, before: Changelog, after: Changelog, entry: Entry) -> str:
    found = compare(before, after)
    if before.entry(entry.version):
        return _("%(path)s had an entry for %(new)s before the hotfix.") % asked.words
    others = [other.version for other in found.added if other is not entry]
    if others:
        return _("%(path)s has more new entries than this one: %(others)s.") % {
            **asked.words,
            "others": ", ".join(others[:5]),
        }
    if asked.spec.style == "table" and not entry.date:
        return _("The entry on line %(line)s of %(path)s has no date.") % {**asked.words, "line": entry.line}
    return ""
