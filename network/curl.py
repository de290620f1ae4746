"""Many requests on one loop: libcurl's multi interface under the egress policy. Used by probes; never raises for a bad target."""

import contextlib
import select
import time
from collections.abc import Iterable, Iterator, Sequence

import pycurl

from network.egress import Policy
from network.exchange import ERRORS, Request, Response
from network.handle import Handle

__all__ = ["Request", "Response", "fetch_each", "fetch_many"]

_IN, _OUT, _BROKEN = 1, 4, 8 | 16  # the same numbers for poll and epoll
_WANTED = {pycurl.POLL_IN: _IN, pycurl.POLL_OUT: _OUT, pycurl.POLL_INOUT: _IN | _OUT}


def fetch_many(requests: Sequence[Request], policy: Policy, *, concurrency: int = 200) -> list[Response]:
    """All responses in the order of the requests. Ends at the latest `total_s` after the last one could start."""
    found: dict[int, Response] = dict(fetch_each(requests, policy, concurrency=concurrency))
    return [found[i] for i in range(len(requests))]


def fetch_each(
    requests: Iterable[Request], policy: Policy, *, concurrency: int = 200
) -> Iterator[tuple[int, Response]]:
    """(position, response) as each one is ready, so that a hung target delays nobody else's result.

    Takes the next request only when one of `concurrency` places is free: `requests` may be a generator that keeps claiming work.
    """
    loop = _Loop(policy)
    try:
        waiting = enumerate(requests)
        more = True
        while more or loop.running:
            while more and len(loop.running) < concurrency:
                key, request = next(waiting, (-1, None))
                if request is None:
                    more = False
                elif (refused := loop.start(key, request)) is not None:
                    yield key, refused
            yield from loop.step()
    finally:
        loop.close()


class _Loop:
    """libcurl tells which sockets and which timer it waits for; epoll (poll elsewhere) waits; there is no limit of 1,024 descriptors."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.known: dict[str, str | None] = {}
        self.running: dict[pycurl.Curl, Handle] = {}
        self.free: list[Handle] = []
        self.watched: set[int] = set()
        self.due: float | None = None
        self.poll = select.epoll() if hasattr(select, "epoll") else select.poll()
        self.scale = 1 if hasattr(select, "epoll") else 1000
        self.multi = pycurl.CurlMulti()
        self.multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self.multi.setopt(pycurl.M_TIMERFUNCTION, self._remind)

    def refusal(self, address: str, *others: str) -> str | None:
        if others:
            return self.policy.refusal(address, *others)
        if address not in self.known:
            self.known[address] = self.policy.refusal(address)
        return self.known[address]

    def start(self, key: int, request: Request) -> Response | None:
        handle = self.free.pop() if self.free else Handle(self.refusal)
        refused = handle.start(key, request)
        if refused is not None:
            self.free.append(handle)
            return refused
        self.running[handle.curl] = handle
        self.multi.add_handle(handle.curl)
        return None

    def step(self) -> Iterator[tuple[int, Response]]:
        """Wait for the next thing to happen, let curl work, and hand on what is finished."""
        wait = 1.0 if self.due is None else max(0.0, min(1.0, self.due - time.monotonic()))
        events = self.poll.poll(wait * self.scale) if self.running else []
        for descriptor, flags in events:
            mask = (pycurl.CSELECT_IN if flags & _IN else 0) | (pycurl.CSELECT_OUT if flags & _OUT else 0)
            self.multi.socket_action(descriptor, mask | (pycurl.CSELECT_ERR if flags & _BROKEN else 0))
        if self.due is None or self.due <= time.monotonic():
            self.due = None
            self.multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        yield from self._ended()

    def close(self) -> None:
        for curl in self.running:
            with contextlib.suppress(pycurl.error):
                self.multi.remove_handle(curl)
        for handle in [*self.running.values(), *self.free]:
            handle.close()
        self.multi.close()
        getattr(self.poll, "close", lambda: None)()

    def _ended(self) -> Iterator[tuple[int, Response]]:
        left = 1
        while left:
            left, fine, failed = self.multi.info_read()
            for curl in fine:
                yield from self._end(curl, 0, "")
            for curl, number, message in failed:
                yield from self._end(curl, number, message)

    def _end(self, curl: pycurl.Curl, number: int, message: str) -> Iterator[tuple[int, Response]]:
        handle = self.running[curl]
        self.multi.remove_handle(curl)
        try:
            response = handle.finish(number, message)
        except (pycurl.error, UnicodeError) as error:
            response = Response(error="internal", detail=f"{ERRORS['internal']} ({error})")
        if response is None:
            self.multi.add_handle(curl)
            return
        del self.running[curl]
        self.free.append(handle)
        yield handle.key, response

    def _watch(self, what: int, descriptor: int, multi: pycurl.CurlMulti, data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self.watched.discard(descriptor)
            with contextlib.suppress(OSError, KeyError):
                self.poll.unregister(descriptor)
        elif descriptor in self.watched:
            self.poll.modify(descriptor, _WANTED[what])
        else:
            self.watched.add(descriptor)
            self.poll.register(descriptor, _WANTED[what])

    def _remind(self, milliseconds: int) -> None:
        self.due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000
