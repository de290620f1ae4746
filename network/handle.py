"""One reusable curl handle: set up once, then asked one request after another. The egress policy is applied
where a socket is opened.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pycurl

from network import locator
from network.authorities import bundle
from network.exchange import ERRORS, Request, Response
from network.names import Lookup
from network.verdict import Attempt, error_of, unresolved

MAX_HEADER_BYTES = 65_536
_BOTH = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
_REDIRECTS = (301, 302, 303, 307, 308)


class _Descriptor:
    """Hands a socket to curl, which duplicates it; ours is closed with this object."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def fileno(self) -> int:
        return self.number

    def __del__(self) -> None:
        os.close(self.number)


class Handle:
    """Runs one request at a time; `refusal(address) -> str | None` is asked for every peer, at every hop,
    right before the connection.
    """

    def __init__(self, refusal: Callable[[str], str | None]) -> None:
        self.refusal = refusal
        self.key = 0
        self.curl = pycurl.Curl()
        self._settle()

    def _settle(self) -> None:
        """What never changes: no proxy, cookie, netrc or other scheme from anywhere; redirects are followed
        by us, hop by hop.
        """
        put = self.curl.setopt
        put(pycurl.NOSIGNAL, 1)
        put(pycurl.PROXY, "")
        put(pycurl.NOPROXY, "*")
        put(pycurl.PROTOCOLS, _BOTH)
        put(pycurl.REDIR_PROTOCOLS, _BOTH)
        put(pycurl.FOLLOWLOCATION, 0)
        put(pycurl.FORBID_REUSE, 1)
        put(pycurl.FRESH_CONNECT, 1)
        put(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        put(pycurl.ACCEPT_ENCODING, "")
        put(pycurl.USERAGENT, "Nightdesk")
        put(pycurl.SSL_VERIFYPEER, 1)
        put(pycurl.SSL_VERIFYHOST, 2)
        if bundle():
            put(pycurl.CAINFO, bundle())
        put(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        put(pycurl.HEADERFUNCTION, self._header)
        put(pycurl.WRITEFUNCTION, self._write)

    def start(self, key: int, request: Request) -> Response | None:
        """Take a request on. Returns the Response at once when nothing may be sent, else None."""
        self.key, self.request, self.spent_ms, self.hops = key, request, 0.0, 0
        self._forget()
        try:
            self.url = locator.clean(request.url)
        except locator.BadUrl as error:
            return Response(error="bad_url", detail=str(error), final_url=request.url[: locator.MAX_LENGTH])
        if self.url.startswith("https:") and not bundle():
            return Response(error="no_ca", detail=str(ERRORS["no_ca"]), final_url=self.url)
        self.curl.setopt(pycurl.NOBODY, request.method == "HEAD")
        if request.method != "HEAD":
            self.curl.setopt(pycurl.HTTPGET, 1)
        self._put_list(pycurl.HTTPHEADER, request.headers)
        self.curl.setopt(pycurl.OPT_CERTINFO, int(request.certificate))
        return None

    def name(self) -> str:
        """The host name that must be resolved before the next hop, "" for an address."""
        self.asked = time.monotonic()
        host, self.port = locator.host_and_port(self.url)
        return "" if locator.is_address(host) else host

    def connect_s(self) -> float:
        """How long the next hop may resolve and connect."""
        return max(0.001, min(self.request.connect_s, self.request.total_s - self.spent_ms / 1000))

    def aim(self, lookup: Lookup | None) -> Response | None:
        """Point curl at the next hop with the addresses found. Returns a Response when there are none."""
        waited = time.monotonic() - self.asked
        connect_ms = max(1, int((self.connect_s() - waited) * 1000))
        self.spent_ms += waited * 1000
        if lookup is not None and not lookup.addresses:
            return self._response(*unresolved(lookup))
        known = (f"{lookup.name}:{self.port}:{_listed(lookup.addresses)}",) if lookup else ()
        self._put_list(pycurl.RESOLVE, known)
        self.curl.setopt(pycurl.URL, self.url)
        self.curl.setopt(pycurl.TIMEOUT_MS, max(1, int(self.request.total_s * 1000 - self.spent_ms)))
        self.curl.setopt(pycurl.CONNECTTIMEOUT_MS, connect_ms)
        return None

    def finish(self, number: int, message: str) -> Response | None:
        """The hop ended with curl's error `number` (0: none). Returns the Response, or None when there is a
        next hop.
        """
        self.spent_ms += self.curl.getinfo(pycurl.TOTAL_TIME) * 1000
        self.status = self.curl.getinfo(pycurl.RESPONSE_CODE)
        followed = self.status in _REDIRECTS and self.request.redirects > 0
        target = _headers(self.lines, raw=True).get("location") if followed else None
        if target and (number == 0 or self.attempt.overflow):
            return self._follow(locator.joined(self.url, target))
        code, detail = error_of(number, message, self.attempt, self.refusal) if number else ("", "")
        return self._response(code, detail)

    def close(self) -> None:
        self.curl.close()

    def _follow(self, target: str) -> Response | None:
        self.hops += 1
        if self.hops > self.request.redirects:
            return self._response("too_many_redirects", str(ERRORS["too_many_redirects"]))
        try:
            cleaned = locator.clean(target)
        except locator.BadUrl as error:
            return self._response("bad_url", str(error))
        if cleaned.startswith("https:") and not bundle():
            return self._response("no_ca", str(ERRORS["no_ca"]))
        if self.request.total_s * 1000 - self.spent_ms < 1:
            return self._response("timeout", str(ERRORS["timeout"]))
        if locator.origin(cleaned) != locator.origin(self.url):
            self._put_list(pycurl.HTTPHEADER, ())
        self.url = cleaned
        self._forget()
        return None

    def _put_list(self, option: int, lines: tuple[str, ...]) -> None:
        """pycurl ignores an empty list, and what was set for the request before would be sent to a
        stranger.
        """
        if lines:
            self.curl.setopt(option, list(lines))
        else:
            self.curl.unsetopt(option)

    def _forget(self) -> None:
        self.attempt, self.lines, self.header_bytes = Attempt(), list[bytes](), 0
        self.body, self.status = bytearray(), 0

    def _response(self, code: str, detail: str) -> Response:
        return Response(
            status=self.status,
            headers=_headers(self.lines),
            body=bytes(self.body),
            latency_ms=self.spent_ms,
            error=code,
            detail=detail,
            final_url=self.url,
            peer=self.curl.getinfo(pycurl.PRIMARY_IP) or "",
            certificate_expires=self._expiry()
            if self.request.certificate and self.url.startswith("https:")
            else None,
        )

    def _expiry(self) -> datetime | None:
        for name, value in (self.curl.getinfo(pycurl.INFO_CERTINFO) or [()])[0]:
            if name == "Expire date":
                with contextlib.suppress(ValueError):
                    return datetime.strptime(value, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
        return None

    def _open_socket(self, _purpose: int, address: tuple[int, int, int, tuple[str | bytes, ...]]) -> object:
        family, kind, protocol, peer = address
        if family not in (socket.AF_INET, socket.AF_INET6) or self.refusal(str(peer[0])) is not None:
            self.attempt.refused.append(str(peer[0]))
            return pycurl.SOCKET_BAD
        self.attempt.tried = True
        return _Descriptor(socket.socket(family, kind, protocol).detach())

    def _header(self, line: bytes) -> int | None:
        if line.startswith(b"HTTP/"):
            self.lines.clear()
        self.header_bytes += len(line)
        if self.header_bytes > MAX_HEADER_BYTES:
            self.attempt.overflow = True
            return -1
        self.lines.append(line)
        return None

    def _write(self, chunk: bytes) -> int | None:
        room = self.request.max_bytes - len(self.body)
        if len(chunk) <= room:
            self.body += chunk
            return None
        self.body += chunk[:room]
        self.attempt.overflow = True
        return -1


def _listed(addresses: tuple[str, ...]) -> str:
    return ",".join(f"[{a}]" if ":" in a else a for a in addresses)


def _headers(lines: list[bytes], *, raw: bool = False) -> dict[str, str]:
    """Lower-case names; a repeated header is joined with commas; control characters are dropped, except
    `raw`.
    """
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            text = value.strip() if raw else "".join(c for c in value.strip() if c.isprintable())
            key = name.strip().lower()
            found[key] = f"{found[key]}, {text}" if key in found and not raw else text
    return found
