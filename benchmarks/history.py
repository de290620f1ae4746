"""Git on a history of 150,000 commits: the first mirror, and the deep questions with and without a commit-graph."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from benchmarks import Figure, Say, Unable
from hotfixes.git.address import Access
from hotfixes.git.cli import Cli
from hotfixes.git.mirror import opened
from hotfixes.git.remote import Remote
from network.egress import Policy

COMMITS = 150_000
TAGS = 2_000
ROUNDS = 7
EPOCH = 1_600_000_000


def measure(say: Say) -> list[Figure]:
    if shutil.which("git") is None:
        raise Unable("git is not installed")
    with tempfile.TemporaryDirectory(prefix="nightdesk-bench-") as folder:
        say(f"{COMMITS:,} commits are made …")
        source = Path(folder) / "source.git"
        made(source)
        mirror = opened(Path(folder) / "mirror")
        remote = Remote(f"file://{source}", Access(Policy(), ("file",)))
        say("mirrored …")
        steps: set[int] = set()
        before = psutil.Process().memory_info().rss
        first = timed(lambda: mirror.update(remote, tell=lambda now: steps.add(now.percent) if now else None))
        again = [timed(lambda: mirror.update(remote)) for _round in range(ROUNDS)]
        grown = (psutil.Process().memory_info().rss - before) / 1e6
        say("asked …")
        asked = questions(mirror.cli)
        with_graph = {name: [timed(ask) for _round in range(ROUNDS)] for name, ask in asked.items()}
        shutil.rmtree(mirror.folder / "objects/info/commit-graphs")
        without = {name: [timed(ask) for _round in range(3)] for name, ask in asked.items()}
    return [
        Figure("history: first mirror", "s", (first / 1000,), note=f"{len(steps)} steps of progress"),
        Figure("history: update when nothing is new", "ms", tuple(again)),
        Figure("history: memory of our process meanwhile", "MB", (grown,), limit=40),
        Figure(
            "history: a hotfix's questions together",
            "ms",
            tuple(map(sum, zip(*with_graph.values(), strict=True))),
            limit=1000,
            parts={name: sorted(values)[ROUNDS // 2] for name, values in with_graph.items()},
        ),
        *(Figure(f"history: {name}", "ms", tuple(values)) for name, values in with_graph.items()),
        *(Figure(f"history: {name}, no commit-graph", "ms", tuple(v)) for name, v in without.items()),
    ]


def questions(cli: Cli) -> dict[str, Callable[[], object]]:
    """What the checks of one hotfix ask: cut from the tag? merged? what changed? which version? whose message?"""
    refs = cli.refs().by_name
    main, fix = refs["refs/heads/main"].id, refs["refs/heads/hotfix/v1"].id
    old = refs["refs/tags/v1"].commit or ""
    return {
        "all refs": cli.refs,
        "deep ancestor": lambda: cli.is_ancestor(old, main),
        "deep ancestor that is none": lambda: cli.is_ancestor(fix, main),
        "merge base": lambda: cli.merge_bases(main, fix),
        "log of the fix": lambda: cli.log(fix, since=old),
        "difference": lambda: cli.diff(old, fix),
        "version file": lambda: cli.file(fix, "VERSION"),
        "changelog": lambda: cli.file(fix, "CHANGELOG.md"),
        "commit": lambda: cli.commit(fix),
    }


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def made(path: Path) -> None:
    """By fast-import: a main line with a merge every tenth commit, and a fix cut from the first tag."""
    subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)  # noqa: S603, S607
    command = ["git", f"--git-dir={path}", "fast-import", "--quiet", "--depth=10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin is not None
        for piece in stream():
            process.stdin.write(piece.encode())
        process.stdin.close()
    if process.returncode:
        raise Unable(f"git fast-import: exit code {process.returncode}")


def stream() -> Iterator[str]:
    yield "blob\nmark :1\ndata 6\n1.0.0\n\n"
    for n in range(1, COMMITS + 1):
        mark, before = n + 1, n
        side = n % 10 == 0 and n > 20
        yield commit("refs/heads/main", mark, n, before if n > 1 else 0, mark - 8 if side else 0)
        yield "M 100644 :1 VERSION\n" if n == 1 else ""
        yield f"M 100644 inline src/{n % 40}/file{n % 500}.py\ndata {len(str(n)) + 1}\n{n}\n\n"
        if n % (COMMITS // TAGS) == 0:
            number = n // (COMMITS // TAGS)
            message = f"Release {number}"
            yield f"tag v{number}\nfrom :{mark}\ntagger Ada <ada@example.test> {EPOCH + n} +0000\n"
            yield f"data {len(message)}\n{message}\n"
    base = COMMITS // TAGS + 1
    yield commit("refs/heads/hotfix/v1", COMMITS + 2, COMMITS + 1, base, 0)
    yield "M 100644 inline VERSION\ndata 6\n1.0.1\n\nM 100644 inline CHANGELOG.md\ndata 10\n## 1.0.1\n\n\n"


def commit(ref: str, mark: int, n: int, parent: int, other: int) -> str:
    text = f"Change {n}\n"
    lines = [f"commit {ref}", f"mark :{mark}", f"committer Ada <ada@example.test> {EPOCH + n * 60} +0000"]
    lines += [f"data {len(text)}", text]
    lines += [f"from :{parent}"] if parent else []
    lines += [f"merge :{other}"] if other else []
    return "\n".join(lines) + "\n"
