"""The worker process: Celery as Nightdesk needs it.

`celery --quiet -A config worker --loglevel WARNING --without-gossip --without-mingle --without-heartbeat` is the same,
but first loads a shell with colours and a history: a tenth of a worker's start and of its memory.
"""

import argparse
import sys
import warnings

from config.starting import importing


def main(hostname: str | None) -> int:
    """Work until SIGTERM; returns the exit code. `hostname`: its name, where several work on one machine."""
    importing.begin()  # the ticker starts when everything is there
    # Root is nothing to warn about here: in a container it is what everything runs as.
    warnings.filterwarnings("ignore", "You're running the worker with superuser")
    from config.celery import app

    made = app.Worker(
        hostname=hostname, loglevel="WARNING", quiet=True,
        without_gossip=True, without_mingle=True, without_heartbeat=True,
    )  # fmt: skip
    made.start()
    return int(made.exitcode or 0)


def arguments() -> argparse.ArgumentParser:
    """What it understands."""
    parser = argparse.ArgumentParser(
        prog="python -m config.celery_worker", description="Does Nightdesk's work."
    )
    parser.add_argument("--hostname", help="its name, such as b@here, where several work on one machine")
    return parser


if __name__ == "__main__":
    sys.exit(main(arguments().parse_args().hostname))
