"""SMTP that ends: Django's backend under one deadline, whatever the server does.

smtplib bounds each wait, so a server that sends a byte now and then holds a thread for ever. And the wait after
DATA is the one that must be long: a server that is still thinking when we leave has the message, and the next
attempt makes it two.
"""

import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, override

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

# Seconds: the whole exchange; for the answer to DATA; for goodbye, which nobody needs.
WHOLE_S, AFTER_DATA_S, GOODBYE_S = 30.0, 25.0, 1.0


class Patient(smtplib.SMTP):
    """Waits as long as it may where a message could be doubled, and not at all where nothing depends on it."""

    @override
    def data(self, msg: Any) -> Any:
        if self.sock:
            self.sock.settimeout(AFTER_DATA_S)
        return super().data(msg)

    @override
    def quit(self) -> Any:
        if self.sock:
            self.sock.settimeout(GOODBYE_S)
        return super().quit()


class PatientTls(Patient, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


class Bounded(EmailBackend):
    """MAILERS' backend. The deadline is kept by a thread that cuts the line: no wait of smtplib's outlives it."""

    _client: smtplib.SMTP | None = None

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        return self._connect

    def _connect(self, host: str, port: int, **how: Any) -> smtplib.SMTP:
        kind = PatientTls if self.use_ssl else Patient
        # Known before it connects: the greeting may be what never ends.
        self._client = client = kind.__new__(kind)
        client.__init__(host, port, **how)  # type: ignore[misc]
        return client

    @override
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with self._deadline():
            sent: int = super().send_messages(email_messages)
            return sent

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        over = threading.Event()
        threading.Thread(target=self._cut_at, args=(over, time.monotonic() + WHOLE_S), daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _cut_at(self, over: threading.Event, moment: float) -> None:
        while not over.wait(max(0.5, moment - time.monotonic())):
            line = self._client.sock if self._client else None
            if line:
                # Whoever reads from it gets its end at once.
                with suppress(OSError, ssl.SSLError):
                    line.shutdown(2)
