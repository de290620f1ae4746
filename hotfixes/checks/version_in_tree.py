"""Which versions the files of one commit state, as the policy lists them, and which of them are this product's."""

from dataclasses import dataclass

from hotfixes.checks.given import Given
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


def stated(given: Given, commit: str) -> dict[str, Stated]:
    """By path, in the policy's order. Raises GitError."""
    found: dict[str, Stated] = {}
    for spec in given.policy.version_files:
        for path in _paths(given, commit, spec):
            if path not in found and len(found) < MAX_FILES:
                found[path] = Stated(path, spec, _value(given, commit, path, spec), _ours(given, path, spec))
    return found


def states_new(given: Given, commit: str) -> bool:
    """Whether any of the version files says the new version, and did not at the base tag."""
    if not given.base or not given.policy.version_files:
        return False
    before = stated(given, given.base)
    return any(
        isinstance(one.value, Version)
        and one.ours is not False
        and one.value.base == given.known["new"]
        and not _same(before.get(path), one)
        for path, one in stated(given, commit).items()
    )


def is_version_file(given: Given, path: str) -> bool:
    return any(globs.matches(given.filled(spec.path), path) for spec in given.policy.version_files)


def _same(before: Stated | None, now: Stated) -> bool:
    return before is not None and before.value == now.value


def _paths(given: Given, commit: str, spec: VersionFile) -> tuple[str, ...]:
    path = given.filled(spec.path)
    if "*" in path or "?" in path:
        return given.reader.paths(commit, path, limit=MAX_FILES).paths
    return (path,)


def _ours(given: Given, path: str, spec: VersionFile) -> bool | None:
    if given.version_files:
        return path in given.version_files
    if spec.component and given.component and spec.component != given.component:
        return False
    if "*" in spec.path or "?" in spec.path or (spec.component and not given.component):
        return None
    return True


def _value(given: Given, commit: str, path: str, spec: VersionFile) -> Version | Unknown | NoFile | None:
    file = given.reader.file(commit, path)
    if isinstance(file, NoFile):
        return None if file.why is Absence.NOTHING else file
    return read(spec.kind, file.data, spec.key or "")
