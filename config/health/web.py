"""A web process's pulse, and what makes open pages ask for the banner at once when it has something else to say."""

from __future__ import annotations

import threading

import structlog

from config.health.reader import reader
from foundation.pulse import Pulse
from live.stream import Streams

EVERY_S = 3.0
EVENT = "health"
log = structlog.get_logger(__name__)


class Watch:
    """Started and stopped with the server, perhaps more than once in a process (tests)."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._stopping = threading.Event()
        self._pulse = Pulse("web")

    def start(self) -> None:
        self._stopping = threading.Event()
        self._pulse = Pulse("web")
        self._pulse.start()
        threading.Thread(target=self._run, args=(self._stopping,), name="health-watch", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._pulse.stop()

    def _run(self, stopping: threading.Event) -> None:
        said = None
        while not stopping.wait(EVERY_S):
            try:
                digest = reader.report().digest
            except Exception:
                log.exception("health.watch_failed")
                continue
            if digest != said:
                self._streams.tell_all(EVENT)
            said = digest
