"""How many may send at once, and by which lane: one that hangs delays no other, and the threads stay bounded.

A lane is what may be slow together: all mail; each other channel. Each gets its first runner whatever the others
do, so fifty dead rooms hold fifty threads and no phone. Per process.
"""

import threading
from collections import Counter

from notifications.models import Kind

MOST = 240
PER_LANE = 3
# All mail goes through one server, and most people are reached by it: it always has room.
MAIL = 6
# Second and third runners of a lane are only for when little goes on.
SPARE = 48
# Places that lanes which do not answer leave to those that do.
KEPT = 60
# So many failures in a row, and a lane counts as not answering.
SILENT_AFTER = 3


class Lanes:
    """Who sends where. `enlist` and `leave` frame a runner's life, `heard` says how each attempt went."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def enlist(self, lane: str) -> bool:
        """A place for one more runner, if that lane may have one."""
        with self._changed:
            if not self._has_room(lane):
                return False
            self._running[lane] += 1
            return True

    def leave(self, lane: str) -> None:
        with self._changed:
            self._running[lane] -= 1
            self._running += Counter()
            self._changed.notify_all()

    def heard(self, lane: str, *, works: bool) -> bool:
        """True when the lane takes messages again after it did not."""
        with self._changed:
            before = self._failures.pop(lane, 0)
            if not works:
                self._failures[lane] = before + 1
            return works and before >= SILENT_AFTER

    def full(self) -> list[str] | None:
        """The lanes that get no further runner now; None when none gets one."""
        with self._changed:
            if self._running.total() >= MOST - KEPT:
                return None
            return [lane for lane in self._running if not self._has_room(lane)]

    def wait(self, seconds: float) -> bool:
        """Until no runner is left; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout=seconds)

    def _has_room(self, lane: str) -> bool:
        mine, total = self._running[lane], self._running.total()
        if lane == Kind.EMAIL:
            return mine < MAIL
        if mine == 0:
            return total < MOST - (KEPT if self._failures[lane] else 0)
        return mine < PER_LANE and total < SPARE and self._failures[lane] < SILENT_AFTER
