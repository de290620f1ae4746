"""The run itself: load, strikes, calm, judgement."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chaos import clients
from chaos.house import House
from chaos.inside import Inside
from chaos.outside import SERVICES, Outside, outside
from chaos.redis import Broker
from chaos.schedule import WITH_REDIS, Strike, schedule
from chaos.strikes import Striker

PUSHED = 6
ALERTERS = 3
FINISH_S = 60.0

type Say = Callable[[str], object]


@dataclass(frozen=True)
class Plan:
    """`gap_s`: between two strikes, on average. `hasten`: leases of the dead are aged at the end, not waited for.

    `pause_s`: what clients rest between two writes; without any they take all the machine has.
    """

    seed: int
    seconds: float
    gap_s: float = 6.0
    webs: int = 1
    workers: int = 2
    responders: int = 6
    pause_s: float = 0.0
    redis: bool = True
    disk: bool = True
    hasten: bool = False
    keep: bool = False
    calm_s: float = 240.0
    outage_s: float = 300.0
    rounds: int = 20


@dataclass
class Scene:
    """A house with its load, and the hand that strikes it."""

    plan: Plan
    say: Say
    house: House
    inside: Inside
    world: Outside
    site: clients.Site
    threads: list[threading.Thread]
    striker: Striker
    began: float

    @property
    def broker(self) -> Broker:
        assert self.house.broker
        return self.house.broker

    def live(self, seconds: float) -> None:
        """Let time pass, with what has died started again."""
        self.wait(lambda: False, seconds)

    def wait(self, happened: Callable[[], bool], seconds: float) -> bool:
        """The same until something has happened; False when it has not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.striker.look()
            if happened():
                return True
            time.sleep(0.02)
        return False


@contextmanager
def in_a_house(plan: Plan, say: Say) -> Iterator[Scene]:
    """Nightdesk under load; nothing of it is left afterwards."""
    with outside(plan.seed) as world:
        house = House(
            webs=plan.webs, workers=plan.workers, redis=plan.redis, small_disk=plan.disk, **world.environment
        )
        try:
            say(f"starting Nightdesk in {house.folder}")
            house.start()
            with Inside(house) as inside:
                site, threads = _load(plan, inside, world)
                yield Scene(plan, say, house, inside, world, site, threads, Striker(house), time.monotonic())
        finally:
            house.end(keep=plan.keep)


def _load(plan: Plan, inside: Inside, world: Outside) -> tuple[clients.Site, list[threading.Thread]]:
    facts = {
        "services": world.services.url,
        "count": SERVICES,
        "pushed": PUSHED,
        "room": f"{world.room.url}/room",
    }
    house, scene = inside.house, inside.ask("set", **facts)
    journals = house.folder / "journals"
    journals.mkdir()
    site = clients.Site(house.ports, scene["token"], threading.Event(), threading.Event(), plan.pause_s)
    crowd: list[clients.Client] = [
        *(clients.Responder(site, journals, f"responder{n}", plan.seed) for n in range(plan.responders)),
        *(
            clients.Pusher(site, journals, slug, plan.seed, path, slug)
            for slug, path in scene["paths"].items()
        ),
        *(
            clients.Alerter(site, journals, f"alerter{n}", plan.seed, scene["alerts"])
            for n in range(ALERTERS)
        ),
        clients.Tidier(site, journals, "tidier", plan.seed),
    ]
    return site, clients.start(crowd)


def run(plan: Plan, say: Say) -> dict[str, Any]:
    """Strikes for `plan.seconds`, then calm and judgement."""
    with in_a_house(plan, say) as scene:
        strikes = schedule(plan.seed, plan.seconds, gap_s=plan.gap_s, without=_without(scene))
        say(f"seed {plan.seed}: {len(strikes)} strikes in {plan.seconds:.0f} s")
        _strike(scene, strikes)
        return judged(scene, time.monotonic())


def _without(scene: Scene) -> frozenset[str]:
    left_out: set[str] = set()
    if not scene.plan.redis:
        scene.say("without Redis: nothing of it is killed or flushed")
        left_out |= WITH_REDIS
    if not scene.house.has_small_disk:
        scene.say("the disk is not filled: not asked for, or not possible here (it needs root and a tmpfs)")
        left_out.add("disk full")
    return frozenset(left_out)


def _strike(scene: Scene, strikes: list[Strike]) -> None:
    """A strike waits, at most 5 s, for a moment with work under way."""
    for strike in strikes:
        scene.live(scene.began + strike.at_s - time.monotonic())
        busy = clients.in_flight(scene.site, 5.0, scene.striker.look)
        hit = scene.striker.strike(strike)
        what = f"{strike.kind} for {strike.lasts_s:g} s" if strike.lasts_s else strike.kind
        passed = time.monotonic() - scene.began
        scene.say(f"{passed:6.1f} s  {what}{'' if hit else ': nobody there'}, {busy} requests under way")
    scene.live(scene.began + scene.plan.seconds - time.monotonic())


def judged(scene: Scene, began: float) -> dict[str, Any]:
    """Wait until all is calm, then hold what is there against what was promised."""
    scene.say("no more strikes; waiting until all is calm")
    lasted = time.monotonic() - scene.began
    unfinished = {} if _let_finish(scene) else {"processes": 1}
    unfinished |= scene.inside.ask("calm", seconds=scene.plan.calm_s, hastened=scene.plan.hasten)
    calm_s, at = time.monotonic() - began, time.time()
    verdict = scene.inside.ask(
        "judge",
        journals=str(scene.house.folder / "journals"),
        received=scene.world.received(),
        redis_down=scene.house.broker.down if scene.house.broker else [],
        at=at,
    )
    return {
        "seed": scene.plan.seed,
        "seconds": lasted,
        "kills": dict(scene.striker.kills),
        "skipped": dict(scene.striker.skipped),
        "calm_s": calm_s,
        "unfinished": unfinished,
        "judged": verdict,
    }


def _let_finish(scene: Scene) -> bool:
    """Let all come back, and the clients be answered; False when a process stays away."""
    scene.world.stopping.set()
    scene.site.stopping.set()
    for process in list(scene.house.frozen):
        scene.house.thaw(process)
    scene.house.make_room()
    scene.wait(lambda: not any(thread.is_alive() for thread in scene.threads), FINISH_S)
    scene.site.ends.set()
    scene.wait(lambda: not any(thread.is_alive() for thread in scene.threads), FINISH_S)
    return scene.wait(scene.house.is_whole, FINISH_S)
