"""SMTP that ends: Django's backend under one deadline, whatever the server does.

smtplib bounds each wait, so a server that sends a byte now and then holds a thread for ever. And the wait after
DATA is the one that must be long: a server that is still thinking when we leave has the message, and the next
attempt makes it two.

Who sends many keeps its line to the server from one message to the next (`line_kept`).
"""

import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, override

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend

from network import authorities

# Seconds: the whole exchange; for the answer to DATA; for goodbye, which nobody needs.
WHOLE_S, AFTER_DATA_S, GOODBYE_S = 30.0, 25.0, 1.0
# Servers count both, and some hang up at a hundred.
MOST_ON_A_LINE, LINE_S = 50, 60.0
# "Not available, closing": the one answer that is about the line and not about the message (RFC 5321 §3.8).
CLOSING = 421
GAVE = "nightdesk_gave"


class Patient(smtplib.SMTP):
    """Waits as long as it may where a message could be doubled, and not at all where nothing depends on it.

    `gave`: it has begun to give the last message away, so the server may have it."""

    gave = False

    @override
    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        self.gave = False
        if self.sock:
            self.sock.settimeout(self.timeout)
        return super().mail(sender, options)

    @override
    def data(self, msg: Any) -> Any:
        self.gave = True
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

    _client: Patient | None = None

    @cached_property
    def ssl_context(self) -> ssl.SSLContext:
        """The same authorities as of the web: Python's own default is no place on some machines."""
        return ssl.create_default_context(cafile=authorities.bundle() or None)

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        return self._connect

    def _connect(self, host: str, port: int, **how: Any) -> Patient:
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

    def send_and_stay(self, message: EmailMessage) -> None:
        """The same, and the line stays open."""
        with self._deadline():
            self.open()
            super().send_messages([message])

    @property
    def may_have_it(self) -> bool:
        """Whether the server may have the message that was sent last, whatever came of it."""
        return self._client is not None and self._client.gave

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


class Line:
    """One line for message after message. What an old one says is asked again of a new one, while the server cannot
    have the message yet: it may have been hung up long ago."""

    def __init__(self) -> None:
        self._backend: Bounded | None = None
        self._count = 0
        self._until = 0.0

    def send(self, message: EmailMessage) -> None:
        if self._count >= MOST_ON_A_LINE or time.monotonic() > self._until:
            self.end()
        if self._backend is not None and self._sent_on(self._backend, message):
            return
        fresh = mailers.default
        if not isinstance(fresh, Bounded):
            fresh.send_messages([message])
            return
        self._backend, self._count, self._until = fresh, 0, time.monotonic() + LINE_S
        self._send(fresh, message)

    def _sent_on(self, backend: Bounded, message: EmailMessage) -> bool:
        """False when the line is no good and nothing went over it. Raises what the server says of this message."""
        try:
            self._send(backend, message)
        except (OSError, smtplib.SMTPException) as problem:
            if backend.may_have_it or _of_the_message(problem):
                raise
            return False
        return True

    def _send(self, backend: Bounded, message: EmailMessage) -> None:
        self._count += 1
        try:
            backend.send_and_stay(message)
        except BaseException as problem:
            problem.__dict__[GAVE] = backend.may_have_it and not isinstance(
                problem, smtplib.SMTPResponseException
            )
            if not _of_the_message(problem):
                self.end()
            raise

    def end(self) -> None:
        """Say goodbye, whatever the other side thinks of it."""
        if self._backend is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._backend.close()
        self._backend, self._count = None, 0


def _of_the_message(problem: BaseException) -> bool:
    """The server talked about this recipient or this text, and takes the next one on the same line."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code != CLOSING for code, _said in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code != CLOSING


_kept = threading.local()


@contextmanager
def line_kept() -> Iterator[None]:
    """Inside, what this thread sends goes over one line after the other, as long as each is good."""
    _kept.line = Line()
    try:
        yield
    finally:
        _kept.line.end()
        _kept.line = None


def send(message: EmailMessage) -> None:
    """Raises what smtplib raises, OSError, and ValueError for headers that cannot be written."""
    line: Line | None = getattr(_kept, "line", None)
    if line is not None:
        line.send(message)
        return
    line = Line()
    try:
        line.send(message)
    finally:
        line.end()


def may_have(problem: BaseException) -> bool:
    """Whether the server may have the message by which `problem` came: it fell silent after the text."""
    return bool(problem.__dict__.get(GAVE))
