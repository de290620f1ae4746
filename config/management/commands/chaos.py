"""`./run chaos`: kills everything at random under load, and judges whether every promise was kept."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.supervisor import Stop, stoppable

SCENARIOS = ("storm", "redis-outage", "redis-return")


class Command(BaseCommand):
    """A house of its own in a temporary folder; Ctrl-C leaves nothing behind."""

    help = "Kills worker, web, PostgreSQL, supervisor and Redis at random under load. Exit 1 if a promise is broken."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=5.0, help="how long the storm lasts (5)")
        parser.add_argument("--seed", type=int, default=1, help="decides what strikes when (1)")
        parser.add_argument(
            "--gap", type=float, default=6.0, help="seconds between two strikes, on average (6)"
        )
        parser.add_argument("--scenario", choices=SCENARIOS, default="storm", help="what happens (storm)")
        parser.add_argument("--outage-s", type=float, default=300.0, help="how long Redis is away (300)")
        parser.add_argument(
            "--rounds", type=int, default=20, help="how often Redis is killed and returns (20)"
        )
        parser.add_argument("--webs", type=int, default=1, help="web processes beside the one of up (1)")
        parser.add_argument("--workers", type=int, default=2, help="workers beside the one of up (2)")
        parser.add_argument("--responders", type=int, default=6, help="scripts that declare and act (6)")
        parser.add_argument(
            "--pause", type=float, default=0.0, help="seconds that each script rests between two writes (0)"
        )
        parser.add_argument("--embedded", action="store_true", help="without Redis, as ./run up does it")
        parser.add_argument("--no-disk", action="store_true", help="do not fill the disk")
        parser.add_argument(
            "--hasten", action="store_true", help="do not wait for the leases of the dead at the end"
        )
        parser.add_argument(
            "--keep", action="store_true", help="keep the temporary folder, with journals and logs"
        )
        parser.add_argument("--json", type=Path, metavar="PATH", help="write what was found there too")

    def handle(self, *, scenario: str, json: Path | None, **options: Any) -> None:
        try:
            from chaos import comeback, outage, storm
            from chaos.house import Unable
        except ImportError as error:
            raise CommandError(f"this needs a checkout with the development packages: {error}") from error
        runs = {"storm": storm.run, "redis-outage": outage.run, "redis-return": comeback.run}
        plan = storm.Plan(
            seed=options["seed"],
            seconds=options["minutes"] * 60,
            gap_s=options["gap"],
            webs=options["webs"],
            workers=options["workers"],
            responders=options["responders"],
            pause_s=options["pause"],
            redis=not options["embedded"],
            disk=not options["no_disk"],
            hasten=options["hasten"],
            keep=options["keep"],
            outage_s=options["outage_s"],
            rounds=options["rounds"],
        )
        if scenario != "storm" and not plan.redis:
            raise CommandError("this is about Redis: leave --embedded out")
        try:
            with stoppable():
                found = runs[scenario](plan, self._say)
        except Stop:
            self._say("Ended before its time: nothing was judged, nothing is left.")
            raise SystemExit(130) from None
        except (Unable, FileNotFoundError) as problem:
            raise CommandError(str(problem)) from problem
        self._tell(found, json)

    def _tell(self, found: dict[str, Any], path: Path | None) -> None:
        from chaos.report import is_kept, lines

        for line in lines(found):
            self._say(line)
        text = json.dumps(found, indent=2, ensure_ascii=False)
        if path:
            path.write_text(text + "\n")
        else:
            self._say(json.dumps({**found, "judged": _counts(found["judged"])}))
        if not is_kept(found):
            raise SystemExit(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _counts(judged: dict[str, Any]) -> dict[str, Any]:
    return {name: len(value) if isinstance(value, list) else value for name, value in judged.items()}
