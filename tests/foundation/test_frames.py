"""Room for frames: calls that go deep and come back map no memory each time."""

import resource
import threading
from collections.abc import Callable

import pytest

from foundation.frames import roomy

DEEP, TIMES = 300, 200


def test_calls_far_down_take_their_memory_once() -> None:
    assert _faults(_everywhere) > TIMES  # CPython alone, at the border of a piece of its stack
    assert _faults(lambda: roomy(_everywhere)) < TIMES / 2


def test_it_gives_back_what_was_returned_or_raised() -> None:
    assert roomy(divmod, 7, 2) == (3, 1)
    assert roomy(sorted, [1, 2], reverse=True) == [2, 1]
    with pytest.raises(ValueError, match="x"):
        roomy(int, "x")


def _everywhere(left: int = DEEP) -> None:
    """Calls, and returns, many times from each depth."""
    for _ in range(TIMES):
        _leaf()
    if left:
        _everywhere(left - 1)


def _leaf() -> None:
    pass


def _faults(call: Callable[[], None]) -> int:
    """Pages of memory that a thread of its own asks the kernel for in `call`."""
    found = []

    def run() -> None:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        call()
        found.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]
