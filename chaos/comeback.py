"""Redis is killed with tasks under way, again and again: each time every worker must take tasks soon after it is back.

A worker takes tasks while it waits in Redis for the next one (BRPOP). One that is up and never does so is stuck; tests
with nothing under way do not see that (ASSURANCE.md §2).
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
    took, late = list[float](), list[str]()
    with in_a_house(plan, say) as scene:
        scene.world.services.slow_s = LOOK_S
        scene.live(10)
        for number in range(1, plan.rounds + 1):
            under_way = scene.wait(lambda: _under_way(scene) > 0, 20)
            count = _under_way(scene)
            scene.broker.kill(random.uniform(0.5, 4))
            scene.striker.kills["redis"] += 1
            scene.wait(lambda: scene.broker.process is not None, 20)
            began, seen = time.monotonic(), set[int]()
            scene.wait(lambda: _all_take(scene, seen), GIVE_UP_S)  # noqa: B023 - it ends here
            took.append(time.monotonic() - began)
            if took[-1] > LIMIT_S or not under_way:
                late.append(f"round {number}: {took[-1]:.1f} s, {count} tasks were under way")
            say(f"round {number}: {count} tasks under way, all workers took tasks after {took[-1]:.1f} s")
            scene.live(random.uniform(1, 4))
        found = judged(scene, time.monotonic())
    found["judged"]["until all workers take tasks"] = spread(took)
    found["judged"]["rounds in time"] = plan.rounds - len(late)
    found["judged"]["too late"] = late
    return found


def _under_way(scene: Scene) -> int:
    """Tasks that some worker has taken and not finished."""
    with suppress(RedisError), scene.broker.client() as client:
        return int(client.hlen("unacked"))
    return 0


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
