"""The system's Chromium, signed in: what a person has before them."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.figure import Unable
from tests.fixtures.browser import QUIET
from tests.setup.running import EMAIL, PASSWORD

CLOCKS_MAY_DIFFER_MS = 2.0


@contextmanager
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise Unable("no Chromium on this machine (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str) -> BrowserContext:
    """A context with a session and an empty cache."""
    entrance = browser.new_context(locale="en-GB")
    page = entrance.new_page()
    page.goto(address)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_url(f"{address}/")
    context = browser.new_context(locale="en-GB", storage_state=entrance.storage_state())
    entrance.close()
    return context


def opened(context: BrowserContext, url: str) -> Page:
    """The page, once its event stream says that it is live."""
    page = context.new_page()
    page.goto(url)
    page.locator('[data-live="live"]').first.wait_for()
    return page


def check_clocks(page: Page) -> None:
    """The page's moments must be this machine's: Chromium takes the time of day once, when a page begins."""
    before = time.time() * 1000
    there: float = page.evaluate("performance.timeOrigin + performance.now()")
    after = time.time() * 1000
    if not before - CLOCKS_MAY_DIFFER_MS <= there <= after + CLOCKS_MAY_DIFFER_MS:
        raise Unable(f"the browser's clock differs: {there:.1f} is not in {before:.1f} to {after:.1f} ms")


def awaited(ask: Callable[[], float | None], seconds: float, what: str) -> float:
    """What `ask` finds, asked every 50 ms: the page itself has noted the moment, so asking late costs nothing."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (found := ask()) is not None:
            return found
        time.sleep(0.05)
    raise Unable(f"{what} did not come within {seconds:g} s")
