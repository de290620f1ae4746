"""`./run backup FILE`: everything in one file, also while Nightdesk runs."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import Trouble
from config.backup.landing import aside
from config.backup.make import Made, backup, in_words
from config.supervisor import Stop, stoppable


class Command(BaseCommand):
    help = "Writes everything into one file, readable by its owner only. Works while Nightdesk runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="a file that is not there yet; - for standard output"
        )
        parser.add_argument("--force", action="store_true", help="replace FILE when it is there")

    def handle(self, *, file: str, force: bool, **options: Any) -> None:
        try:
            with stoppable():
                made = (
                    _to_output() if file == "-" else backup(_path(file), settings.OWNER_DATABASE, force=force)
                )
        except Trouble as problem:
            raise CommandError(str(problem)) from problem
        except Stop:
            raise CommandError("Stopped. Nothing was written.", returncode=130) from None
        self.stderr.write(_said(file, made), self.style.SUCCESS)


def _path(file: str) -> Path:
    return Path(file).expanduser().absolute()


def _to_output() -> Made:
    """By way of a file: the checksum at its end is over all that the disk has kept."""
    if sys.stdout.isatty():
        raise Trouble(
            "Standard output is this terminal: name a file, or send it on, as in ./run backup - > FILE."
        )
    with aside() as folder:
        path = folder / "backup"
        made = backup(path, settings.OWNER_DATABASE)
        try:
            with path.open("rb") as written:
                shutil.copyfileobj(written, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        except OSError as problem:
            # Python's own last flush, at the exit, would fail once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Trouble(
                f"Standard output takes no more ({problem.strerror}): what is there is cut off. Throw it away."
            ) from problem
        return made


def _said(file: str, made: Made) -> str:
    facts = made.manifest
    where = "Standard output" if file == "-" else file
    keys = "SECRET_KEY and NIGHTDESK_ENCRYPTION_KEYS"
    if not settings.DATABASE_URL:
        keys = f"{settings.NIGHTDESK_DATA / 'secret_key'} and {settings.NIGHTDESK_DATA / 'encryption_keys'}"
    return (
        f"{where}: {in_words(made.size)}, {len(facts['incidents'])} incidents, "
        f"{sum(facts['tables'].values())} rows, as of {facts['made_at'][:19].replace('T', ' ')} UTC.\n"
        f"Not in it, keep them elsewhere: {keys}."
    )
