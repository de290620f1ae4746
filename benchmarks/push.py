"""From a push to the page that somebody has open: git over http, a forge's API and signed hook, Chromium.

`./run up` does all of it; only the forge is played (tests/hotfixes/forges/playing.py). Both read this machine's clock.
"""

import hashlib
import hmac
import json
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page

from benchmarks import Figure, Say, Unable
from benchmarks.browser import awaited, check_clocks, chromium, opened, signed_in
from benchmarks.house import folder, house
from benchmarks.verifying import pushed
from tests.hotfixes.checks.stories import BRANCH, Story
from tests.hotfixes.forges.playing import Forge, forge
from tests.hotfixes.git.serving import served

ROUNDS, UNTOLD = 20, 2
# How many files the fix changes stands on the page; each push adds one.
WATCH = """() => {
  window.seen = {};
  const look = () => {
    const found = /(\\d+) files?,/.exec(document.querySelector("[id^=minimal-]")?.textContent ?? "");
    if (found) window.seen[found[1]] ??= performance.timeOrigin + performance.now();
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
FIND = "(count) => window.seen[count] ?? null"
LAST = "() => Math.max(0, ...Object.keys(window.seen).map(Number))"
OPEN = {
    "NIGHTDESK_GIT_PROTOCOLS": "http",
    "NIGHTDESK_PROBE_NETWORKS": "127.0.0.0/8",
    "NIGHTDESK_WEBHOOK_NETWORKS": "127.0.0.0/8",
}


def measure(say: Say) -> list[Figure]:
    if shutil.which("git") is None:
        raise Unable("git is not installed")
    with folder() as place:
        story = Story.begun(place / "files")
        story.whole_fix()
        path = story.repository.path
        with (
            served(path.parent) as git,
            forge("github") as there,
            house(**OPEN) as site,
            chromium() as browser,
        ):
            facts = site.inside.do("push_hotfix", url=f"{git.url}/{path.name}", forge=there.url)
            page = opened(signed_in(browser, site.address), site.address + facts["path"])
            page.evaluate(WATCH)
            awaited(lambda: page.evaluate(LAST) or None, 90, "the first look")
            say(f"{ROUNDS} pushes with a hook …")
            hook = _hook(there, site.address + urlsplit(facts["hook"]).path, facts["secret"])
            told = [_one(page, path, number, hook) for number in range(ROUNDS)]
            say(f"{UNTOLD} pushes without one …")
            untold = [_one(page, path, ROUNDS + number, time.time) for number in range(UNTOLD)]
    return [
        Figure("push: from the forge's hook to the open page", "s", tuple(told), limit=3, every=True),
        Figure("push: from a push that no hook tells of", "s", tuple(untold), limit=65, every=True),
    ]


def _one(page: Page, path: Path, number: int, tell: Callable[[], float]) -> float:
    """Seconds from the moment that `tell` returns to the change in the page."""
    # Not in step with anything that ticks.
    time.sleep(0.4 + 0.37 * (number * 0.618 % 1))
    check_clocks(page)
    before: int = page.evaluate(LAST)
    pushed(str(path), BRANCH, number)
    sent = tell()
    there = awaited(lambda: page.evaluate(FIND, str(before + 1)), 80, f"push {number}")
    return there / 1000 - sent


def _hook(there: Forge, address: str, secret: str) -> Callable[[], float]:
    """Sends what GitHub sends after a push; returns the moment before it was sent."""

    def send() -> float:
        body = json.dumps({"ref": f"refs/heads/{BRANCH}", "repository": {"html_url": there.url}}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        }
        at = time.time()
        answer = httpx.post(address, content=body, headers=headers)
        if answer.status_code != 202:
            raise Unable(f"the hook was answered with {answer.status_code}: {answer.text[:200]}")
        return at

    return send
