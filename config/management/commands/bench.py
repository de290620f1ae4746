"""`./run bench`: measured figures beside their goals, as a table and as JSON."""

import json
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Each benchmark starts what it needs by itself; one that cannot run is an error, never left out."""

    help = "Measures Nightdesk and prints each figure with its goal. Without a name: everything."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="a benchmark (see --list)")
        parser.add_argument("--list", action="store_true", help="say what there is and measure nothing")
        parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there too")

    def handle(self, *, names: list[str], **options: Any) -> None:
        try:
            from benchmarks import BENCHMARKS
        except ImportError as error:
            raise CommandError(f"this needs a checkout with the development packages: {error}") from error
        if options["list"]:
            for name, text in BENCHMARKS.items():
                self.stdout.write(f"{name:8} {text}")
            return
        if unknown := [name for name in names if name not in BENCHMARKS]:
            raise CommandError(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        self._measure(names or list(BENCHMARKS), options["json"])

    def _say(self, name: str, text: str) -> None:
        self.stdout.write(f"{name}: {text}")
        self.stdout.flush()

    def _measure(self, names: list[str], path: Path | None) -> None:
        from benchmarks import Figure, Unable, load
        from benchmarks.report import machine, machine_line, table

        figures: list[Figure] = []
        failed: dict[str, str] = {}
        facts = machine()
        for name in names:
            try:
                figures += load(name)(partial(self._say, name))
            except Unable as error:
                failed[name] = str(error)
            except Exception as error:  # the others shall still be measured
                traceback.print_exc()
                failed[name] = repr(error)
        self.stdout.write(f"\n{table(figures)}\n\n{machine_line(facts)}")
        if path:
            found = {"machine": facts, "figures": [figure.plain() for figure in figures], "failed": failed}
            path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        if failed:
            raise CommandError("\n".join(f"{name} could not run: {why}" for name, why in failed.items()))
