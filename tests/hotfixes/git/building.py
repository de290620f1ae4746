"""Real repositories in milliseconds: objects and refs written as git stores them, with fixed dates, so that every id
is the same on every run. Also writes what git itself would refuse to make.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ADA = "Ada <ada@example.test>"
EPOCH = 1_780_000_000  # 2026-05-28 20:26:40 UTC

type Content = str | bytes | Entry | Mapping[str, "Content"]


@dataclass(frozen=True)
class Entry:
    """A tree's entry by mode and id: a symlink, a submodule, a tree that is already there."""

    mode: str
    id: str


@dataclass
class Repository:
    """A bare repository at `path`; each commit is a minute after the one before."""

    path: Path
    at: int = EPOCH
    tips: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in ("objects/pack", "objects/info", "refs/heads", "refs/tags"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "HEAD").write_text("ref: refs/heads/main\n")
        (self.path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    # Objects

    def write(self, kind: str, raw: bytes) -> str:
        """Any object at all, as a loose one."""
        stored = f"{kind} {len(raw)}\0".encode() + raw
        id = hashlib.sha1(stored, usedforsecurity=False).hexdigest()
        place = self.path / "objects" / id[:2] / id[2:]
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(zlib.compress(stored, 1))
        return id

    def blob(self, data: str | bytes) -> str:
        return self.write("blob", data.encode() if isinstance(data, str) else data)

    def tree(self, files: Mapping[str, Content]) -> str:
        """Nested by mapping or by slashes in the names."""
        nested: dict[str, Content] = {}
        for name, content in files.items():
            first, slash, rest = name.partition("/")
            if slash:
                inner = nested.setdefault(first, {})
                assert isinstance(inner, dict)
                inner[rest] = content
            else:
                nested[first] = content
        entries = [(name, self._entry(content)) for name, content in nested.items()]
        return self.raw_tree([(entry.mode, name, entry.id) for name, entry in entries])

    def raw_tree(self, entries: Sequence[tuple[str, str, str]]) -> str:
        """(mode, name, id) in git's order."""
        ordered = sorted(entries, key=lambda e: e[1].encode() + (b"/" if e[0] == "40000" else b""))
        return self.write(
            "tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(id) for mode, name, id in ordered)
        )

    def _entry(self, content: Content) -> Entry:
        if isinstance(content, Entry):
            return content
        if isinstance(content, str | bytes):
            return Entry("100644", self.blob(content))
        return Entry("40000", self.tree(content))

    def link(self, target: str) -> Entry:
        return Entry("120000", self.blob(target))

    # Commits, branches, tags

    def commit(
        self,
        files: Mapping[str, Content] | Entry,
        message: str = "Change\n",
        *,
        on: str = "",
        parents: Sequence[str] | None = None,
        author: str = ADA,
        at: int | None = None,
    ) -> str:
        """A commit with exactly these files; with `on` it goes on top of that branch and moves it."""
        self.at = at if at is not None else self.at + 60
        above = (
            parents if parents is not None else [tip for tip in [self.tips.get(f"refs/heads/{on}")] if tip]
        )
        tree = files.id if isinstance(files, Entry) else self.tree(files)
        head = [f"tree {tree}", *(f"parent {id}" for id in above)]
        head += [f"author {author} {self.at} +0200", f"committer {author} {self.at} +0200"]
        id = self.write("commit", ("\n".join(head) + "\n\n" + message).encode())
        if on:
            self.branch(on, id)
        return id

    def branch(self, name: str, id: str) -> str:
        return self.ref(f"refs/heads/{name}", id)

    def tag(
        self, name: str, target: str, message: str = "", *, kind: str = "commit", raw: bytes = b""
    ) -> str:
        """Annotated when there is a message, else lightweight. Returns the id that the ref holds."""
        if not message and not raw:
            return self.ref(f"refs/tags/{name}", target)
        head = f"object {target}\ntype {kind}\ntag {name}\ntagger {ADA} {self.at} +0200\n\n"
        return self.ref(f"refs/tags/{name}", self.write("tag", raw or (head + message + "\n").encode()))

    def ref(self, name: str, id: str) -> str:
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(id + "\n")
        self.tips[name] = id
        return id

    def delete(self, name: str) -> None:
        (self.path / name).unlink()
        del self.tips[name]

    def many_refs(self, names: Sequence[str], id: str) -> None:
        """100,000 refs are one file, not 100,000."""
        lines = "".join(f"{id} {name}\n" for name in sorted(names))
        (self.path / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + lines)
