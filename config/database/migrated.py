"""Which migrations this program knows: those on disk, and those that one of them replaced."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

import psycopg
from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from config.database.cluster import Unusable
from foundation import direct


def unknown(names: Iterable[str], there: dict[tuple[str, str], Migration] | None = None) -> list[str]:
    """Of migrations "app.name" of installed apps those that only a newer Nightdesk can have made."""
    on_disk = MigrationLoader(None).disk_migrations if there is None else there
    replaced = {pair for migration in on_disk.values() for pair in migration.replaces}
    known = {f"{app}.{name}" for app, name in {*on_disk, *replaced}}
    installed = {app for app, _name in on_disk}
    return [name for name in names if name.split(".")[0] in installed and name not in known]


@lru_cache(maxsize=1)
def newer(names: tuple[str, ...]) -> str:
    """The first of them that only a newer Nightdesk can have made; "" where none is. Nothing is imported for it while
    all of them lie on disk, as they usually do."""
    strange = [name for name in names if name not in _files()]
    return next(iter(unknown(strange)), "") if strange else ""


@cache
def _files() -> frozenset[str]:
    """Of all apps, as "app.name"."""
    return frozenset(
        f"{app.label}.{file.stem}"
        for app in apps.get_app_configs()
        for file in Path(app.path).glob("migrations/[!_~]*.py")
    )


def refuse_newer(names: Iterable[str]) -> None:
    """Raises Unusable on tables of a newer Nightdesk: this one would write into them without what is new there."""
    if name := newer(tuple(names)):
        raise Unusable(
            f"the database was last used by a newer Nightdesk: this one does not know {name}. Start that version or a "
            "later one, or restore a backup from before it. Nothing was changed."
        )


def start() -> None:
    """The same for a process that begins to work, however it was started. What runs already while a newer version is
    brought out goes on, and says so (config/health/house.py); a database that is away is waited for by who needs it.
    """
    with suppress(psycopg.Error, OSError), direct.connect("nightdesk-start") as database:
        rows = database.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        refuse_newer(name for (name,) in rows)
