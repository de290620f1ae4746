"""What needs Nightdesk's own code and database: setting the scene, judging once all is calm.

`python -m chaos.inside OPERATION JSON` prints JSON; `ask` is the handle on it.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from chaos.house import ROOT, House, Unable


def ask(house: House, operation: str, **facts: Any) -> Any:
    """Run one operation in a process of its own, looking after the house. Raises Unable when it fails."""
    words, answer = house.folder / "facts.json", house.folder / "answer.json"
    words.write_text(json.dumps(facts))
    with words.open() as given, answer.open("w") as said:
        line = [sys.executable, "-m", "chaos.inside", operation]
        process = subprocess.Popen(line, env=house.env, cwd=ROOT, stdin=given, stdout=said)  # noqa: S603
        try:
            while process.poll() is None:
                house.look()
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise Unable(f"{operation} failed; its words are above")
    return json.loads(answer.read_text().splitlines()[-1])


def main(operation: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    import structlog

    django.setup()
    # Who did what is a record of the site's; here it would stand between the strikes.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from chaos import judge, scene

    facts = json.loads(sys.stdin.read())
    operations: dict[str, Callable[..., object]] = {
        "set": scene.set_up,
        "calm": scene.calm,
        "judge": _at_one_moment(judge.judge),
    }
    print(json.dumps(operations[operation](**facts)))  # noqa: T201 - for who started us


def _at_one_moment(operation: Callable[..., object]) -> Callable[..., object]:
    """All that it reads is of one snapshot: clocks go on running out meanwhile."""
    from django.db import connection, transaction

    def judged(**facts: Any) -> object:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return operation(**facts)

    return judged


if __name__ == "__main__":
    main(sys.argv[1])
