"""`./run render_lines`.

Write the timeline's cached HTML anew, after its template or sentences have changed.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from incidents.models import TimelineEvent, TimelineLine
from incidents.timeline import lines


class Command(BaseCommand):
    help = "Renders timeline lines that are missing or older than the present template."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="render every line, old or not")

    def handle(self, *args: Any, **options: Any) -> None:
        events = TimelineEvent.objects.all()
        if not options["all"]:
            present = TimelineLine.objects.filter(
                template_version=lines.TEMPLATE_VERSION, language=lines.LANGUAGE
            )
            events = events.exclude(pk__in=present.values("event"))
        count = 0
        for pk in events.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
            lines.restore(pk)
            count += 1
        self.stdout.write(f"{count} lines rendered")
