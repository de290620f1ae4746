"""Which migrations this program knows: those on disk, and those that one of them replaced."""

from collections.abc import Iterable

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader


def unknown(names: Iterable[str], there: dict[tuple[str, str], Migration] | None = None) -> list[str]:
    """Of migrations "app.name" of installed apps those that only a newer Nightdesk can have made."""
    on_disk = MigrationLoader(None).disk_migrations if there is None else there
    replaced = {pair for migration in on_disk.values() for pair in migration.replaces}
    known = {f"{app}.{name}" for app, name in {*on_disk, *replaced}}
    installed = {app for app, _name in on_disk}
    return [name for name in names if name.split(".")[0] in installed and name not in known]
