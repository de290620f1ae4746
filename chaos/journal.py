"""What a client was told: a line is on disk before the client does anything else."""

import json
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Journal:
    """One file of JSON lines: `asked` before a request goes out, `done` once it was acknowledged (2xx)."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, what: str, **facts: Any) -> None:
        with self._lock:
            self._file.write(json.dumps({"what": what, **facts}) + "\n")
            self._file.flush()
            if what == "done":
                os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read(folder: Path) -> list[dict[str, Any]]:
    """All lines of all journals there; a line that a death cut short was never finished."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            if line.endswith("}"):
                found.append(json.loads(line))
    return found
