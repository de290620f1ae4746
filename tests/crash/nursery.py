"""A warm process that forks: each child does one piece of Nightdesk's work, and may be told where to die.

`Nursery` is the test's handle. In the process itself (`python -m tests.crash.nursery`) each line of standard input is
`[place, act, facts]`; the answer is the signal that ended the child, or what the act returned. All JSON.
"""

import gc
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.patience import MUST_S

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed by `signal` (0: not killed), having returned `said`."""

    signal: int
    said: Any


class Nursery:
    def __init__(self, environment: dict[str, str]) -> None:
        # A test before this one may have loaded config.asgi, which asks for a pool: its threads would not be forked.
        outer = {name: text for name, text in os.environ.items() if not name.startswith("NIGHTDESK_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            env={**outer, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def do(self, act: str, *, die_at: str = "", **facts: Any) -> Ended:
        """Run one act of tests/crash/acts.py in a process of its own."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([die_at, act, facts]) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        self.process.communicate(timeout=MUST_S)


def serve() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    import httpx  # noqa: F401
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    django.setup()
    from django.db import connections
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils.formats import number_format

    from network import curl  # noqa: F401 (with httpx: loaded with the first word to another server)
    from tests.crash import acts

    # What each child would begin with: every address, the way through all middleware and to the database, a line.
    assert acts.client().get(reverse("healthz")).status_code == 200
    # The API and how numbers are written come with the first who asks, and each child would be the first.
    assert acts.client().get("/api/v1/products").status_code == 401
    number_format(1)
    connections["default"].ensure_connection()
    connections.close_all()
    get_template("incidents/line.html")
    gc.collect()
    gc.freeze()  # a child that collects would copy all of this
    for line in sys.stdin:
        place, act, facts = json.loads(line)
        sys.stdout.write(json.dumps(_bear(place, lambda: acts.ACTS[act](**facts))) + "\n")  # noqa: B023
        sys.stdout.flush()


def _bear(place: str, work: Any) -> dict[str, Any]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            from foundation import crash

            os.environ["NIGHTDESK_CRASH"] = place
            crash.arm()
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    _, status = os.waitpid(pid, 0)
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "said": json.loads(text or "null"),
    }


if __name__ == "__main__":
    serve()
