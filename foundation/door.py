"""A door for machines: a few come in at once, so that pages still find a thread, and the others come again.

What sends here sends again by itself, so nobody waits long and nothing is lost by being sent away.
"""

import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse

from foundation import room

AT_ONCE = 4


class Door:
    """Who waits longer than `wait_s`, or finds the database away, is answered with `again()`."""

    def __init__(self, again: Callable[[], HttpResponse], *, wait_s: float) -> None:
        self.again, self.wait_s = again, wait_s
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def let_in(self, answer: Callable[[], HttpResponse]) -> HttpResponse:
        if not self._turns.acquire(timeout=self.wait_s):
            return self.again()
        try:
            return answer()
        except (OperationalError, InterfaceError) as problem:
            room.refused(problem)
            return self.again()
        finally:
            self._turns.release()
