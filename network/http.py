"""One request to an address that people typed (webhooks, ntfy), under the egress policy.

httpx over a network backend of our own: the peer is judged when the socket is about to be opened, each name is
resolved anew, and a redirect is an answer, never followed. Hundreds of probes at once are network/curl.py's.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, override

import httpcore
import httpx
from django.utils.translation import gettext as _

from network import authorities, locator
from network.egress import Policy
from network.exchange import ERRORS
from network.names import NAMES, Names
from network.reply import Reply as Reply

MAX_BYTES = 64 * 1024
# By then the whole request had left.
GIVEN = (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)
FAULTS = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)


class Refused(httpcore.ConnectError):
    """Every peer of the name lies where we may not go; the message is the policy's sentence."""


def post(
    url: str,
    content: bytes,
    *,
    policy: Policy,
    headers: Mapping[str, str] | None = None,
    connect_s: float = 5,
    total_s: float = 10,
    max_bytes: int = MAX_BYTES,
    names: Names = NAMES,
    method: str = "POST",
) -> Reply:
    """POST (or PUT) `content`. Never raises for what the other side does; seconds over the whole exchange."""
    try:
        address = locator.clean(url)
    except locator.BadUrl as problem:
        return Reply(error="bad_url", detail=str(problem))
    sent = {"Accept-Encoding": "identity", "User-Agent": "Nightdesk", **(headers or {})}
    try:
        with (
            opened(policy, connect_s=connect_s, total_s=total_s, names=names) as client,
            client.stream(method, address, content=content, headers=sent) as answer,
        ):
            return _read(answer, max_bytes)
    except FAULTS as problem:
        return fault(problem)


@contextmanager
def opened(
    policy: Policy, *, connect_s: float = 5, total_s: float = 10, names: Names = NAMES
) -> Iterator[httpx.Client]:
    """A client for several requests to one place, all of them over `total_s` seconds after it was opened. Its requests
    raise FAULTS; `fault` says what they mean.
    """
    backend = Guarded(policy, names, connect_s=connect_s, deadline=time.monotonic() + total_s)
    transport = httpx.HTTPTransport(verify=_tls(), trust_env=False, retries=0)
    transport._pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend)
    timeout = httpx.Timeout(total_s, connect=connect_s)
    with httpx.Client(
        transport=transport, trust_env=False, follow_redirects=False, timeout=timeout
    ) as client:
        yield client


def fault(problem: Exception) -> Reply:
    """What a request's exception means, in a code and a sentence."""
    if isinstance(problem, httpx.ConnectError):
        return _unconnected(problem)
    if isinstance(problem, httpx.TimeoutException):
        return Reply(error="timeout", detail=str(ERRORS["timeout"]), gave=isinstance(problem, GIVEN))
    if isinstance(problem, httpx.LocalProtocolError | UnicodeError):
        # A header that cannot be sent; the message names it, and it may be a key.
        return Reply(error="internal", detail=str(ERRORS["internal"]))
    if isinstance(problem, httpx.InvalidURL):
        # Odder still than locator minds: httpx does not take 0177.0.0.1 for an address.
        return Reply(error="bad_url", detail=_sentence("bad_url", problem))
    return Reply(
        error="broken_answer", detail=_sentence("broken_answer", problem), gave=isinstance(problem, GIVEN)
    )


def _seconds(said: str) -> float:
    """Of a Retry-After, a number or a date (RFC 9110 §10.2.3); 0 for what is neither."""
    if said.isascii() and said.isdigit():
        # Who writes ten years in seconds means it no less than who writes their date.
        return float(said[:20])
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return 0.0


def _read(answer: httpx.Response, limit: int) -> Reply:
    """With the first `limit` bytes as they came; nothing is unpacked, so nothing can swell. What the head said holds
    also where the rest never comes: whoever says 200 and hangs has what was sent, and would get it again and again.
    """
    read, broke = b"", Reply()
    try:
        for piece in answer.iter_raw():
            read += piece
            if len(read) >= limit:
                break
    except FAULTS as problem:
        broke = fault(problem)
    rest_s = _seconds(answer.headers.get("Retry-After", ""))
    return Reply(answer.status_code, read[:limit], broke.error, broke.detail, rest_s, gave=True)


def _unconnected(problem: httpx.ConnectError) -> Reply:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, Refused):
            return Reply(error="refused_address", detail=str(cause))
        if isinstance(cause, ssl.SSLError):
            return Reply(error="tls", detail=_sentence("tls", cause))
        if isinstance(cause, Unresolved):
            return Reply(error="dns", detail=_sentence("dns", cause))
        cause = cause.__cause__ or cause.__context__
    return Reply(error="connect", detail=_sentence("connect", problem))


def _sentence(code: str, problem: BaseException) -> str:
    said = "".join(c for c in str(problem) if c.isprintable())[:200]
    return f"{ERRORS[code]} ({said})" if said else str(ERRORS[code])


@cache
def _tls() -> ssl.SSLContext:
    bundle = authorities.bundle()
    return ssl.create_default_context(cafile=bundle or None)


class Unresolved(httpcore.ConnectError):
    """The name has no address."""


class Guarded(httpcore.NetworkBackend):
    """Opens sockets only to peers that `policy` lets pass, and ends everything at `deadline` (monotonic)."""

    def __init__(self, policy: Policy, names: Names, *, connect_s: float, deadline: float) -> None:
        self.policy, self.names = policy, names
        self.connect_s, self.deadline = connect_s, deadline
        self.plain = httpcore.SyncBackend()

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = min(time.monotonic() + self.connect_s, self.deadline)
        allowed = self._allowed(host, until)
        last: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for peer in allowed:
            left = until - time.monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout from last
            try:
                stream = self.plain.connect_tcp(peer, port, left, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return Bounded(stream, self.deadline)
        raise last or Unresolved(_("it has no address"))

    def _allowed(self, host: str, until: float) -> list[str]:
        host = host.strip("[]")
        found = [host] if locator.is_address(host) else self._resolve(host, until)
        allowed = [peer for peer in found if self.policy.refusal(peer) is None]
        if found and not allowed:
            raise Refused(self.policy.refusal(*found) or str(ERRORS["refused_address"]))
        return allowed

    def _resolve(self, name: str, until: float) -> list[str]:
        answered = threading.Event()
        lookup = self.names.ask(name, answered.set)
        if not lookup.done:
            answered.wait(max(0.0, until - time.monotonic()))
        if not lookup.addresses:
            raise Unresolved(lookup.error or _("no answer in time"))
        return list(lookup.addresses)


class Bounded(httpcore.NetworkStream):
    """A stream whose every wait ends at one deadline: a server that drips cannot hold us."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def _left(self, timeout: float | None, late: type[Exception]) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise late
        return left if timeout is None else min(left, timeout)

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    @override
    def close(self) -> None:
        self.stream.close()

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self.stream.start_tls(
            ssl_context, server_hostname, self._left(timeout, httpcore.ConnectTimeout)
        )
        return Bounded(secured, self.deadline)

    @override
    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
