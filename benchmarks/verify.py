"""A whole verify (fetch, keep, judge, store) on a small repository and on one of 150,000 commits; the worker's memory
over 500 of them; and how soon after a hook the rows are there.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks import Figure, Say, Unable
from benchmarks.history import COMMITS, made
from benchmarks.house import folder, house
from benchmarks.inside import Inside
from benchmarks.verifying import pushed
from tests.hotfixes.checks.stories import BRANCH, Story

ROUNDS, FLAT, HOOKS = 15, 500, 8


def measure(say: Say) -> list[Figure]:
    if shutil.which("git") is None:
        raise Unable("git is not installed")
    with folder() as place:
        story = Story.begun(place / "small")
        story.whole_fix()
        say(f"{COMMITS:,} commits are made …")
        big = place / "big.git"
        made(big)
        with house(NIGHTDESK_GIT_PROTOCOLS="file") as site:
            return _measured(site.inside, story.repository.path, big, say)


def _measured(inside: Inside, small: Path, big: Path, say: Say) -> list[Figure]:
    figures: list[Figure] = []
    for path, branch, is_big in ((small, BRANCH, False), (big, "hotfix/v1", True)):
        name, limit = (f"{COMMITS:,} commits", 1000) if is_big else ("small repository", 150)
        say(f"{name} …")
        ids = inside.do("verify_hotfix", path=str(path), big=is_big, version="1.0.0" if is_big else "0.1.0")
        look = _looker(inside, ids["repository"])
        first = look()
        if inside.do("verify_verdicts", hotfix=ids["hotfix"])["cut_from_tag"] != "PASS":
            raise Unable(f"the verdicts of the {name} are wrong")
        quiet = tuple(look() for _round in range(ROUNDS))
        after = []
        for number in range(ROUNDS):
            pushed(str(path), branch, number)
            after.append(look())
        figures += [
            Figure(f"verify: {name}, first look", "ms", (first,)),
            Figure(f"verify: {name}, nothing new", "ms", quiet, limit=limit),
            Figure(f"verify: {name}, after a push", "ms", tuple(after), limit=limit),
        ]
        if not is_big:
            figures.append(_flat(inside, look, say))
            figures.append(_hooks(inside, ids["hotfix"], path, branch, say))
    return figures


def _looker(inside: Inside, repository: int) -> Callable[[], float]:
    return lambda: float(inside.do("verify", repository=repository))


def _flat(inside: Inside, look: Callable[[], float], say: Say) -> Figure:
    say(f"{FLAT} looks …")
    before = inside.do("megabytes")
    for _round in range(FLAT):
        look()
    return Figure(
        f"verify: memory grown over {FLAT} looks", "MB", (inside.do("megabytes") - before,), limit=10
    )


def _hooks(inside: Inside, hotfix: int, path: Path, branch: str, say: Say) -> Figure:
    say(f"{HOOKS} hooks …")
    took = []
    for number in range(HOOKS):
        commit = pushed(str(path), branch, 1000 + number)
        took.append(inside.do("verify_hook", hotfix=hotfix, branch=branch, commit=commit))
    return Figure("verify: from a hook to the rows, by the worker", "s", tuple(took), limit=3, every=True)
