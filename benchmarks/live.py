"""From a commit in another process to the change in an open page.

The verb `note` commits in a process beside the worker; a MutationObserver in headless Chromium notes when the line is
there. Both read the clock of this machine.
"""

import time

from playwright.sync_api import Page

from benchmarks import Figure, Say
from benchmarks.browser import awaited, check_clocks, chromium, opened, signed_in
from benchmarks.house import house
from benchmarks.inside import Inside

ROUNDS = 20
WATCH = """() => {
  window.seen = [];
  const lines = document.querySelector("#timeline-lines");
  new MutationObserver((changes) => {
    const at = performance.timeOrigin + performance.now();
    const text = changes.flatMap((change) => [...change.addedNodes]).map((node) => node.textContent).join(" ");
    window.seen.push([at, text]);
  }).observe(lines, { childList: true, subtree: true });
}"""
FIND = "(text) => window.seen.find(([at, said]) => said.includes(text))?.[0] ?? null"


def measure(say: Say) -> list[Figure]:
    with house() as site, chromium() as browser:
        incident = site.inside.do("incident", entries=20)
        page = opened(signed_in(browser, site.address), site.address + incident["path"])
        page.evaluate(WATCH)
        say(f"{ROUNDS} notes …")
        took = [one(page, site.inside, incident["ref"], number) for number in range(ROUNDS)]
        check_clocks(page)
    return [Figure("live: commit to the change in the page", "ms", tuple(took), limit=50)]


def one(page: Page, inside: Inside, ref: str, number: int) -> float:
    # Not in step with anything that ticks.
    time.sleep(0.4 + 0.37 * (number * 0.618 % 1))
    check_clocks(page)
    text = f"Round number {number}."
    sent: float = inside.do("note", ref=ref, text=text)
    there = awaited(lambda: page.evaluate(FIND, text), 10, text)
    return there - sent
