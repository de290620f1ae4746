"""A real SMTP server on loopback that misbehaves as a script says."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# What happens to the n-th message that reaches DATA: "ok", "4xx", "5xx", "stall", "close" (after it was kept).
Script = Callable[[int], str]


def obedient(n: int) -> str:
    return "ok"


class Mailbox:
    """`kept` are the messages the server has, whether or not the sender was told so."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.kept: list[EmailMessage] = []
        self.asked = 0
        self.port = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.asked += 1
        what = self.script(self.asked)
        if what in ("ok", "close"):
            self.kept.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
        if what == "close":
            transport: Any = server.transport
            transport.abort()
            await asyncio.sleep(0)
            return "250 nobody hears this"
        if what == "stall":
            await asyncio.sleep(60)
        return {"4xx": "451 come again", "5xx": "554 never"}.get(what, "250 kept")

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.kept]


@contextmanager
def mailbox(script: Script = obedient) -> Iterator[Mailbox]:
    box = Mailbox(script)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
