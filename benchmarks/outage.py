"""A real service is killed, and comes back: when an open page shows it.

The limit is what the monitor's own settings cost (its interval, then its retries) and two seconds for all the rest.
"""

import http.client
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks import Figure, Say
from benchmarks.browser import awaited, check_clocks, chromium, signed_in
from benchmarks.house import House, folder, free_port, house

ROUNDS = 5
INTERVAL_S, RETRY_S, FAIL_AFTER, RECOVER_AFTER = 5, 1, 2, 1
REST_S = 2.0
WATCH = """([selector, text]) => {
  window.seen = null;
  const look = () => {
    const there = [...document.querySelectorAll(selector)].some((node) => node.textContent.includes(text));
    if (there && window.seen === null) window.seen = performance.timeOrigin + performance.now();
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


class Service:
    """`python -m http.server` as a process of its own."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, free_port()
        self.start()

    def start(self) -> float:
        """Returns the moment (ms since 1970) when it answered."""
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1"],
            cwd=self.place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return awaited(self._answers, 20, "the service to be watched")

    def _answers(self) -> float | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/")
            return time.time() * 1000 if connection.getresponse().status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()

    def kill(self) -> float:
        """kill -9; returns the moment."""
        self.process.kill()
        at = time.time() * 1000
        self.process.wait()
        return at


def measure(say: Say) -> list[Figure]:
    networks = {"NIGHTDESK_PROBE_NETWORKS": "127.0.0.0/8"}
    with folder() as place, house(**networks) as site, chromium() as browser:
        service = Service(place)
        try:
            context = signed_in(browser, site.address)
            now, incident = context.new_page(), context.new_page()
            target = site.inside.do(
                "monitor", url=f"http://127.0.0.1:{service.port}/", name="sign-in", interval_s=INTERVAL_S,
                retry_s=RETRY_S, fail_after=FAIL_AFTER, recover_after=RECOVER_AFTER,
            )  # fmt: skip
            say(f"{ROUNDS} outages …")
            rounds = [one(number, site, service, target, now, incident) for number in range(1, ROUNDS + 1)]
        finally:
            service.kill()
    down, up = zip(*rounds, strict=True)
    return [
        Figure(
            "outage: killed to the incident on Now", "s", down, every=True,
            limit=INTERVAL_S + RETRY_S * (FAIL_AFTER - 1) + REST_S,
            note=f"looks every {INTERVAL_S} s, again after {RETRY_S} s, down after {FAIL_AFTER} failures",
        ),
        Figure(
            "outage: back to the note on the incident", "s", up, every=True,
            limit=INTERVAL_S + RETRY_S * (RECOVER_AFTER - 1) + REST_S,
        ),
    ]  # fmt: skip


def one(
    number: int, site: House, service: Service, target: int, now: Page, incident: Page
) -> tuple[float, float]:
    """One outage and its end: seconds to the incident, seconds to the note."""
    ref = f"INC-{number}"
    awaited(lambda: 1.0 if site.inside.do("state", target=target) == "up" else None, 20, "the first look")
    live(now, f"{site.address}/")
    now.evaluate(WATCH, [f'main a[href="/incidents/{ref}/"]', "sign-in is down"])
    time.sleep(INTERVAL_S * (number * 0.618 % 1))  # at another moment between two looks each time
    killed = service.kill()
    shown = awaited(lambda: now.evaluate("window.seen"), 30, f"{ref} on Now")
    check_clocks(now)
    live(incident, f"{site.address}/incidents/{ref}/")
    incident.evaluate(WATCH, ["#timeline-lines .line", "is up again"])
    time.sleep(INTERVAL_S * (number * 0.382 % 1))
    back = service.start()
    noted = awaited(lambda: incident.evaluate("window.seen"), 30, f"the note on {ref}")
    site.inside.do("resolve", ref=ref)
    return (shown - killed) / 1000, (noted - back) / 1000


def live(page: Page, url: str) -> None:
    page.goto(url)
    page.locator('[data-live="live"]').first.wait_for()
