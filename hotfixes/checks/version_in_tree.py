"""Which versions the files of one commit state, as the policy lists them, and which of them are this product's."""

from dataclasses import dataclass

from hotfixes.checks.context import Context
from hotfixes.git import globs
from hotfixes.git.reader import Absence, NoFile
from hotfixes.version_files import Unknown, Version, read
from products.process.schema.policy import VersionFile

MAX_FILES = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file states. `value` None: the file is not there. `ours`: True must be raised, False belongs to another
    product and stays; None may be ours: a pattern leaves open which of its files it is.
    """

    path: str
    spec: VersionFile
    value: Version | Unknown | NoFile | None
    ours: bool | None


def stated(context: Context, commit: str) -> dict[str, Stated]:
    """By path, in the policy's order. Raises GitError."""
    found: dict[str, Stated] = {}
    for spec in context.policy.version_files:
        for path in _paths(context, commit, spec):
            if path not in found and len(found) < MAX_FILES:
                found[path] = Stated(
                    path, spec, _value(context, commit, path, spec), _ours(context, path, spec)
                )
    return found


def states_new(context: Context, commit: str) -> bool:
    """Whether any of the version files says the new version, and did not at the base tag."""
    if not context.base or not context.policy.version_files:
        return False
    before = stated(context, context.base)
    return any(
        isinstance(one.value, Version)
        and one.ours is not False
        and one.value.base == context.known["new"]
        and not _same(before.get(path), one)
        for path, one in stated(context, commit).items()
    )


def is_version_file(context: Context, path: str) -> bool:
    return any(globs.matches(context.filled(spec.path), path) for spec in context.policy.version_files)


def _same(before: Stated | None, now: Stated) -> bool:
    return before is not None and before.value == now.value


def _paths(context: Context, commit: str, spec: VersionFile) -> tuple[str, ...]:
    path = context.filled(spec.path)
    if "*" in path or "?" in path:
        return context.reader.paths(commit, path, limit=MAX_FILES).paths
    return (path,)


def _ours(context: Context, path: str, spec: VersionFile) -> bool | None:
    if context.version_files:
        return path in context.version_files
    if spec.component and context.component and spec.component != context.component:
        return False
    if "*" in spec.path or "?" in spec.path or (spec.component and not context.component):
        return None
    return True


def _value(context: Context, commit: str, path: str, spec: VersionFile) -> Version | Unknown | NoFile | None:
    file = context.reader.file(commit, path)
    if isinstance(file, NoFile):
        return None if file.why is Absence.NOTHING else file
    return read(spec.kind, file.data, spec.key or "")
