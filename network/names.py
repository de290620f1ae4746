"""Host names to addresses, off the loop's thread.

libcurl resolves in at most 20 threads and joins them when a loop ends (measured: 25 names of a hung name
server held up every healthy name and ended a batch 5 s late). Here a name being looked up occupies one
thread however often it is asked for, an answer serves 20 s, and nobody waits for a thread that hangs. Which
address may be reached is not decided here but where the socket is opened (network/handle.py).
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

THREADS = 64
KEPT_S = 20.0
MAX_ADDRESSES = 16
MAX_NAMES = 20_000


class Lookup:
    """One question about one name. When `done`: `addresses`, or none and `error` in the system's words.
    `began` is False while it queues.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.addresses: tuple[str, ...] = ()
        self.error = ""
        self.began = self.done = False
        self.at = 0.0
        self.waiters: set[Callable[[], None]] = set()


def system(name: str) -> list[str]:
    """The machine's own resolver, /etc/hosts included. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Names:
    """Looks names up with `resolve` (blocking; called in daemon threads)."""

    def __init__(self, resolve: Callable[[str], list[str]] = system, *, kept_s: float = KEPT_S) -> None:
        self.resolve = resolve
        self.kept_s = kept_s
        self.lock = threading.Lock()
        self.lookups: dict[str, Lookup] = {}
        self.queue: deque[Lookup] = deque()
        self.threads = 0

    def ask(self, name: str, wake: Callable[[], None]) -> Lookup:
        """A lookup that is done or will be: then `wake` is called once, from another thread."""
        with self.lock:
            known = self.lookups.get(name)
            if known is None or (
                known.done and time.monotonic() - known.at > (self.kept_s if known.addresses else 1.0)
            ):
                if len(self.lookups) >= MAX_NAMES:
                    self.lookups = {n: lookup for n, lookup in self.lookups.items() if not lookup.done}
                known = self.lookups[name] = Lookup(name)
                self.queue.append(known)
                self._grow()
            if not known.done:
                known.waiters.add(wake)
            return known

    def _grow(self) -> None:
        if self.threads < THREADS:
            threading.Thread(target=self._work, name="names", daemon=True).start()
            self.threads += 1

    def _work(self) -> None:
        while True:
            with self.lock:
                if not self.queue:
                    self.threads -= 1
                    return
                lookup = self.queue.popleft()
                lookup.began = True
            self._answer(lookup)

    def _answer(self, lookup: Lookup) -> None:
        addresses: list[str] = []
        try:
            addresses = self.resolve(lookup.name)
        except OSError as error:
            lookup.error = error.strerror or str(error)
        except Exception as error:  # a resolver must never end its thread: the loop would wait for nothing
            lookup.error = str(error) or type(error).__name__
        with self.lock:
            lookup.addresses = tuple(addresses[:MAX_ADDRESSES])
            lookup.at = time.monotonic()
            lookup.done = True
            waiters, lookup.waiters = lookup.waiters, set()
        for wake in waiters:
            with suppress(OSError):  # that loop has ended
                wake()


NAMES = Names()
