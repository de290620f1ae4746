"""Many requests on one loop: libcurl's multi interface under the egress policy. Used by probes; never
raises for a bad target.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence

import pycurl

from network import waiting
from network.egress import Policy
from network.exchange import ERRORS, Request, Response
from network.handle import Handle
from network.names import NAMES, Lookup, Names

__all__ = ["Request", "Response", "fetch_each", "fetch_many"]

_WANTED = {
    pycurl.POLL_IN: waiting.IN,
    pycurl.POLL_OUT: waiting.OUT,
    pycurl.POLL_INOUT: waiting.IN | waiting.OUT,
}
_FAULTS = (pycurl.error, OSError, UnicodeError, ValueError)
Ended = Iterator[tuple[int, Response]]


def fetch_many(
    requests: Sequence[Request], policy: Policy, *, concurrency: int = 200, names: Names = NAMES
) -> list[Response]:
    """All responses in the order of the requests. Ends at the latest `total_s` after the last one could
    start.
    """
    found: dict[int, Response] = dict(fetch_each(requests, policy, concurrency=concurrency, names=names))
    return [found[i] for i in range(len(requests))]


def fetch_each(
    requests: Iterable[Request], policy: Policy, *, concurrency: int = 200, names: Names = NAMES
) -> Ended:
    """(position, response) as each one is ready, so that a hung target delays nobody else's result.

    Takes the next request only when one of `concurrency` places is free: `requests` may be a generator that
    keeps claiming work.
    """
    loop = _Loop(policy, names)
    try:
        queue = enumerate(requests)
        more = True
        while more or loop.busy:
            while more and loop.busy < concurrency:
                key, request = next(queue, (-1, None))
                if request is None:
                    more = False
                else:
                    yield from loop.start(key, request)
            yield from loop.step()
    finally:
        loop.close()


class _Loop:
    """Each handle is free, waits for its name, or is run by libcurl, which tells the sockets and the timer
    that it waits for.
    """

    def __init__(self, policy: Policy, names: Names) -> None:
        self.policy, self.names = policy, names
        self.verdicts: dict[str, str | None] = {}
        self.free: list[Handle] = []
        self.resolving: dict[Handle, tuple[Lookup, float]] = {}
        self.running: dict[pycurl.Curl, Handle] = {}
        self.due: float | None = None
        self.waiting = waiting.Waiting()
        self.multi = pycurl.CurlMulti()
        self.multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self.multi.setopt(pycurl.M_TIMERFUNCTION, self._remind)

    @property
    def busy(self) -> int:
        return len(self.running) + len(self.resolving)

    def refusal(self, address: str, *others: str) -> str | None:
        if others:
            return self.policy.refusal(address, *others)
        if address not in self.verdicts:
            self.verdicts[address] = self.policy.refusal(address)
        return self.verdicts[address]

    def start(self, key: int, request: Request) -> Ended:
        handle = self.free.pop() if self.free else Handle(self.refusal)
        try:
            refused = handle.start(key, request)
        except _FAULTS as error:
            refused = _internal(error)
        yield from self._proceed(handle, refused)

    def step(self) -> Ended:
        """Wait for the next thing to happen, let curl work, and hand on what is finished."""
        if not self.busy:
            return
        latest = min(
            [time.monotonic() + 1.0, *([self.due] if self.due is not None else []), *self._deadlines()]
        )
        ready, rung = self.waiting.wait(latest)
        for descriptor, flags in ready:
            mask = (pycurl.CSELECT_IN if flags & waiting.IN else 0) | (
                pycurl.CSELECT_OUT if flags & waiting.OUT else 0
            )
            self.multi.socket_action(descriptor, mask | (pycurl.CSELECT_ERR if flags & waiting.BROKEN else 0))
        now = time.monotonic()
        if self.due is None or self.due <= now:
            self.due = None
            self.multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if self.resolving and (rung or min(self._deadlines()) <= now):
            yield from self._resolved(now)
        yield from self._ended()

    def close(self) -> None:
        for curl in self.running:
            with contextlib.suppress(pycurl.error):
                self.multi.remove_handle(curl)
        for handle in [*self.running.values(), *self.resolving, *self.free]:
            handle.close()
        self.multi.close()
        self.waiting.close()

    def _deadlines(self) -> list[float]:
        return [deadline for _, deadline in self.resolving.values()]

    def _proceed(self, handle: Handle, ended: Response | None) -> Ended:
        """Hand on an answer, or take the handle's next hop on: first its name, then the connection."""
        if ended is not None:
            self.free.append(handle)
            yield handle.key, ended
            return
        name = handle.name()
        lookup = self.names.ask(name, self.waiting.ring) if name else None
        if lookup is not None and not lookup.done:
            self.resolving[handle] = lookup, time.monotonic() + handle.connect_s()
            return
        yield from self._connect(handle, lookup)

    def _connect(self, handle: Handle, lookup: Lookup | None) -> Ended:
        try:
            ended = handle.aim(lookup)
            if ended is None:
                self.multi.add_handle(handle.curl)
        except _FAULTS as error:
            ended = _internal(error)
        if ended is None:
            self.running[handle.curl] = handle
        else:
            self.free.append(handle)
            yield handle.key, ended

    def _resolved(self, now: float) -> Ended:
        for handle, (lookup, deadline) in list(self.resolving.items()):
            if lookup.done or deadline <= now:
                del self.resolving[handle]
                yield from self._connect(handle, lookup)

    def _ended(self) -> Ended:
        left = 1
        while left:
            left, fine, failed = self.multi.info_read()
            for curl, number, message in [*((c, 0, "") for c in fine), *failed]:
                handle = self.running.pop(curl)
                self.multi.remove_handle(curl)
                try:
                    ended = handle.finish(number, message)
                except _FAULTS as error:
                    ended = _internal(error)
                yield from self._proceed(handle, ended)

    def _watch(self, what: int, descriptor: int, _multi: pycurl.CurlMulti, _data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self.waiting.forget(descriptor)
        else:
            self.waiting.watch(descriptor, _WANTED[what])

    def _remind(self, milliseconds: int) -> None:
        self.due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _internal(error: Exception) -> Response:
    return Response(error="internal", detail=f"{ERRORS['internal']} ({error})")
