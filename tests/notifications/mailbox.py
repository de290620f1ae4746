"""A real SMTP server on loopback that misbehaves as a script says."""

import asyncio
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# What happens to the n-th message: "ok", "slow" (1 s), "4xx", "5xx", "stall", "close" (after it was kept), "quote"
# (refused, with what it found in the text, as filters do), or a whole answer to the recipient's name, such as "550
# 5.1.1 unknown".
Script = Callable[[int], str]


def obedient(n: int) -> str:
    return "ok"


class Mailbox:
    """`kept` are the messages the server has, whether or not the sender was told so."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.kept: list[EmailMessage] = []
        self.asked = 0
        self.moods: dict[int, str] = {}
        self.sessions: list[Session] = []
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked += 1
        if not any(one is session for one in self.sessions[-20:]):
            self.sessions.append(session)
        self.moods[id(envelope)] = what = self.script(self.asked)
        if what[:3].isdigit():
            return what
        envelope.rcpt_tos.append(address)
        return "250 go on"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        what = self.moods.pop(id(envelope))
        if what == "slow":
            await asyncio.sleep(1)
        if what in ("ok", "close", "slow"):
            self.kept.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
        if what == "close":
            transport: Any = server.transport
            transport.abort()
            await asyncio.sleep(0)
            return "250 nobody hears this"
        if what == "stall":
            await asyncio.sleep(60)
        if what == "quote":
            found = re.search(rb"http://\S+/l/\S+", envelope.original_content or b"")
            return f"554 5.7.1 blocked: {found[0].decode() if found else 'nothing'}"
        return {"4xx": "451 come again", "5xx": "554 never"}.get(what, "250 kept")

    @property
    def lines(self) -> int:
        """Over how many connections mails came."""
        return len(self.sessions)

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.kept]


@contextmanager
def rude(greeting: bytes, *, drip_s: float = 0) -> Iterator[int]:
    """A port that says `greeting` (byte by byte for ever, if it drips) and then waits; gives its number."""
    stop = threading.Event()

    def answer(line: socket.socket) -> None:
        with line, suppress(OSError):
            if not drip_s:
                line.sendall(greeting)
            while not stop.wait(drip_s or 5) and drip_s:
                line.sendall(b"2")

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield int(server.getsockname()[1])
        stop.set()


@contextmanager
def mailbox(script: Script = obedient, tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    box = Mailbox(script)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ssl_context=tls)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
