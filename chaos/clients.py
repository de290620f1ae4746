"""The load: people's scripts that declare, act and push, and do not let go before they are answered."""

import http.client
import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from chaos.journal import Journal

# How long a first look at an incident may take by the process (krow, critical): its clock runs out after that.
ACKNOWLEDGE_S = 600
PATIENCE_S = 20.0


class GivenUp(Exception):
    """The end came before an answer."""


@dataclass
class Site:
    """Where Nightdesk answers; `ends`: when clients stop asking again. `pause_s`: their rest between writes."""

    ports: list[int]
    token: str
    stopping: threading.Event
    ends: threading.Event
    pause_s: float = 0.0
    busy: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = 0

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Ask, at one port after the other, until there is an answer that is not "later". Raises GivenUp."""
        while not self.ends.is_set():
            try:
                status, answer = self._once(method, path, body, key)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, None
            if status and status < 500 and status != 429:
                return status, answer
            self.ends.wait(0.3)
        raise GivenUp(path)

    def _once(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        with self._lock:
            self.busy += 1
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()
            with self._lock:
                self.busy -= 1


class Client(ABC):
    """One script with its own journal and its own numbers."""

    def __init__(self, site: Site, folder: Path, name: str, seed: int) -> None:
        self.site, self.name = site, name
        self.random = Random(f"{seed} {name}")  # noqa: S311 - a schedule, no secret
        self.journal = Journal(folder / f"{name}.jsonl")
        self.made = 0

    def run(self) -> None:
        with self.journal, suppress(GivenUp):
            while not self.site.stopping.is_set():
                self.turn()

    @abstractmethod
    def turn(self) -> None:
        """One story, or one act of it."""

    def act(self, path: str, body: dict[str, Any], **facts: Any) -> Any:
        """One write with a key of its own: asked, and once acknowledged, done."""
        self.site.stopping.wait(self.random.uniform(0, 2 * self.site.pause_s))
        self.made += 1
        key = f"{self.name}-{self.made}"
        sent = {name: key if value == "KEY" else value for name, value in body.items()}
        self.journal.write("asked", key=key, path=path, **facts)
        status, answer = self.site.ask("POST", f"/api/v1{path}", sent, key)
        if status in (200, 201):
            ref = (answer or {}).get("ref", "")
            self.journal.write("done", key=key, path=path, ref=ref, at=time.time(), **facts)
            return answer
        self.journal.write("refused", key=key, path=path, status=status, answer=answer)
        return None


class Responder(Client):
    """Declares an incident whose clock is about to run out, and leads it to its end, or leaves it."""

    def turn(self) -> None:
        after = self.random.choice((1, 2, 3, 4))
        detected = datetime.now(UTC) - timedelta(seconds=ACKNOWLEDGE_S - after)
        body = {
            "title": "KEY",
            "product": "chaos",
            "severity": "critical",
            "detected_at": detected.isoformat(),
        }
        made = self.act("/incidents", body, verb="declare")
        if made is None:
            return
        ref = made["ref"]
        for verb in self._story():
            if self.site.stopping.is_set():
                return
            name = {"resolve": "text", "mitigate": "text", "note": "text", "reopen": "reason"}.get(verb)
            facts = {name: "KEY"} if name else {}
            if verb == "change_severity":
                facts = {"severity": "high", "reason": "KEY"}
            self.act(f"/incidents/{ref}/{verb}", facts, verb=verb)

    def _story(self) -> list[str]:
        notes = ["note"] * self.random.randrange(3)
        if self.random.random() < 0.5:
            return notes  # nobody comes: its clock runs out
        end = ["resolve", "reopen", "note", "resolve"] if self.random.random() < 0.3 else ["resolve"]
        middle = ["change_severity"] if self.random.random() < 0.3 else []
        return [*notes, "acknowledge", *middle, "note", "mitigate", *end]


class Pusher(Client):
    """A script that says in turns that something is down and up again: each push that arrives is one change."""

    def __init__(self, site: Site, folder: Path, name: str, seed: int, path: str, monitor: str) -> None:
        super().__init__(site, folder, name, seed)
        self.path, self.monitor, self.number = path, monitor, 0

    def turn(self) -> None:
        self.number += 1
        status = "down" if self.number % 2 else "up"
        body = {"number": self.number, "targets": [{"id": "api", "name": "API", "status": status}]}
        self.journal.write("asked", push=self.monitor, number=self.number)
        answered, answer = self.site.ask("POST", self.path, body)
        if answered == 200:
            self.journal.write("done", push=self.monitor, number=self.number)
        else:
            self.journal.write(
                "refused", push=self.monitor, number=self.number, status=answered, answer=answer
            )
        self.site.stopping.wait(self.random.uniform(0.05, 0.5) + self.site.pause_s)


class Alerter(Client):
    """A tool that says in turns that its one alert fires and is over, each time with its own moment: each message that
    arrives is one change, however often it is sent."""

    def __init__(self, site: Site, folder: Path, name: str, seed: int, path: str) -> None:
        super().__init__(site, folder, name, seed)
        self.path, self.number = path, 0

    def turn(self) -> None:
        self.number += 1
        fires, now = self.number % 2, datetime.now(UTC).isoformat()
        state = {"status": "firing", "started_at": now} if fires else {"status": "resolved", "ended_at": now}
        self.journal.write("asked", alert=self.name, number=self.number)
        answered, answer = self.site.ask("POST", self.path, {"key": self.name, "title": self.name, **state})
        if answered == 200:
            self.journal.write("done", alert=self.name, number=self.number)
        else:
            self.journal.write("refused", alert=self.name, number=self.number, status=answered, answer=answer)
        self.site.stopping.wait(self.random.uniform(0.5, 2.0) + self.site.pause_s)


class Tidier(Client):
    """Resolves what monitors have opened, so that the next outage opens another."""

    def turn(self) -> None:
        _status, found = self.site.ask("GET", "/api/v1/incidents?status=open&q=is+down&limit=50")
        for incident in (found or {}).get("items", []):
            if self.site.stopping.is_set():
                return
            self.act(f"/incidents/{incident['ref']}/resolve", {"text": "KEY"}, verb="resolve")
        self.site.stopping.wait(1.0)


def start(clients: list[Client]) -> list[threading.Thread]:
    threads = [threading.Thread(target=client.run, name=client.name, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    return threads


def in_flight(site: Site, seconds: float, look: Callable[[], None]) -> int:
    """Wait for a moment with work under way; how many requests that is."""
    end = time.monotonic() + seconds
    while not site.busy and time.monotonic() < end:
        look()
        time.sleep(0.005)
    return site.busy
