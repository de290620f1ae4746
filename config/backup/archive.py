"""The file: an ordinary tar of a note for people, the database as SQL (gzip), a manifest, then a checksum of it all.

The last member, 2,048 bytes with the end of the tar, is made of nothing but the sha256 of every byte before it: a file
that was cut off or changed anywhere is refused before a single row is loaded.
"""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, cast

from config.backup import Trouble

NOTE, DATABASE, MANIFEST, CHECKSUM = "nightdesk-backup.txt", "database.sql.gz", "manifest.json", "sha256"
BLOCK = 512
TRAILER = 4 * BLOCK
PIECE = 1 << 20
FORMAT = 1
WORDS = """A backup of Nightdesk, made by `./run backup`. `./run restore FILE` loads it into an empty installation.

database.sql.gz  every table but sessions and other things of the moment, as PostgreSQL's own SQL (psql reads it too)
manifest.json    when and from what it was made, rows per table, the head of each incident's timeline
sha256           the checksum of every byte before it

Not in here: SECRET_KEY and NIGHTDESK_ENCRYPTION_KEYS (the files secret_key and encryption_keys of the data folder).
Keep those elsewhere. Without the encryption keys, channels' addresses and keys and repositories' tokens have to be
entered again.
"""


@dataclass(frozen=True)
class Archive:
    """A backup whose checksum is right."""

    path: Path
    manifest: dict[str, Any]

    @contextmanager
    def sql(self) -> Iterator[BufferedIOBase]:
        """The database as SQL, uncompressed."""
        with tarfile.open(self.path) as tar:
            member = tar.extractfile(DATABASE)
            assert member
            with gzip.open(member) as text:
                yield text


def write(file: IO[bytes], dump: Callable[[IO[bytes]], dict[str, Any]]) -> dict[str, Any]:
    """Write a backup to the seekable `file`; `dump` writes SQL to what it is given and returns the manifest."""
    _member(file, NOTE, WORDS.encode())
    manifest = _database(file, dump)
    _member(file, MANIFEST, json.dumps({"format": FORMAT, **manifest}, indent=1).encode())
    file.flush()
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):  # read again: what the disk has, not what we think we wrote
        digest.update(piece)
    file.write(_trailer(digest.hexdigest()))
    return manifest


def _database(file: IO[bytes], dump: Callable[[IO[bytes]], dict[str, Any]]) -> dict[str, Any]:
    """Its length is known only afterwards: the header is written last."""
    began = file.tell()
    file.write(bytes(BLOCK))
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, filename="", mtime=0) as packed:
        manifest = dump(cast(IO[bytes], packed))
    size = file.tell() - began - BLOCK
    file.write(bytes(-size % BLOCK))
    end = file.tell()
    file.seek(began)
    file.write(_header(DATABASE, size))
    file.seek(end)
    return manifest


def _member(file: IO[bytes], name: str, content: bytes) -> None:
    file.write(_header(name, len(content)) + content + bytes(-len(content) % BLOCK))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _trailer(digest: str) -> bytes:
    return _header(CHECKSUM, len(digest)) + digest.encode().ljust(BLOCK, b"\0") + bytes(2 * BLOCK)


def read(path: Path, *, name: str = "") -> Archive:
    """Check the whole file; raises Trouble for one that is no backup, cut off, changed, or of a later format. `name`
    is what people call it."""
    name = name or str(path)
    try:
        with path.open("rb") as file:
            if not file.read(BLOCK).startswith(NOTE.encode() + b"\0"):
                raise Trouble(f"{name} is not a backup of Nightdesk.")
            _check(file, name)
        with tarfile.open(path) as tar:
            tar.getmember(DATABASE)
            member = tar.extractfile(MANIFEST)
            assert member
            manifest = json.loads(member.read())
            newer = int(manifest["format"]) > FORMAT
    except (tarfile.TarError, LookupError, TypeError, ValueError) as problem:
        raise Trouble(
            f"{name} is not a backup of Nightdesk: parts of it are missing or cannot be read."
        ) from problem
    except OSError as problem:
        raise Trouble(f"{name} cannot be read: {problem.strerror or problem}.") from problem
    if newer:
        raise Trouble(
            f"{name} was made by a newer Nightdesk ({manifest['version']}). Restore it with that one."
        )
    return Archive(path, manifest)


def _check(file: IO[bytes], name: str) -> None:
    left = file.seek(0, 2) - TRAILER
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (piece := file.read(min(PIECE, left))):
        digest.update(piece)
        left -= len(piece)
    end = file.read()
    if end == _trailer(digest.hexdigest()):
        return
    if not end.startswith(CHECKSUM.encode() + b"\0"):
        raise Trouble(f"{name} is cut off: its end is missing. Take another copy. Nothing was restored.")
    raise Trouble(f"{name} was changed after it was made: its checksum is not right. Nothing was restored.")
