"""What a loop waits on: sockets, a timer, and a bell that other threads may ring."""

import contextlib
import select
import socket
import time

IN, OUT, BROKEN = 1, 4, 8 | 16  # the same numbers for poll and epoll


class Waiting:
    """epoll where there is one, else poll: no limit of 1,024 descriptors, as select has."""

    def __init__(self) -> None:
        self.poll = select.epoll() if hasattr(select, "epoll") else select.poll()
        self.scale = 1 if hasattr(select, "epoll") else 1000
        self.watched: set[int] = set()
        self.hear, self.bell = socket.socketpair()
        self.hear.setblocking(False)
        self.bell.setblocking(False)
        self.poll.register(self.hear.fileno(), IN)

    def ring(self) -> None:
        """From any thread: end the present or next wait. Raises OSError when the loop has ended."""
        with contextlib.suppress(BlockingIOError):
            self.bell.send(b"!")

    def watch(self, descriptor: int, wanted: int) -> None:
        if descriptor in self.watched:
            self.poll.modify(descriptor, wanted)
        else:
            self.watched.add(descriptor)
            self.poll.register(descriptor, wanted)

    def forget(self, descriptor: int) -> None:
        self.watched.discard(descriptor)
        with contextlib.suppress(OSError, KeyError):
            self.poll.unregister(descriptor)

    def wait(self, until: float) -> tuple[list[tuple[int, int]], bool]:
        """((descriptor, flags) of the ready sockets, whether the bell rang), at the latest at `until`
        (monotonic seconds).
        """
        ready = self.poll.poll(max(0.0, until - time.monotonic()) * self.scale)
        hear = self.hear.fileno()
        rung = any(descriptor == hear for descriptor, _ in ready)
        if rung:
            with contextlib.suppress(BlockingIOError):
                self.hear.recv(4096)
            ready = [event for event in ready if event[0] != hear]
        return ready, rung

    def close(self) -> None:
        self.hear.close()
        self.bell.close()
        getattr(self.poll, "close", lambda: None)()
