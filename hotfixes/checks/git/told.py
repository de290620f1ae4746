"""What users are told by files: the release notes (A31) and the manifest that points to the new version (A29)."""

from django.utils.translation import gettext as _

from hotfixes.checks.context import Context
from hotfixes.checks.git.arrival import head
from hotfixes.checks.git.branch import no_tree
from hotfixes.checks.git.changelog import entered
from hotfixes.checks.shapes import Next, Result, failed, not_needed, passed, pending, unknown
from hotfixes.git.reader import Absence, File
from hotfixes.version_files import Unknown, kind_of, read

_BY_ENDING = {"json": "npm", "yaml": "pubspec", "yml": "pubspec", "toml": "pyproject", "txt": "plain"}


def release_notes(context: Context) -> Result:
    spec = context.policy.release_notes
    if spec is None:
        return not_needed(_("The process names no release notes."))
    return entered(context, spec)


def manifest_version(context: Context) -> Result:
    """The file's own word. An address is asked by a monitor."""
    spec = context.policy.manifest
    if spec is None:
        return not_needed(_("The process names no manifest."))
    if not spec.path:
        return unknown(_("Can't tell from the repository: the manifest is at an address."))
    commit = head(context)
    if commit is None:
        return no_tree(context)
    path = context.filled(spec.path)
    words = {**context.known, "path": path}
    file = context.reader.file(commit, path)
    if not isinstance(file, File):
        missing = file.why is Absence.NOTHING
        return (
            unknown(_("Can't tell: %(path)s is not in the repository.") % words)
            if missing
            else unknown(_("Can't tell: %(path)s is no ordinary file.") % words, str(file.why))
        )
    kind = kind_of(path) or _BY_ENDING.get(path.rpartition(".")[2].lower(), "plain")
    found = read(kind, file.data, spec.key or "")
    if isinstance(found, Unknown):
        return unknown(_("Can't tell: %(path)s. %(why)s") % {**words, "why": found.sentence}, path)
    words["found"] = found.text
    place = f"{path}, line {found.line}: {found.text}"
    if found.base == context.known["new"]:
        return passed(_("%(path)s points to %(new)s.") % words, place, commit=commit)
    then = Next(_("Write %(new)s into %(path)s and push.") % words)
    said = _("%(path)s still points to %(found)s; it should be %(new)s.") % words
    return (failed if context.tag else pending)(said, place, then=then, commit=commit)
