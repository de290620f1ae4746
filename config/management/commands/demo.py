"""`./run demo`: `up` with a house that has a past; its data lies apart from yours."""

from typing import Any

from config.management.commands import up
from config.supervisor import Stop, say, stoppable


class Command(up.Command):
    """The environment was set before the settings were read: see config/starting/command_line.py."""

    help = "Starts Nightdesk with demo data: both processes, products, incidents, monitors."

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        try:
            with stoppable():
                up.up(host, port, demo=True)
        except Stop:
            say("Nightdesk has stopped.")
