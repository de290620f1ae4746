"""`./run restore FILE`: a backup into an empty installation."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.backup import Trouble, archive
from config.backup.landing import aside
from config.backup.restore import Restored, restore
from config.backup.settle import REFS_SKIPPED
from config.embedded import serving
from config.supervisor import Stop, stoppable


class Command(BaseCommand):
    help = "Loads a backup into an empty database, all of it or nothing, and checks it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="what ./run backup wrote; - for standard input")
        parser.add_argument(
            "--accept-broken", action="store_true", help="also when a timeline was broken before the backup"
        )

    def handle(self, *, file: str, accept_broken: bool, **options: Any) -> None:
        try:
            with stoppable(), _named(file) as path:
                found = archive.read(path, name="Standard input" if file == "-" else file)
                with _server():
                    done = restore(found, accept_broken=accept_broken)
                    connections.close_all()
        except Trouble as problem:
            raise CommandError(str(problem)) from problem
        except Stop:
            raise CommandError("Stopped. Nothing was restored.", returncode=130) from None
        self.stdout.write(_said(found.manifest, done))


@contextmanager
def _named(file: str) -> Iterator[Path]:
    """The backup as a file; what comes by standard input lies in one meanwhile."""
    if file != "-":
        yield Path(file).expanduser().absolute()
        return
    if sys.stdin.isatty():
        raise Trouble(
            "Standard input is this terminal: name a file, or send one, as in ./run restore - < FILE."
        )
    with aside() as folder:
        path = folder / "backup"
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(sys.stdin.buffer, kept)
        except OSError as problem:
            raise Trouble(
                f"The backup does not fit into {folder.parent} ({problem.strerror}): name its file, or set TMPDIR to a "
                "folder with more room. Nothing was restored."
            ) from problem
        yield path


def _server() -> AbstractContextManager[Any]:
    """The embedded server, ours alone: a running `up` is refused. Nothing when DATABASE_URL names another."""
    return nullcontext() if settings.DATABASE_URL else serving(settings.EMBEDDED)


def _said(facts: dict[str, Any], done: Restored) -> str:
    lines = [
        f"Restored as of {facts['made_at'][:19].replace('T', ' ')} UTC: {sum(facts['tables'].values())} rows, "
        f"{done.timelines} timelines, {'all whole' if not done.broken else f'{len(done.broken)} faults'}.",
        *done.broken,
        "Everybody signs in anew; API tokens work as before.",
        f"New incidents skip {REFS_SKIPPED} numbers: those may have been given out after the backup.",
    ]
    if done.settled.held:
        lines.append(
            f"{done.settled.held} messages that waited are held: release or drop them under Settings → Held messages."
        )
    if done.settled.channels:
        lines.append(f"Enter the secrets of these channels again: {', '.join(done.settled.channels)}.")
    if done.settled.monitors:
        names = ", ".join(done.settled.monitors)
        lines.append(f"These monitors go on taking pushes, but their lines cannot be shown again: {names}.")
    if done.settled.repositories:
        names = ", ".join(done.settled.repositories)
        lines.append(
            "Enter the tokens of these repositories again, and copy their webhooks' addresses and secrets anew: "
            f"{names}."
        )
    return "\n".join(lines)
