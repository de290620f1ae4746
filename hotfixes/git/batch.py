"""Many objects in one run of git: `cat-file --batch` told ids, its answer taken apart by the sizes it states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hotfixes.git.trouble import GitError, Trouble


@dataclass(frozen=True, slots=True)
class Object:
    """An object as git holds it. `kind` is blob, tree, commit or tag."""

    id: str
    kind: str
    raw: bytes


def objects(said: bytes) -> Iterator[Object | None]:
    """The answer of `cat-file --batch`, in the order of the questions; None for one that has no object. Raises GitError
    CORRUPT for an answer that breaks off.
    """
    at = 0
    while at < len(said):
        end = said.find(b"\n", at)
        if end < 0:
            raise GitError(Trouble.CORRUPT, "the answer of cat-file breaks off")
        words = said[at:end].split(b" ")
        at = end + 1
        if len(words) != 3 or not words[2].isdigit():
            yield None  # "… missing", "… ambiguous"
            continue
        size = int(words[2])
        if len(said) < at + size + 1:
            raise GitError(Trouble.CORRUPT, "the answer of cat-file breaks off")
        yield Object(words[0].decode("ascii"), words[1].decode("ascii"), said[at : at + size])
        at += size + 1


def questions(names: Iterable[str]) -> bytes:
    """Names for `--batch` and `--batch-check`, one a line. Full ids, maybe with `^{…}`: never anybody's text."""
    return "".join(f"{name}\n" for name in names).encode("ascii")
