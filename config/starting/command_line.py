"""What stands around every command: readable refusals, and a database that runs for as long as it takes."""

import logging
import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path

import django
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError
from psycopg import errors

from config import embedded
from config.database.cluster import Unusable
from config.demo import environment as demo
from config.starting import importing, served
from foundation import elsewhere
from foundation.outage import unmade

# `up` has a server of its own; the others ask no database.
WITHOUT_DATABASE = {
    "", "up", "help", "version", "check", "collectstatic", "findstatic", "diffsettings", "makemessages",
    "compilemessages", "test", "screenshots", "demo", "bench", "chaos",
    "restore", "upgrade",
}  # fmt: skip
HELP = {"-h", "--help"}
# These change tables or read all of them, as the role that owns them (config/database/roles.py).
AS_OWNER = {"migrate", "prepare", "createcachetable", "backup", "restore", "upgrade"}
# These only look after other processes: without our apps the supervisor is half as large for as long as it lives.
WITHOUT_APPS = {name: f"config.management.commands.{name}" for name in ("up", "demo", "chaos")}


def main(argv: list[str]) -> int:
    """Run `argv` (as sys.argv); returns the exit code. What a person can mend is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # The record of who did what is for web and worker; a person at a terminal reads results and warnings.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if AS_OWNER.intersection(argv[1:2]):
        os.environ["NIGHTDESK_AS_OWNER"] = "1"
    try:
        if argv[1:2] == ["demo"] and not HELP & set(argv):
            demo.prepare(Path(__file__).resolve().parents[2])
        if argv[1:2] and argv[1] not in WITHOUT_APPS:
            served.follow()
        with database(argv):
            run(argv)
            sys.stdout.flush()  # here, where a reader who has gone is no mistake of ours
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        return 128 + signal.SIGPIPE
    except (ImproperlyConfigured, Unusable) as problem:
        print(f"Nightdesk cannot start: {problem}", file=sys.stderr)  # noqa: T201
        return 1
    except (OperationalError, ProgrammingError) as problem:
        if not (words := _of_the_database(problem)):
            raise
        hint = elsewhere.demo(" ".join(argv[1:])) if unmade(problem) else ""
        print(f"{words} {hint}".strip(), file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _of_the_database(problem: Exception) -> str:
    """What a person at a terminal can do about it; empty for a mistake of ours."""
    if unmade(problem):
        return "The database does not hold the tables of this version of Nightdesk: ./run prepare makes them."
    if isinstance(problem.__cause__, errors.InsufficientPrivilege):
        words = str(problem).strip().splitlines()[0]
        return f"The database refuses: {words}. The role that owns the tables may: name it in DATABASE_OWNER_URL."
    if isinstance(problem, ProgrammingError):
        return ""
    return f"The database refuses: {(str(problem).strip().splitlines() or [type(problem).__name__])[0]}"


def run(argv: list[str]) -> None:
    """The command that `argv` names, as Django would run it."""
    module = WITHOUT_APPS.get(argv[1]) if len(argv) > 1 else None
    if module:
        command = import_module(module).Command()
        importing.done()
        command.run_from_argv(argv)
    elif argv[1:] == ["prepare"] and import_module("config.starting.prepared").nothing_left():
        import_module("config.starting.preparation").warn()
    elif argv[1:] in ([], ["help"], ["-h"], ["--help"]):
        django.setup()
        print(import_module("config.starting.commands").listing())  # noqa: T201
    else:
        django.setup()
        importing.done()
        execute_from_command_line([*argv[:1], "help"] if argv[1:] == ["help", "--all"] else argv)


def database(argv: list[str]) -> AbstractContextManager[None]:
    """The embedded server for this command, unless it needs none or DATABASE_URL names another."""
    command = argv[1] if len(argv) > 1 else ""
    asks_only = command.startswith("-") or {*HELP, "--static-only"} & set(argv)
    if settings.DATABASE_URL or command in WITHOUT_DATABASE or asks_only:
        return nullcontext()
    return embedded.running(settings.EMBEDDED)
