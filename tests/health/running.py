"""A whole Nightdesk whose loops can be held, one by one, by making a file."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil

from tests.patience import START_S
from tests.setup.running import ROOT, Up, environment, up

LOOPS = ("ticker", "clocks", "sender", "prober", "bell", "hub", "consumer")
SEED = """
from accounts.models import Team, User
from foundation import secrets
from monitoring.add import add
from notifications.models import Channel
from products.create_product import create_product
from products.models import Process
import json
admin = User.objects.get(is_administrator=True)
team = Team.objects.first() or Team.objects.create(slug="duty", name="Duty")
product = create_product(team=team, process=Process.objects.get(key="krow"), by=admin, name="Shop")
add(product, by=admin, kind="http", target=URL + "/health", name="Shop", interval_s=5)
Channel.objects.create(team=team, kind="webhook", name="Room", shown="here",
                       sealed=secrets.seal(json.dumps({"url": URL + "/room", "secret": "whsec_" + "c2VjcmV0" * 4})))
"""
TELL = """
from notifications.models import Channel
from notifications.queue import Message, Recipient, tell
room = Channel.objects.get()
tell(about=f"INC-9/{N}", key="opened", to=[Recipient("Room", channel=room)], message=Message("It", "is"),
     team=room.team, rank=1, wake=True)
"""


class Sink:
    """An HTTP server that takes everything; `paths` is what was asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sink.paths.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def count(self, path: str) -> int:
        return self.paths.count(path)


class House:
    """`hold` a loop, `let_go` of it, ask /readyz, end processes."""

    def __init__(self, running: Up, site: str, wedges: Path, sink: Sink, **settings: str) -> None:
        self.running, self.site, self.wedges, self.sink, self.settings = running, site, wedges, sink, settings

    def hold(self, *names: str) -> None:
        for name in names:
            (self.wedges / name).touch()

    def let_go(self) -> None:
        for file in self.wedges.iterdir():
            file.unlink()

    def ready(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self.site}/readyz", timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as refused:
            found = json.load(refused)
            found["code"] = refused.code
        return found

    def bad(self) -> dict[str, str]:
        """What is not right: key → sentence."""
        return {part["key"]: part["summary"] for part in self.ready()["parts"] if not part["ok"]}

    def until(self, wanted: Callable[[], object], seconds: float) -> float:
        began = time.monotonic()
        while not wanted():
            assert time.monotonic() - began < seconds, f"not within {seconds} s: {self.bad()}"
            time.sleep(0.25)
        return time.monotonic() - began

    @property
    def worker(self) -> psutil.Process:
        return self.running.child("celery")

    def python(self, code: str) -> None:
        """Run with Django on the same database."""
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", code],
            env=environment(self.running.data, **self.settings), check=True, cwd=ROOT, timeout=START_S,
        )  # fmt: skip

    def tell(self, number: int) -> None:
        """One message to the room."""
        self.python(f"N = {number}\n{TELL}")


@contextmanager
def house(folder: Path, *, watches: bool = True, **changes: str) -> Iterator[House]:
    """One that pings, and if it `watches` looks at a service every 5 s and has a room to tell."""
    wedges, sink = folder / "wedges", Sink()
    wedges.mkdir()
    settings = {
        "NIGHTDESK_WEDGE": ",".join(f"{name}:{wedges / name}" for name in LOOPS),
        "NIGHTDESK_PROBE_NETWORKS": "127.0.0.0/8",
        "NIGHTDESK_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "NIGHTDESK_PING_URL": f"{sink.url}/ping-secret",
        **changes,
    }
    with closing(sink), up(folder / "data", **settings) as (running, site):
        found = House(running, site, wedges, sink, **settings)
        if watches:
            found.python(f"URL = {sink.url!r}\n{SEED}")
        try:
            yield found
        finally:
            found.let_go()
            for process in running.family:
                process.send_signal(signal.SIGCONT)
