"""Django's `migrate`, as the owner of the tables; then the app role gets what it needs (config/database/roles.py)."""

from typing import Any

from django.core.management.commands import migrate

from config.database import roles


class Command(migrate.Command):
    """`config.starting.command_line` runs it as the owner."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"]:
            roles.grant(options["database"])
