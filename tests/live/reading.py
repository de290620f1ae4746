"""A reader of the event stream, as a browser page is one."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Heard:
    """One event as it came: its id ("" without one), its name ("" for html) and its data."""

    id: str
    event: str
    data: str


@dataclass
class Reader:
    """GET /live in a thread. `heard` holds what came, beats left out; `ended` is set when the server ends it."""

    site: str
    topics: tuple[str, ...] = ("incident:1",)
    after: int = 0
    last_event_id: str = ""
    cookies: str = "user=1"
    heard: list[Heard] = field(default_factory=list)
    beats: list[Heard] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ready = threading.Event()
        self.ended = threading.Event()
        self.connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=30)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        query = urlencode([("topic", topic) for topic in self.topics] + [("after", self.after)])
        headers = {"Cookie": self.cookies} | (
            {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}
        )
        try:
            self.connection.request("GET", f"/live?{query}", headers=headers)
            answer = self.connection.getresponse()
            self.status, self.headers = answer.status, dict(answer.getheaders())
            if self.status == 200:
                self._parse(answer)
        except (OSError, http.client.HTTPException, AttributeError, ValueError):
            pass  # the server, or the test by `close`, cut it
        finally:
            self.ready.set()
            self.ended.set()

    def _parse(self, answer: http.client.HTTPResponse) -> None:
        found = {"id": "", "event": "", "data": ""}
        while line := answer.readline():
            name, _, text = line.decode().rstrip("\n").partition(": ")
            if name in found:
                found[name] = text
            elif not name and any(found.values()):
                heard = Heard(**found)
                if heard.event != "health":  # the house's own word, not what was published
                    (self.beats if heard.event == "beat" else self.heard).append(heard)
                self.ready.set()
                found = {"id": "", "event": "", "data": ""}

    def open(self) -> Reader:
        """Waits until the server answered."""
        assert self.ready.wait(10)
        return self

    def until(self, count: int, seconds: float = 10) -> list[Heard]:
        """What came, once it is `count` events (or the time is over: then the comparison shows what is missing)."""
        end = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.005)
        return self.heard

    def ids(self) -> list[str]:
        return [heard.id for heard in self.heard]

    def data(self) -> list[str]:
        return [heard.data for heard in self.heard]

    def close(self) -> None:
        if self.connection.sock:
            self.connection.sock.shutdown(2)
        self.thread.join(5)
        self.connection.close()
