"""How much room there is where the data folder lies."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk that the data folder lies on; whether the database lies there, too."""

    free: int
    total: int
    database: bool = False


def disk() -> Disk | None:
    """Of the data folder; None while there is none."""
    try:
        found = shutil.disk_usage(settings.NIGHTDESK_DATA)
    except OSError:
        return None
    return Disk(found.free, found.total, database=not settings.DATABASE_URL)
