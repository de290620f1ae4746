"""`./run restore FILE`: a backup into an empty installation."""

import shutil
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.backup import Trouble, archive
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
            with stoppable(), tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
                path = _from_input(Path(folder)) if file == "-" else Path(file).expanduser().absolute()
                found = archive.read(path)
                with _server():
                    done = restore(found, accept_broken=accept_broken)
                    connections.close_all()
        except Trouble as problem:
            raise CommandError(str(problem)) from problem
        except Stop:
            raise CommandError("Stopped. Nothing was restored.", returncode=130) from None
        self.stdout.write(_said(found.manifest, done))


def _from_input(folder: Path) -> Path:
    path = folder / "backup"
    with path.open("wb") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
    return path


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
    return "\n".join(lines)
