"""How long a test waits for what must happen: longer than any busy machine takes, for only a failure waits that long.

What must not happen is waited for as briefly as shows it.
"""

import os
import time
from collections.abc import Callable

MUST_S = 30.0
MUST_MS = MUST_S * 1000  # as Playwright counts
START_S = 300.0  # a whole Nightdesk for the first time, or one of its commands, beside others


def until[T](happens: Callable[[], T], what: str, *, seconds: float = MUST_S, every: float = 0.02) -> T:
    """What `happens` returns, as soon as that is true; fails with `what` when it stays away."""
    end = time.monotonic() + seconds
    while not (found := happens()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(every)
    return found


def in_time(took_s: float, limit_s: float) -> bool:
    """Whether a limit that an issue names was kept. Not judged on a machine that has much more to do than this suite:
    more than three at work for each core."""
    return took_s < limit_s or os.getloadavg()[0] > 3 * (os.cpu_count() or 1)
