"""Several people at once, each in a browser of their own: a phone in the night, a desk in the morning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import User
from tests.fixtures.axe import Axe
from tests.signing import sign_in

PHONE, DESK = (390, 844), (1280, 900)


@dataclass
class Person:
    """Somebody signed in, and the page before them."""

    page: Page
    address: str

    def opens(self, path: str) -> None:
        self.page.goto(self.address + path)

    def opens_live(self, path: str) -> None:
        """And what others do arrives from now on."""
        self.opens(path)
        expect(self.page.locator("[data-live=live]").first).to_be_visible()

    def arrives_live(self, path: str) -> None:
        """By what was tapped before, and no faster than the page comes."""
        self.page.wait_for_url(self.address + path)
        expect(self.page.locator("[data-live=live]").first).to_be_visible()

    def leaves(self) -> None:
        """Done for now: a page that nobody looks at fetches itself with each step of the others all the same."""
        self.page.goto("about:blank")

    def types(self, label: str, words: str) -> None:
        """Into the field that has the focus by itself, once it has."""
        expect(self.page.get_by_label(label)).to_be_focused()
        self.page.keyboard.type(words)

    def goes_to_close(self) -> None:
        """The page that asks has the same loud word as the one before it."""
        self.page.locator("#now").get_by_role("link", name="Close").click()
        self.page.wait_for_url("**/close")

    def taps(self, words: str) -> None:
        """The one loud button, which reads so; while the tap before is on its way, another one is dropped."""
        self.sees_to_do(words)
        expect(self.page.locator("form.htmx-request")).to_have_count(0)
        self.page.locator(".button.primary:visible").click()

    def taps_twice(self, words: str) -> None:
        """What a slip of the thumb must not say is asked once more on its own page."""
        self.taps(words)
        self.page.wait_for_url("**/finish_step**")
        self.taps(words)

    def sees_to_do(self, words: str) -> None:
        """Exactly one thing is loud."""
        expect(self.page.locator(".button.primary:visible")).to_have_text([words])

    def follows(self, words: str, of: str) -> None:
        """A link that says to readers of the screen what it is of."""
        name = re.compile(f"{re.escape(words)} ?: {re.escape(of)}")
        self.page.get_by_role("link", name=name).click()

    def sees(self, words: str) -> None:
        """As the newest line of the timeline, without having done anything."""
        expect(self.page.locator("#timeline-lines .line").first).to_contain_text(words)

    def sound(self) -> None:
        """axe finds nothing of any impact, and nothing is wider than the page."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(width) <= 0


type Desks = Callable[..., Person]


@pytest.fixture
def desk_of(browser: Browser, browser_context_args: dict[str, Any], asgi_server: str) -> Iterator[Desks]:
    """Signs people in; at the end no page of any of them has said an error."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def sit(user: User, size: tuple[int, int] = DESK) -> Person:
        wide = {"width": size[0], "height": size[1]}
        context = browser.new_context(**{**browser_context_args, "viewport": wide})
        contexts.append(context)
        cookie = sign_in(user).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Person(page, asgi_server)

    yield sit
    for context in contexts:
        context.close()
    assert errors == []
