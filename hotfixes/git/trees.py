"""Files inside a commit's tree, read from the objects: nothing is checked out, no link is followed."""

from dataclasses import replace

from hotfixes.git import globs, names
from hotfixes.git.failures import Run
from hotfixes.git.limits import MB, READ
from hotfixes.git.reader import Absence, File, NoFile, Paths
from hotfixes.git.recalling import MEMORY

MAX_FILE = 1 * MB
_REGULAR = ("100644", "100755", "100664")  # the last stands in very old histories
_OTHERS = {"120000": Absence.SYMLINK, "160000": Absence.SUBMODULE, "040000": Absence.FOLDER}
_LISTING = replace(READ, output=32 * MB)


def file(run: Run, commit: str, path: str) -> File | NoFile:
    """What stands there, by its mode and size, before any byte of it is read."""
    said = run("ls-tree", "-z", "-l", "--full-tree", commit, "--", path).stdout
    for entry in said.split(b"\0")[:-1]:
        description, _, found = entry.partition(b"\t")
        if found.decode("utf-8", "surrogateescape") == path:
            mode, _kind, id, size = description.decode("ascii").split()
            break
    else:
        return NoFile(path, Absence.NOTHING)
    if mode not in _REGULAR:
        return NoFile(path, _OTHERS.get(mode, Absence.NOTHING))
    if int(size) > MAX_FILE:
        return NoFile(path, Absence.TOO_BIG, int(size))
    # The same content in the next commit, and in the next round, is not read again.
    data = MEMORY.once(("blob", id), lambda: run("cat-file", "blob", names.oid(id)).stdout)
    return File(path, id, mode == "100755", data)


def paths(run: Run, commit: str, glob: str, limit: int) -> Paths:
    """Raises GitError TOO_BIG when the folder holds more than 32 MB of names (a tree bomb)."""
    folder = globs.literal_folder(glob)
    where = ("--", names.path(folder.rstrip("/")) + "/") if folder else ("--",)
    said = run("ls-tree", "-r", "-z", "--full-tree", commit, *where, limits=_LISTING).stdout
    found: list[str] = []
    for entry in said.split(b"\0")[:-1]:
        description, _, raw = entry.partition(b"\t")
        if not description.startswith(b"100"):
            continue
        try:
            path = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if globs.matches(glob, path):
            found.append(path)
            if len(found) > limit:
                break
    return Paths(tuple(found[:limit]), more=len(found) > limit)
