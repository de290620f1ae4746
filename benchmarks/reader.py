"""Somebody who is signed in and asks a running Nightdesk for pages, one after the other."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from benchmarks.figure import Unable
from benchmarks.house import House
from tests.setup.running import EMAIL, PASSWORD


@contextmanager
def reader(site: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, follow_redirects=True) as browser:
        page = browser.get("/accounts/login/")
        token = page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
        sent = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
        browser.post("/accounts/login/", data=sent, headers={"Referer": site.address})
        yield browser


def shows(browser: httpx.Client, path: str, words: str) -> None:
    """Raises Unable for a page that does not say `words`."""
    if words not in browser.get(path).text:
        raise Unable(f"{path} came without “{words}”")


def took(browser: httpx.Client, path: str) -> float:
    """Milliseconds from the request to the whole answer."""
    began = time.perf_counter()
    browser.get(path).raise_for_status()
    return (time.perf_counter() - began) * 1000


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]
