"""What `./run bench` measures. A benchmark is one module with `measure(say) -> list[Figure]` and one line here.

Each figure carries its goal. A benchmark that cannot run raises Unable: a missing figure must not look like a good one.
"""

from collections.abc import Callable
from importlib import import_module

from benchmarks.figure import Figure, Unable

__all__ = ["BENCHMARKS", "Figure", "Unable", "load"]

type Say = Callable[[str], object]

BENCHMARKS: dict[str, str] = {
    "start": "seconds from ./run up to the ready line, the first time and later",
    "live": "milliseconds from a commit in another process to the change in a browser's page",
    "breach": "seconds between a clock's due moment and its breach on the timeline",
    "outage": "seconds from a dying service to the incident on an open page, and back",
    "held": "seconds from a loop of its own that hangs to own health saying so, and from a frozen worker",
    "memory": "megabytes of everything `up` runs, idle with one open page",
    "weight": "kilobytes of the first load of an incident page with 200 entries",
    "messages": "of 1,000 mails through a bad mail server, how many arrive, how many twice; and who waits meanwhile",
    "backlog": "messages sent a CPU second when many wait, by mail and to a room; whether one costs more among many",
    "processes": "of 10,000 random processes, how many come back changed; of as much damage, how much goes untold",
    "history": "git on 150,000 commits: the first mirror, the deep questions with and without a commit-graph",
    "hostile": "what ends an endless pack, an endless listing, 100,000 refs, a tree bomb; seconds and our own memory",
    "verify": "a hotfix's whole verify on a small repository and on 150,000 commits, its memory, and hook to rows",
    "push": "seconds from a push, with its hook and without one, to the incident page that somebody has open",
    "decision": "milliseconds of the decision card, p95, with two years of history",
    "pages": "milliseconds of Now, the lists, an incident, its card and Decide, p95, with two years of history",
    "probe": "checks a second and core, beside blackbox-exporter and wrk",
}


def load(name: str) -> Callable[[Say], list[Figure]]:
    """The `measure` of a benchmark; its imports (a browser, psutil) are needed only when it runs."""
    measure: Callable[[Say], list[Figure]] = import_module(f"benchmarks.{name}").measure
    return measure
