"""`./run upgrade`: the embedded server's data folder from an older PostgreSQL to the present one."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import Trouble, upgrade
from config.supervisor import Stop, stoppable


class Command(BaseCommand):
    help = "Moves the embedded database to the present version of PostgreSQL and keeps the old data folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--programs", metavar="FOLDER", default="", help="where the old version's postgres is"
        )

    def handle(self, *, programs: str, **options: Any) -> None:
        if settings.DATABASE_URL:
            raise CommandError("DATABASE_URL names a server of your own: upgrade that one by its own means.")
        try:
            with stoppable(), tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
                self.stdout.write(_upgrade(programs, Path(folder)))
        except Trouble as problem:
            raise CommandError(str(problem)) from problem
        except Stop:
            raise CommandError("Stopped. The old data folder is as it was.", returncode=130) from None


def _upgrade(named: str, install_to: Path) -> str:
    folder: Path = settings.EMBEDDED
    old, new = upgrade.made_by(folder), upgrade.present()
    if old == new:
        return f"{folder} is of PostgreSQL {new} already: nothing to do."
    if old > new:
        raise Trouble(
            f"{folder} was made by PostgreSQL {old}, this is {new}: there is no way back. Nothing was changed."
        )
    done, kept = upgrade.move(folder, upgrade.old_programs(old, named, install_to))
    broken = "".join(f"\n{line}" for line in done.broken)
    return (
        f"{folder} is now of PostgreSQL {new}: {done.timelines} timelines, "
        f"{'all whole' if not done.broken else 'with faults'}.{broken}\n"
        f"The old folder is {kept}. Remove it when you have looked around."
    )
