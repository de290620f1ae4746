"""Where a command finds what it does not find here: the demo's data lie in a folder of their own."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _


def demo(command: str) -> str:
    """A sentence for who probably means the demo; "" where there is none beside the data that `command` looks at."""
    folder = settings.NIGHTDESK_DATA / "demo"
    if settings.DATABASE_URL or not (folder / "demo").is_file():
        return ""
    words = _(
        "The demo keeps its data in %(folder)s: NIGHTDESK_DATA=%(folder)s ./run %(command)s looks there."
    )
    return words % {"folder": folder, "command": command}
