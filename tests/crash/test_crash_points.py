"""A process dies at each named place, in the midst of its work; a second one goes on. Nothing is lost or doubled."""

import os
import signal
import subprocess
import sys

import pytest

from tests.crash.conftest import World
from tests.crash.nursery import ROOT
from tests.crash.scenes import Scene
from tests.crash.swept import SWEPT

CASES = [(place, scene) for place, scenes in SWEPT.items() for scene in scenes]


@pytest.mark.parametrize(("place", "scene"), CASES, ids=[f"{p}-{s.__name__}" for p, s in CASES])
def test_a_second_process_finishes_what_a_dead_one_began(
    world: World, place: str, scene: type[Scene]
) -> None:
    under_way = scene(world, place)
    assert under_way.die() == signal.SIGKILL, f"nobody came by {place}"
    under_way.go_on()
    under_way.check()


@pytest.mark.parametrize(("armed", "ended"), [("here", -signal.SIGKILL), ("there", 0), ("", 0)])
def test_only_the_place_that_the_environment_names_is_deadly(armed: str, ended: int) -> None:
    passing = "from foundation.crash import crashpoint; crashpoint('here')"
    environment = {**os.environ, "NIGHTDESK_CRASH": armed}
    done = subprocess.run([sys.executable, "-c", passing], cwd=ROOT, env=environment, check=False)
    assert done.returncode == ended
