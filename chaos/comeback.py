"""Redis is killed with tasks under way, again and again: each time every worker must take tasks soon after it is back.

A worker takes tasks while it waits in Redis for the next one (BRPOP). One that is up and never does so is stuck; tests
with nothing under way do not see that.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import psutil
from redis.exceptions import RedisError

from chaos.figures import spread
from chaos.storm import Plan, Scene, in_a_house, judged

LIMIT_S = 15.0
GIVE_UP_S = 60.0
LOOK_S = 1.0


def run(plan: Plan, say: Callable[[str], object]) -> dict[str, Any]:
    """`plan.rounds` kills; how long it took each time until the last worker took tasks again."""
    random = Random(plan.seed)  # noqa: S311 - a schedule, no secret
    took, late, left_behind = list[float](), list[str](), set[str]()
    with in_a_house(plan, say) as scene:
        scene.world.services.slow_s = LOOK_S
        scene.live(10)
        for number in range(1, plan.rounds + 1):
            busy = scene.wait(lambda: bool(_in_hand(scene) - left_behind), 20)  # noqa: B023 - it ends here
            tasks = _in_hand(scene)
            count = len(tasks - left_behind)
            left_behind |= tasks
            scene.broker.kill(random.uniform(0.5, 4))
            scene.striker.kills["redis"] += 1
            scene.wait(lambda: scene.broker.process is not None, 20)
            began, seen = time.monotonic(), set[int]()
            scene.wait(lambda: _all_take(scene, seen), GIVE_UP_S)  # noqa: B023 - it ends here
            took.append(time.monotonic() - began)
            if took[-1] > LIMIT_S or not busy:
                late.append(f"round {number}: {took[-1]:.1f} s, {count} tasks were under way")
            say(f"round {number}: {count} tasks under way, all workers took tasks after {took[-1]:.1f} s")
            scene.live(random.uniform(1, 4))
        found = judged(scene, time.monotonic())
    found["judged"]["until all workers take tasks"] = spread(took)
    found["judged"]["rounds in time"] = plan.rounds - len(late)
    found["judged"]["too late"] = late
    return found


def _in_hand(scene: Scene) -> set[str]:
    """Tasks that some worker took and has not acknowledged; those of a lost connection stay for 180 s."""
    with suppress(RedisError), scene.broker.client() as client:
        return {str(key) for key in client.hkeys("unacked")}
    return set()


def _all_take(scene: Scene, seen: set[int]) -> bool:
    """Adds to `seen` who waits for the next task; True once that is every worker, and nothing waits in vain."""
    workers = {process.pid: process for process in scene.house.victims("worker")}
    with suppress(RedisError, psutil.Error), scene.broker.client() as client:
        waiting = {
            int(one["addr"].rpartition(":")[2]) for one in client.client_list() if one["cmd"] == "brpop"
        }
        for pid, process in workers.items():
            if any(connection.laddr.port in waiting for connection in process.net_connections("tcp")):
                seen.add(pid)
        whole = len(workers) == scene.plan.workers + 1
        return whole and workers.keys() <= seen and client.llen("celery") == 0
    return False
