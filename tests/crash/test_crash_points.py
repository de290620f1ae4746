"""A process dies at each named place, in the midst of its work; a second one goes on. Nothing is lost or doubled."""

import ast
import os
import signal
import subprocess
import sys

import pytest

from tests.crash import deciding, deploying, mending, rolling_back, telling, watching
from tests.crash import scenes as known
from tests.crash.conftest import World
from tests.crash.nursery import ROOT
from tests.crash.scenes import Scene

FAMILIES = ("sweep", "send", "ingest", "verb", "probe", "watch")
APPS = (
    "config",
    "hotfixes",
    "incidents",
    "monitoring",
    "notifications",
    "products",
    "accounts",
    "live",
    "network",
    "foundation",
)
PARTS = (known, telling, deciding, mending, rolling_back, deploying, watching)
SWEPT = {place: scenes for part in PARTS for place, scenes in part.SWEPT.items()}
CASES = [(place, scene) for place, scenes in SWEPT.items() for scene in scenes]


@pytest.mark.parametrize(("place", "scene"), CASES, ids=[f"{p}-{s.__name__}" for p, s in CASES])
def test_a_second_process_finishes_what_a_dead_one_began(
    world: World, place: str, scene: type[Scene]
) -> None:
    under_way = scene(world, place)
    assert under_way.die() == signal.SIGKILL, f"nobody came by {place}"
    under_way.go_on()
    under_way.check()


def test_every_place_in_the_code_is_swept_once() -> None:
    texts = (path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py"))
    named = [name for text in texts if "crashpoint" in text for name in _places(text)]
    assert sorted(named) == sorted(SWEPT)
    assert {name.partition(".")[0] for name in named} == set(FAMILIES)


def _places(text: str) -> list[str]:
    """The names given to `crashpoint`, each a plain text, so that it can be found."""
    calls = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crashpoint"
    ]
    return [call.args[0].value for call in calls]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("armed", "ended"), [("here", -signal.SIGKILL), ("there", 0), ("", 0)])
def test_only_the_place_that_the_environment_names_is_deadly(armed: str, ended: int) -> None:
    passing = "from foundation.crash import crashpoint; crashpoint('here')"
    environment = {**os.environ, "NIGHTDESK_CRASH": armed}
    done = subprocess.run([sys.executable, "-c", passing], cwd=ROOT, env=environment, check=False)
    assert done.returncode == ended
