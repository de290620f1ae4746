"""Django's `migrate`, as the owner of the tables; then the app role is given what it needs (config/roles.py)."""

from typing import Any

from django.core.management.commands import migrate

from config import roles


class Command(migrate.Command):
    """`config.command_line` runs it as the owner."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"]:
            roles.grant(options["database"])
