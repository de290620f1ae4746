"""A second process beside the worker, with its own connection to the same database: it runs the real verbs.

`Inside` is the benchmark's handle on it. In the process itself (`python -m benchmarks.inside`) each line of standard
input is a request, `[operation, facts]`, and gets one line of answer, all JSON.
"""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.figure import Unable
from tests.setup.running import ROOT


class Inside:
    """Starts the process on the data folder of a running Nightdesk (or database); ends it at the end."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.inside"],
            env={**os.environ, "NIGHTDESK_DATA": str(data), "DATABASE_URL": "", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def do(self, operation: str, **facts: Any) -> Any:
        """Ask for one operation of benchmarks/operations.py and wait for what it returns."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([operation, facts]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Unable(f"the process that should do {operation!r} ended; its words are above")
        return json.loads(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


def serve() -> None:
    """Answer until standard input ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    import structlog

    django.setup()
    # Who did what is a record of the site's; here it would stand between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from benchmarks.operations import OPERATIONS

    for line in sys.stdin:
        operation, facts = json.loads(line)
        sys.stdout.write(json.dumps(OPERATIONS[operation](**facts)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
