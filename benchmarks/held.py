"""How soon Nightdesk says that a loop of its own hangs: each is held for real, with the figures of production."""

import json
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks import Figure, Say, Unable
from benchmarks.browser import awaited
from benchmarks.house import House, folder, house
from tests.notifications.receiving import receiver

# The loop, and the part of own health that must say it.
LOOPS = {
    "ticker": "ticker",
    "clocks": "ticker",
    "sender": "messages",
    "prober": "monitors",
    "hub": "pages",
    "bell": "broker",
    "consumer": "broker",
}
LIMIT_S = 30.0


def measure(say: Say) -> list[Figure]:
    with folder() as place:
        wedges = {name: place / name for name in LOOPS}
        environment = {
            "NIGHTDESK_WEDGE": ",".join(f"{name}:{path}" for name, path in wedges.items()),
            "NIGHTDESK_PROBE_NETWORKS": "127.0.0.0/8",
            "NIGHTDESK_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        with receiver(host="127.0.0.1") as phone, house(**environment) as site:
            room = site.inside.do("room", url=f"{phone.url}/room")
            site.inside.do("monitor", url=f"{site.address}/livez", name="itself", interval_s=5)
            said = [one(say, site, name, wedges[name], room) for name in LOOPS]
            say("worker frozen …")
            said.append(frozen(site))
    names = [*LOOPS, "worker frozen"]
    return [
        Figure(f"held: {name}", "s", (seconds,), limit=LIMIT_S, every=True)
        for name, seconds in zip(names, said, strict=True)
    ]


def one(say: Say, site: House, name: str, wedge: Path, room: int) -> float:
    """Seconds from holding it, with work for it under way, to the sentence; all is well before and after."""
    say(f"{name} …")
    well(site)
    began = time.monotonic()
    wedge.touch()
    try:
        if name == "sender":
            site.inside.do("ring", channel=room, number=1)
        return until_said(site, LOOPS[name], began)
    finally:
        wedge.unlink()


def frozen(site: House) -> float:
    well(site)
    worker = site.up.child("celery")
    began = time.monotonic()
    worker.send_signal(signal.SIGSTOP)
    try:
        return until_said(site, "worker", began)
    finally:
        worker.send_signal(signal.SIGCONT)


def well(site: House) -> None:
    awaited(lambda: 1.0 if not bad(site) else None, 120, "all to be well")


def until_said(site: House, key: str, began: float) -> float:
    while key not in bad(site):
        if time.monotonic() - began > 4 * LIMIT_S:
            raise Unable(f"{key} was not said within {4 * LIMIT_S:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - began


def bad(site: House) -> set[str]:
    """The parts that every page says something about."""
    try:
        with urllib.request.urlopen(f"{site.address}/readyz", timeout=10) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as refused:
        found = json.load(refused)
    return {part["key"] for part in found["parts"] if part["level"] in ("down", "warn")}
