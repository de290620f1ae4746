"""What needs Nightdesk's own code and database: setting the scene, judging once all is calm.

`Inside` is the handle on it. In the process itself (`python -m chaos.inside`) each line of standard input is
`[operation, facts]`, each line of the answer what it returned, all JSON.
"""

import json
import logging
import os
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from chaos.house import ROOT, House, Unable

# How often the house is looked after meanwhile.
LOOK_S = 0.05


class Inside:
    """One process for the whole run; it ends with who started it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chaos.inside"],
            env=house.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(self, operation: str, **facts: Any) -> Any:
        """Run one operation, looking after the house. Raises Unable when it fails."""
        assert self.process.stdin
        assert self.process.stdout
        with suppress(BrokenPipeError):  # its end is read below
            self.process.stdin.write(json.dumps([operation, facts]) + "\n")
            self.process.stdin.flush()
        while not select.select([self.process.stdout], [], [], LOOK_S)[0]:
            self.house.look()
        if not (said := self.process.stdout.readline()):
            raise Unable(f"{operation} failed; its words are above")
        return json.loads(said)


def serve() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    import structlog

    django.setup()
    # Who did what is a record of the site's; here it would stand between the strikes.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from django.db import connections

    from chaos import judge, scene

    operations: dict[str, Callable[..., object]] = {
        "set": scene.set_up,
        "calm": scene.calm,
        "judge": _at_one_moment(judge.judge),
    }
    for line in sys.stdin:
        operation, facts = json.loads(line)
        said = json.dumps(operations[operation](**facts))
        connections.close_all()  # what is struck meanwhile is not held by us
        print(said, flush=True)  # noqa: T201 - for who started us


def _at_one_moment(operation: Callable[..., object]) -> Callable[..., object]:
    """All that it reads is of one snapshot: clocks go on running out meanwhile."""
    from django.db import connection, transaction

    def judged(**facts: Any) -> object:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return operation(**facts)

    return judged


if __name__ == "__main__":
    serve()
