"""The pages people open at night, with two years of history and five open incidents: milliseconds to the answer."""

from statistics import median

import httpx

from benchmarks import Figure, Say
from benchmarks.house import House, house
from benchmarks.reader import p95, reader, shows, took

ROUNDS, COUNTED = 100, 30
LIMIT_MS = 200


def measure(say: Say) -> list[Figure]:
    with house() as site, reader(site) as browser:
        say("two years of history …")
        made = site.inside.do("night")
        ref = made["ref"]
        # Each page with words that it says of what is beneath it.
        pages = {
            "Now": ("/", "5 open incidents"),
            "incidents": ("/incidents/", "Outage 699"),
            "an incident": (f"/incidents/{ref}/", "Sign-in fails for all staff"),
            "its decision card": (f"/decisions/{ref}/", "Hotfix or rollback?"),
            "Decide": ("/decisions/", "Waits for you"),
            "products": ("/products/", made["product"]),
        }
        for path, words in pages.values():
            shows(browser, path, words)
        say(f"{ROUNDS} rounds …")
        rounds = [
            {name: took(browser, path) for name, (path, _words) in pages.items()} for _ in range(ROUNDS)
        ]
        say("what they cost …")
        cost = {name: _cpu_ms(site, browser, path) for name, (path, _words) in pages.items()}
    rows = ", ".join(f"{n:,} {name}" for name, n in made["rows"].items())
    found = []
    for name in pages:
        times = [one[name] for one in rounds]
        parts = {"median": median(times), "most": max(times), "CPU, PostgreSQL's too": cost[name]}
        found.append(
            Figure(f"pages: {name}, p95", "ms", (p95(times),), limit=LIMIT_MS, note=rows, parts=parts)
        )
        rows = ""
    return found


def _cpu_ms(site: House, browser: httpx.Client, path: str) -> float:
    """Of all processes for one such page: says more than the clock where the machine has other work."""
    before = _spent(site)
    for _ in range(COUNTED):
        took(browser, path)
    return (_spent(site) - before) * 1000 / COUNTED


def _spent(site: House) -> float:
    times = [process.cpu_times() for process in site.processes]
    return sum(each.user + each.system for each in times)
