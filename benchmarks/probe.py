"""Probing end to end, as the worker does it: claim what is due, ask over new connections, store.

Rates are per second of CPU ("core"), so that the server that is asked and other work on the machine do not count;
ours, blackbox-exporter's and wrk's are taken in turns, and only their ratio is a goal. A Celery task per check is not
measured yet.
"""

import subprocess
from pathlib import Path

import psutil

from benchmarks import Figure, Say
from benchmarks.house import folder
from benchmarks.inside import Inside
from benchmarks.peers import Exporter, answering, cpu, found, wrk_rate
from config import embedded
from config.database import cluster
from tests.setup.running import MANAGE, ROOT, environment

ROUNDS = 5
CHECKS = 5000


def measure(say: Say) -> list[Figure]:
    found("wrk")
    with folder() as place, answering() as target, embedded.running(place / "postgres"):
        subprocess.run([*MANAGE, "migrate", "-v0"], env=environment(place), check=True, cwd=ROOT)  # noqa: S603
        exporter = Exporter(place, target)
        try:
            exporter.check()
            with Inside(place, NIGHTDESK_PROBE_NETWORKS="127.0.0.0/8") as inside:
                inside.do("many_monitors", count=CHECKS, url=target)
                inside.do("probe_all")
                say(f"{ROUNDS} rounds of {CHECKS} checks, blackbox-exporter, wrk …")
                rounds = [(*ours(inside, place), exporter.rate(), wrk_rate(target)) for _ in range(ROUNDS)]
        finally:
            exporter.end()
    mine, whole, wall, blackbox, wrk = zip(*rounds, strict=True)
    return [
        Figure("probe: ours to blackbox-exporter", "×", ratios(mine, blackbox), floor=5),
        Figure("probe: ours to wrk, new connections", "×", ratios(mine, wrk), floor=0.5),
        Figure("probe: ours, the worker's core", "checks/s", mine),
        Figure("probe: ours, PostgreSQL's CPU counted too", "checks/s", whole),
        Figure("probe: ours, by the clock on the wall", "checks/s", wall),
        Figure("probe: blackbox-exporter", "probes/s", blackbox),
        Figure("probe: wrk", "requests/s", wrk),
    ]


def ours(inside: Inside, place: Path) -> tuple[float, float, float]:
    """Checks a second of the worker's CPU, of the worker's and PostgreSQL's, and of real time."""
    was = database_cpu(place)
    done = inside.do("probe_all")
    database = database_cpu(place) - was
    checks, spent = done["checks"], done["cpu"]
    return checks / spent, checks / (spent + database), checks / done["wall"]


def database_cpu(place: Path) -> float:
    """CPU seconds of all processes of the server on this folder."""
    total = 0.0
    for pid in cluster.processes(place / "postgres"):
        try:
            total += cpu(pid)
        except psutil.NoSuchProcess:
            continue  # a worker of autovacuum that has just ended
    return total


def ratios(ours: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(mine / other for mine, other in zip(ours, theirs, strict=True))
