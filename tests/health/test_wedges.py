"""Loops held for real in a running Nightdesk, with the figures of production: each is said within 30 seconds."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.begun import Begin
from tests.health.running import House, house
from tests.patience import MUST_MS, START_S, in_time
from tests.setup.running import EMAIL, PASSWORD

SAID_S = 30.0
HELD = {"sender": "messages", "hub": "pages", "prober": "monitors"}  # loop: part of the judgement


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, begin: Begin) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("health")
    begin(folder / "data")
    with house(folder) as found:
        found.until(lambda: found.sink.count("/health") >= 2 and not found.bad(), START_S)
        yield found


@pytest.fixture(scope="module")
def said(running: House) -> Iterator[Future[float]]:
    """Holds the loops; how long it took until each was said. Waited for beside the tests, for it takes long."""
    running.until(lambda: running.sink.count("/ping-secret") == 1, START_S)
    running.hold(*HELD)
    running.tell(1)
    with ThreadPoolExecutor() as waiting:
        yield waiting.submit(running.until, lambda: set(HELD.values()) <= running.bad().keys(), 3 * SAID_S)


@pytest.fixture
def another(tmp_path_factory: pytest.TempPathFactory, begin: Begin) -> Iterator[House]:
    """One that only pings."""
    folder = tmp_path_factory.mktemp("frozen")
    begin(folder / "data")
    with house(folder, watches=False) as found:
        found.until(lambda: found.sink.count("/ping-secret") == 1, START_S)
        yield found


@pytest.mark.browser
@pytest.mark.usefixtures("said")
def test_a_frozen_worker_is_said_on_an_open_page_and_the_ping_stops(another: House, page: Page) -> None:
    page.goto(f"{another.site}/accounts/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-live=live]")).to_have_count(1)
    expect(page.locator("#health")).to_have_text("")
    another.worker.suspend()
    began, pings = time.monotonic(), another.sink.count("/ping-secret")
    expect(page.locator("#health")).to_contain_text(
        "Nightdesk's worker has been frozen since", timeout=2 * MUST_MS
    )
    assert in_time(time.monotonic() - began, SAID_S)
    assert another.sink.count("/ping-secret") == pings
    another.worker.resume()
    expect(page.locator("#health")).to_have_text("", timeout=2 * MUST_MS)


def test_loops_that_are_held_are_said_each_by_its_name(running: House, said: Future[float]) -> None:
    assert in_time(said.result(), SAID_S)
    assert running.ready()["code"] == 503
    running.let_go()
    running.until(lambda: running.sink.count("/room") == 1, 3 * SAID_S)
    running.until(lambda: not running.bad(), 3 * SAID_S)
