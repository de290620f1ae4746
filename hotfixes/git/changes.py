"""What differs between two commits, counted by git without any driver, filter or attribute of the repository.

The mirror's HEAD points nowhere, so no git (2.43 and later read `.gitattributes` of HEAD in a bare repository) finds
a line such as `* -diff` that would make every count zero: tests/hotfixes/git/test_reading.py holds it to that.
"""

from collections.abc import Iterator
from dataclasses import replace

from hotfixes.git.failures import Run
from hotfixes.git.limits import MB, READ
from hotfixes.git.reader import Change, Diff, FileChange
from hotfixes.git.trouble import GitError, Trouble

_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--ignore-submodules=none")
_CHANGES = {"A": Change.ADDED, "D": Change.DELETED, "M": Change.MODIFIED, "T": Change.RETYPED}
MAX_FILES = 20_000
_LIMITS = replace(READ, output=8 * MB)
_PATCH = replace(READ, output=16 * MB)


def diff(run: Run, old: str, new: str) -> Diff:
    """Raises GitError TOO_BIG for more than 20,000 files or 8 MB of paths."""
    said = run("diff-tree", "-r", "-z", "--raw", "--numstat", *_PLAIN, old, new, "--", limits=_LIMITS).stdout
    fields = said.decode("utf-8", "replace").split("\0")[:-1]
    raw, counted = _taken_apart(fields)
    files = tuple(
        FileChange(path, raw.get(path, Change.MODIFIED), added, deleted) for path, added, deleted in counted
    )
    if len(files) > MAX_FILES:
        raise GitError(Trouble.TOO_BIG, f"{len(files):,} files differ")
    return Diff(files)


def patch_id(run: Run, old: str, new: str) -> str:
    """`git patch-id --stable` of the difference: git ignores white space and line numbers in it."""
    patch = run("diff-tree", "-r", "-p", "--full-index", *_PLAIN, old, new, "--", limits=_PATCH).stdout
    words = run("patch-id", "--stable", stdin=patch).stdout.decode("ascii").split() if patch else []
    return words[0] if words else ""


def _taken_apart(
    fields: list[str],
) -> tuple[dict[str, Change], Iterator[tuple[str, int | None, int | None]]]:
    """`:modes ids S`, path, … and then `added TAB deleted TAB path`, …: git lists all of the first kind first."""
    changes: dict[str, Change] = {}
    at = 0
    while at + 1 < len(fields) and fields[at].startswith(":"):
        changes[fields[at + 1]] = _CHANGES.get(fields[at].rsplit(" ", 1)[-1][:1], Change.MODIFIED)
        at += 2
    return changes, map(_counted, fields[at:])


def _counted(line: str) -> tuple[str, int | None, int | None]:
    added, deleted, path = line.split("\t", 2)
    return path, _number(added), _number(deleted)


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)
