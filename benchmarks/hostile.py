"""What hostile repositories cost: a pack that never ends, 100,000 refs, a listing that never ends, a tree bomb."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import override

import psutil

from benchmarks import Figure, Say, Unable
from hotfixes.git import disk
from hotfixes.git.address import Access
from hotfixes.git.limits import MB
from hotfixes.git.mirror import Mirror, opened
from hotfixes.git.remote import Remote
from hotfixes.git.trouble import GitError, Trouble
from network.egress import Policy

LOOPBACK = Policy(frozenset({ip_network("127.0.0.0/8")}))
QUOTA = 512 * MB
REFS = 100_000
FLAT_MB = 60


def measure(say: Say) -> list[Figure]:
    if shutil.which("git") is None:
        raise Unable("git is not installed")
    figures: list[Figure] = []
    cases: tuple[tuple[str, Callable[[Path], None]], ...] = (
        ("a pack of 2 GB, quota 512 MB", endless_pack),
        ("a listing that never ends", endless_listing),
        ("100,000 refs mirrored", many_refs),
        ("a tree bomb of 12^12 files listed", tree_bomb),
    )
    for name, ask in cases:
        say(f"{name} …")
        with tempfile.TemporaryDirectory(prefix="nightdesk-bench-") as folder:
            seconds, grown = watched(partial(ask, Path(folder)))
        figures.append(Figure(f"hostile: {name}", "s", (seconds,)))
        figures.append(Figure(f"hostile: {name}, our memory", "MB", (grown,), limit=FLAT_MB))
    return figures


def watched(ask: Callable[[], object]) -> tuple[float, float]:
    """(seconds, megabytes that our own process was bigger at most while it ran)."""
    ours = psutil.Process()
    before = peak = ours.memory_info().rss
    done = threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, ours.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    try:
        ask()
    finally:
        took = time.perf_counter() - began
        done.set()
        looking.join()
    return took, (peak - before) / 1e6


def refused(trouble: Trouble, ask: Callable[[], object]) -> None:
    """Raises Unable unless it ends in this way."""
    try:
        ask()
    except GitError as problem:
        if problem.trouble is trouble:
            return
        raise Unable(f"ended as {problem!r} instead of {trouble}") from problem
    raise Unable(f"nothing ended it; expected {trouble}")


def endless_pack(folder: Path) -> None:
    mirror = replace(opened(folder / "mirror"), quota=QUOTA)
    with served(Pack) as url:
        refused(Trouble.TOO_BIG, lambda: mirror.update(Remote(url, Access(LOOPBACK, ("http",)))))
    if disk.size(mirror.folder) > MB:
        raise Unable("half a pack was left behind")


def endless_listing(folder: Path) -> None:
    with served(Listing) as url:
        refused(Trouble.MEMORY, Remote(url, Access(LOOPBACK, ("http",))).listing)


def many_refs(folder: Path) -> None:
    source = folder / "source.git"
    id = committed(source)
    lines = "".join(f"{id} refs/heads/team/{n:06}\n" for n in range(REFS))
    (source / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + lines)
    found = mirrored(source, folder).cli.refs().by_name
    if len(found) != REFS + 1:
        raise Unable(f"{len(found)} refs instead of {REFS + 1}")


def tree_bomb(folder: Path) -> None:
    source = folder / "source.git"
    subprocess.run(["git", "init", "-q", "--bare", str(source)], check=True)  # noqa: S603, S607
    id, kind, mode = git(source, "hash-object", "-w", "--stdin", said="boom\n"), "blob", "100644"
    for _level in range(12):
        entries = "".join(f"{mode} {kind} {id}\tf{n:02}\n" for n in range(12))
        id, kind, mode = git(source, "mktree", said=entries), "tree", "040000"
    commit = git(source, *WHO, "commit-tree", id, "-m", "Boom")
    git(source, "update-ref", "refs/heads/main", commit)
    cli = mirrored(source, folder).cli
    refused(Trouble.TOO_BIG, lambda: cli.paths(commit, "**/VERSION"))


WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")


def git(folder: Path, *words: str, said: str = "") -> str:
    command = ["git", f"--git-dir={folder}", *words]
    done = subprocess.run(command, input=said, text=True, capture_output=True, check=True)  # noqa: S603
    return done.stdout.strip()


def committed(source: Path) -> str:
    subprocess.run(["git", "init", "-q", "--bare", str(source)], check=True)  # noqa: S603, S607
    commit = git(source, *WHO, "commit-tree", git(source, "mktree"), "-m", "First")
    git(source, "update-ref", "refs/heads/main", commit)
    return commit


def mirrored(source: Path, folder: Path) -> Mirror:
    mirror = opened(folder / "mirror")
    mirror.update(Remote(f"file://{source}", Access(Policy(), ("file",))))
    return mirror


class Pack(BaseHTTPRequestHandler):
    """Advertises one branch, then sends a pack with one file of 2 GB that cannot be compressed."""

    @override
    def log_message(self, format: str, *args: object) -> None: ...

    def head(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
        self.end_headers()

    def do_GET(self) -> None:
        self.head("advertisement")
        lines = [b"# service=git-upload-pack\n", b"", b"1" * 40 + b" refs/heads/main\0ofs-delta\n", b""]
        self.wfile.write(b"".join(b"%04x" % (len(line) + 4) + line if line else b"0000" for line in lines))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.head("result")
        size = 2 << 30
        header = bytearray([0x30 | 0x80 | size & 15])  # a blob; four bits of its size, then seven at a time
        size >>= 4
        while size:
            header.append(size & 127 | (128 if size > 127 else 0))
            size >>= 7
        stored = zlib.compressobj(0)
        noise = os.urandom(MB)
        self.wfile.write(b"0008NAK\nPACK\0\0\0\2\0\0\0\1" + bytes(header))
        for _megabyte in range(2048):
            self.wfile.write(stored.compress(noise))


class Listing(Pack):
    """Advertises branches for ever."""

    @override
    def do_GET(self) -> None:
        self.head("advertisement")
        self.wfile.write(b"001e# service=git-upload-pack\n0000")
        line = b"1" * 40 + b" refs/heads/endless\n"
        lines = (b"%04x" % (len(line) + 4) + line) * 10_000
        while True:
            self.wfile.write(lines)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """The other side was ended: that is what is measured."""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x.git"
        server.shutdown()
