"""The decision card with two years of history: milliseconds from the request to the whole answer on this machine."""

import time

import httpx

from benchmarks import Figure, Say, Unable
from benchmarks.house import house
from tests.setup.running import EMAIL, PASSWORD

ROUNDS = 200


def measure(say: Say) -> list[Figure]:
    with house() as site, httpx.Client(base_url=site.address, follow_redirects=True) as browser:
        say("two years of history …")
        made = site.inside.do("two_years")
        page = browser.get("/accounts/login/")
        token = page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        sent = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
        browser.post("/accounts/login/", data=sent, headers={"Referer": site.address})
        path = f"/decisions/{made['ref']}/"
        if "Hotfix or rollback?" not in browser.get(path).text:
            raise Unable("the card did not come")
        say(f"{ROUNDS} cards …")
        took = sorted(_once(browser, path) for _ in range(ROUNDS))
    rows = ", ".join(f"{n:,} {name}" for name, n in made["rows"].items())
    p95 = took[int(ROUNDS * 0.95) - 1]
    return [
        Figure(
            "decision: the card's page, p95",
            "ms",
            (p95,),
            limit=150,
            note=rows,
            parts={"median": took[ROUNDS // 2]},
        )
    ]


def _once(browser: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    browser.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000
