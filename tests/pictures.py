"""Takes the pictures of docs/screenshots: a throw-away database, the real site on it, a real browser.

Run by `./run screenshots`.
"""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import embedded
from tests.fixtures.browser import QUIET
from tests.scenes import SCENES
from tests.stage import Stage

SIZES = {"390": (390, 844), "1280": (1280, 900)}
KEYBOARD_HEIGHT = 430  # what a phone's keyboard leaves
TALL, DESKTOP = 5000, 1400
LOOKS = ("light", "dark")


def take(names: Sequence[str], folder: Path, chromium: str, say: Callable[[str], None]) -> None:
    """One PNG per scene, width and look: `<scene>-<width>-<look>.png` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    # No worker runs beside a made-up site, and its pages need not say so.
    options: dict[str, list[str]] = settings.TEMPLATES[0]["OPTIONS"]  # type: ignore[assignment]
    options["context_processors"].remove("config.health.banner.alarms")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in this thread
    with _database(), sync_playwright() as playwright, _site() as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for name in names:
            stage = SCENES[name]()
            for width, look in ((w, k) for w in SIZES for k in LOOKS):
                target = folder / f"{name}-{width}-{look}.png"
                _picture(browser, address, stage, width, look, target)
            say(name)
        browser.close()


@contextmanager
def _database() -> Iterator[None]:
    """An empty database with our tables, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-pictures-") as temporary:
        server = embedded.Server(Path(temporary) / "cluster", durable=False)
        server.start()
        connections["default"].settings_dict["HOST"] = str(server.sockets)
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()
            server.stop()


@contextmanager
def _site() -> Iterator[str]:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    from config import asgi

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(asgi.application, lifespan="on", log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 15
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.servers[0].get_loop().call_soon_threadsafe(asgi.streams.close_streams)
    server.should_exit = True
    thread.join(10)
    listener.close()


def _picture(browser: Browser, address: str, stage: Stage, width: str, look: str, target: Path) -> None:
    wide, high = SIZES[width]
    if stage.typing and width == "390":
        high = KEYBOARD_HEIGHT
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        color_scheme="dark" if look == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    _sign_in(context, stage, address)
    page = context.new_page()
    if stage.lost:
        page.route("**/live?*", lambda route: route.abort())
    page.goto(address + stage.path)
    _act(page, stage)
    # A page is shown as people first see it on a phone, and on a desktop as far as one scrolls once.
    if stage.part:
        page.set_viewport_size(
            {"width": wide, "height": TALL}
        )  # nothing is pinned above what is not scrolled
        page.locator(stage.part).screenshot(path=target, animations="disabled")
    else:
        if width == "1280":
            most = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": wide, "height": max(high, min(most, DESKTOP))})
        page.screenshot(path=target, animations="disabled")
    context.close()


def _sign_in(context: BrowserContext, stage: Stage, address: str) -> None:
    client = Client()
    client.force_login(stage.person, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies(
        [
            {
                "name": cookie.key,
                "value": cookie.value,
                "domain": urlsplit(address).hostname or "localhost",
                "path": "/",
            }
        ]
    )


def _act(page: Page, stage: Stage) -> None:
    if stage.typing:
        page.get_by_label("What is broken?").fill(stage.typing)
    if stage.lost:
        page.wait_for_selector("html[data-stale]", timeout=25_000)
    else:
        page.wait_for_timeout(400)
