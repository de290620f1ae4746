"""Who of a process's runners has a connection to the database: few at a time, however many are on the network.

Opening one costs more than a message. So whoever's other side answers at once stays connected from one message to the
next; who waits for a slow one makes room.
"""

import threading

from django.db import connections

# So many at a time; the others are on the network. Of these, so many may stay while they send.
PLACES, STAYING = 8, 4
# An other side that took no longer than this is quick, for the next message too.
QUICK_S = 5.0


class Desk:
    """The places of a process."""

    def __init__(self, places: int = PLACES, staying: int = STAYING) -> None:
        self.places = threading.BoundedSemaphore(places)
        self.staying = threading.BoundedSemaphore(min(staying, places - 1))


class Place:
    """A runner at the desk: `sit` before the database is asked, `rise` before the network is, `leave` at the end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sits = self._stays = False

    def sit(self) -> None:
        """Waits for a place, where this one has none."""
        if not self._sits:
            self._desk.places.acquire()
            self._sits = True

    def rise(self, *, took_s: float) -> None:
        """`took_s`: how long the other side took the last time."""
        if took_s > QUICK_S:
            self.leave()
        elif not self._stays:
            self._stays = self._desk.staying.acquire(blocking=False)
        if not self._stays:
            self.leave()

    def leave(self) -> None:
        """The place, and the connection to the database."""
        connections.close_all()
        if self._stays:
            self._desk.staying.release()
        if self._sits:
            self._desk.places.release()
        self._sits = self._stays = False
