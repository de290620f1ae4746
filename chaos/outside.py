"""The world around: a service that fails and recovers, a mailbox, a webhook's receiver. They remember what came."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver

SERVICES = 8


class Services(ThreadingHTTPServer):
    """`/n` answers 200 or 503, each service by its own turns; `slow_s` makes a look take that long."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        self.failing: set[int] = set()
        self.slow_s = 0.0
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked was killed."""

    def flip(self, stopping: threading.Event, random: Random) -> None:
        """Turn one service after the other, until the end."""
        while not stopping.wait(random.uniform(0.2, 1.5)):
            self.failing ^= {random.randrange(SERVICES)}


class _Answer(BaseHTTPRequestHandler):
    server: Services

    def do_GET(self) -> None:
        time.sleep(self.server.slow_s)
        number = int(self.path.strip("/") or 0)
        self.send_response(503 if number in self.server.failing else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@dataclass
class Outside:
    services: Services
    post: Mailbox
    room: Receiver
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "MAIL_URL": f"smtp://127.0.0.1:{self.post.port}",
            "NIGHTDESK_WEBHOOK_NETWORKS": "127.0.0.2/32",
            "NIGHTDESK_PROBE_NETWORKS": "127.0.0.1/32",
        }

    def received(self) -> dict[str, Any]:
        """How often each key came, by mail and by webhook; the keys of each webhook's (incident, cause, type)."""
        mails = Counter(str(mail["Message-ID"]).partition("@")[0].strip("<") for mail in list(self.post.kept))
        calls = Counter(got.headers["webhook-id"] for got in list(self.room.got))
        return {"mail": mails, "webhook": calls}


@contextmanager
def outside(seed: int) -> Iterator[Outside]:
    with ExitStack() as stack:
        services = Services()
        stack.callback(services.server_close)
        threading.Thread(target=services.serve_forever, args=(0.05,), daemon=True).start()
        stack.callback(services.shutdown)
        world = Outside(services, stack.enter_context(mailbox()), stack.enter_context(receiver()))
        random = Random(seed)  # noqa: S311 - a schedule, no secret
        threading.Thread(target=services.flip, args=(world.stopping, random), daemon=True).start()
        stack.callback(world.stopping.set)
        yield world
