"""`./run prepare`: everything between a running database and the first request. `up` runs it at every start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.starting.preparation import prepare
from config.starting.static_files import collect_static


class Command(BaseCommand):
    """Harmless to repeat, and to run on several machines at once."""

    help = "Brings the database, the static files and what ships with Nightdesk up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", metavar="ADDRESS", help="fill an empty house, served there, with demo data"
        )
        parser.add_argument(
            "--static-only", action="store_true", help="only collect the static files, without a database"
        )

    def handle(self, *, demo: str | None, static_only: bool, **options: Any) -> None:
        if static_only:
            collect_static()
            return
        prepare(quietly=demo is not None)
        if demo:
            from config.demo.stories import fill

            self.stdout.write(fill(demo))
