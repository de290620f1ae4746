"""`./run screenshots`: the pages as they look, for people to judge and for the README."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Made-up scenes in a throw-away database, a picture of each at 390 and 1280 px, light and dark."""

    help = "Writes pictures of made-up scenes to docs/screenshots."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", action="append", default=[], metavar="NAME", help="this scene alone; may be repeated"
        )
        parser.add_argument(
            "--to",
            type=Path,
            default=settings.BASE_DIR / "docs/screenshots",
            help="folder (docs/screenshots)",
        )

    def handle(self, *, only: list[str], to: Path, **options: Any) -> None:
        try:
            from tests.pictures import take
            from tests.scenes import SCENES
        except ImportError as error:
            raise CommandError(f"this needs a checkout with the development packages: {error}") from error
        unknown = [name for name in only if name not in SCENES]
        if unknown:
            raise CommandError(f"no scene {', '.join(unknown)}; there are {', '.join(SCENES)}")
        chromium = next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
        )
        if chromium is None:
            raise CommandError("no Chromium on this machine (apt install chromium)")
        take(only or list(SCENES), to, chromium, self.stdout.write)
