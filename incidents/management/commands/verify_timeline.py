"""`./run verify_timeline [REF…]`.

Exit 0 when every chain is whole, else 1 and a line for each thing that is broken.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.models import Incident
from incidents.timeline.verify import verify


class Command(BaseCommand):
    help = "Checks the hash chains of the incidents' timelines."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "refs", nargs="*", metavar="REF", help="such as INC-42; without any, all are checked"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Incident.objects.all()
        if options["refs"]:
            chosen = chosen.filter(pk__in=[self._incident(ref).pk for ref in options["refs"]])
        broken = list(verify(chosen))
        for found in broken:
            self.stdout.write(str(found))
        if broken:
            self.stdout.write(f"{len(broken)} broken in {chosen.count()} timelines")
            sys.exit(1)
        self.stdout.write(f"{chosen.count()} timelines are whole")

    def _incident(self, ref: str) -> Incident:
        try:
            return Incident.objects.by_ref(ref)
        except Incident.DoesNotExist as error:
            raise CommandError(f"There is no incident {ref}.") from error
