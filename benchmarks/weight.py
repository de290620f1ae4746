"""What a browser that was never here loads for an incident page with 200 entries: compressed bytes of the bodies."""

from playwright.sync_api import Request

from benchmarks import Figure, Say, Unable
from benchmarks.browser import chromium, signed_in
from benchmarks.house import house

ENTRIES = 200
LIMIT_KB = 39
COUNTED = ("document", "stylesheet", "script")


def measure(say: Say) -> list[Figure]:
    with house() as site, chromium() as browser:
        say(f"{ENTRIES} entries …")
        incident = site.inside.do("incident", entries=ENTRIES)
        page = signed_in(browser, site.address).new_page()
        loaded: list[Request] = []
        page.on("requestfinished", lambda request: loaded.append(request))
        page.goto(site.address + incident["path"], wait_until="load")
        page.wait_for_timeout(1000)
        shown = page.locator("#timeline-lines > .line").count()
        counted = {
            name(request): kilobytes(request) for request in loaded if request.resource_type in COUNTED
        }
        others = {name(request): kilobytes(request) for request in loaded if name(request) not in counted}
    if shown != ENTRIES:
        raise Unable(f"the page shows {shown} entries instead of {ENTRIES}")
    return [
        Figure("weight: HTML, CSS and JS", "KB", (sum(counted.values()),), limit=LIMIT_KB, parts=counted),
        Figure("weight: the rest (icons)", "KB", (sum(others.values(), 0.0),), parts=others),
    ]


def name(request: Request) -> str:
    path = request.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return path or "/"


def kilobytes(request: Request) -> float:
    """As it went over the wire, in 1,000 bytes. Fails for a text that came uncompressed."""
    response = request.response()
    if response is None or response.status != 200:
        raise Unable(f"{request.url}: {response and response.status}")
    if request.resource_type in COUNTED and "content-encoding" not in response.headers:
        raise Unable(f"{request.url} came uncompressed")
    return request.sizes()["responseBodySize"] / 1000
