"""Redis is away for minutes: breaches must fire as if nothing had happened."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chaos.storm import Plan, in_a_house, judged

BEFORE_S = 15.0
# How late a breach is shall be Redis' doing, not that of clients who take all the machine has.
PAUSE_S = 0.5
P99_S = 2.0


def run(plan: Plan, say: Callable[[str], object]) -> dict[str, Any]:
    """Load, no strikes but one: Redis is killed and stays away for `plan.outage_s`."""
    with in_a_house(replace(plan, pause_s=PAUSE_S), say) as scene:
        scene.live(BEFORE_S)
        say(f"Redis is away for {plan.outage_s:.0f} s")
        scene.broker.kill(plan.outage_s)
        scene.striker.kills["redis"] += 1
        scene.live(plan.outage_s)
        while scene.broker.process is None:
            scene.live(0.1)
        say("Redis is back")
        began = time.monotonic()
        scene.live(BEFORE_S)
        found = judged(scene, began)
    lag = found["judged"]["breach lag, Redis down"]
    late = (
        []
        if lag.get("p99", P99_S) < P99_S
        else [f"99 % of breaches should take less than {P99_S:g} s: {lag}"]
    )
    found["judged"]["too late"] = late
    return found
