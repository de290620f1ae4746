"""The broker of a worker without Redis: its own memory. Who asks the worker to end does not wait for it.

Celery waits for the next message two seconds at a time, twice more once it was told to end: it was still waiting when
`up` lost its patience and killed it, at nearly every stop.
"""

from typing import Any

from kombu.transport import memory

LONGEST_WAIT_S = 0.2


class Transport(memory.Transport):
    """What `memory://` means here (config/celery.py)."""

    def drain_events(self, connection: Any, timeout: float | None = None, **options: Any) -> None:
        super().drain_events(connection, min(timeout or LONGEST_WAIT_S, LONGEST_WAIT_S))  # type: ignore[no-untyped-call]
