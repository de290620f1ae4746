"""The decision card with two years of history: milliseconds from the request to the whole answer on this machine."""

from statistics import median

from benchmarks import Figure, Say
from benchmarks.house import house
from benchmarks.reader import p95, reader, shows, took

ROUNDS = 200


def measure(say: Say) -> list[Figure]:
    with house() as site, reader(site) as browser:
        say("two years of history …")
        made = site.inside.do("two_years")
        path = f"/decisions/{made['ref']}/"
        shows(browser, path, "Hotfix or rollback?")
        say(f"{ROUNDS} cards …")
        times = [took(browser, path) for _ in range(ROUNDS)]
    rows = ", ".join(f"{n:,} {name}" for name, n in made["rows"].items())
    return [
        Figure(
            "decision: the card's page, p95",
            "ms",
            (p95(times),),
            limit=150,
            note=rows,
            parts={"median": median(times)},
        )
    ]
