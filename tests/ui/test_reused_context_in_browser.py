"""What browser tests rely on: the context they share is for each of them as a new one would be."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from tests.fixtures import reused
from tests.fixtures.reused import Reused

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STAIN = """async () => {
    localStorage.stain = sessionStorage.stain = document.cookie = "stain=1";
    await (await caches.open("stain")).put("/stain", new Response("stain"));
    await new Promise((done) => { indexedDB.open("stain").onsuccess = done; });
    window.name = "stain";
}"""
STAINS = """async () => ({
    local: localStorage.length, session: sessionStorage.length, cookies: document.cookie, name: window.name,
    caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length, history: history.length,
    granted: (await navigator.permissions.query({ name: "geolocation" })).state, online: navigator.onLine,
    width: innerWidth, dark: matchMedia("(prefers-color-scheme: dark)").matches,
    slow: matchMedia("(prefers-reduced-motion: reduce)").matches, print: matchMedia("print").matches,
})"""


def stains(context: BrowserContext, address: str) -> dict[str, object]:
    page = context.new_page()
    page.goto(address)
    found: dict[str, object] = page.evaluate(STAINS)
    names = [cookie.get("name") for cookie in context.cookies()]
    return {**found, "names": names, "title": page.title(), "tabs": len(context.pages)}


def stain(context: BrowserContext, page: Page, address: str, heard: list[object]) -> None:
    """Everything that a test may do."""
    page.goto(address)
    page.evaluate(STAIN)
    for site in (address, "http://elsewhere.test/"):
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": "stain", "url": site}])
    context.grant_permissions(["geolocation"])
    for place in (context, page):
        place.route("**", lambda route: route.fulfill(body="<title>stain</title>", content_type="text/html"))
    context.on("page", lambda page: heard.append(page))
    context.on("request", lambda request: heard.append(request))
    page.add_init_script("window.name = 'stain'")
    page.set_viewport_size({"width": 333, "height": 333})
    page.emulate_media(color_scheme="dark", media="print")
    context.new_page().goto(address)
    page.evaluate("void window.open('about:blank')")
    context.set_offline(True)


def test_nothing_of_a_test_is_left_for_the_next(
    browser: Browser, browser_context_args: dict[str, object], asgi_server: str
) -> None:
    address = f"{asgi_server}/accounts/login/"
    ours, heard = Reused(browser, browser_context_args), list[object]()
    clean = stains(ours.lend(), address)
    ours.take_back()
    lent = ours.lend()
    stain(lent, lent.new_page(), address, heard)
    assert heard
    assert (len(lent.cookies()), len(lent.pages)) == (4, 4)
    ours.take_back()
    heard.clear()
    assert stains(ours.lend(), address) == clean
    assert heard == []
    new = browser.new_context(**browser_context_args)  # type: ignore[arg-type]
    assert {**stains(new, address), "tabs": 2} == clean
    new.close()
    ours.close()


def test_what_could_not_be_taken_away_is_refused(context: BrowserContext, page: Page) -> None:
    for asks in (
        lambda: context.add_init_script("1"),
        lambda: context.expose_function("f", print),
        lambda: context.set_extra_http_headers({}),
        lambda: context.tracing,
        lambda: page.clock.install(),
        lambda: context.clock.install(),
    ):
        with pytest.raises(AssertionError, match="new_context"):
            asks()


def test_everything_that_a_context_can_do_has_been_thought_of() -> None:
    """What a new Playwright adds is none of the three until somebody says which."""
    known = reused.HARMLESS | reused.UNDONE | reused.REFUSED
    assert {name for name in dir(BrowserContext) if not name.startswith("_")} == known
