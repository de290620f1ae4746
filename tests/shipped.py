"""The shipped processes as rows: imported once per run, then stored again as that import left them.

Nearly every test needs them, and reading two documents each time was a fifth of the suite.
"""

from dataclasses import dataclass
from typing import Any

from products.models import Process, ProcessVersion, Severity
from products.sources.shipped import import_shipped


@dataclass(frozen=True)
class _Kept:
    """One process with its only version, without its keys in the database."""

    process: dict[str, Any]
    version: dict[str, Any]
    severities: list[dict[str, Any]]


_kept: list[_Kept] = []


def import_once() -> None:
    """As `import_shipped`, in a database that has none of them; leaves alone what has all."""
    present = set(Process.objects.values_list("key", flat=True))
    if _kept and present.isdisjoint(kept.process["key"] for kept in _kept):
        _store()
    elif not _kept or not present.issuperset(kept.process["key"] for kept in _kept):
        made = import_shipped()
        if not present:
            _kept[:] = [_keep(imported.version) for imported in made]


def _keep(version: ProcessVersion) -> _Kept:
    return _Kept(
        _facts(version.process, "current"),
        _facts(version, "process", "at"),
        [_facts(severity, "version") for severity in version.severities.all()],
    )


def _facts(row: Any, *but: str) -> dict[str, Any]:
    """Every field's value, but its number and those."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in but
    }


def _store() -> None:
    processes = Process.objects.bulk_create(Process(**kept.process) for kept in _kept)
    versions = ProcessVersion.objects.bulk_create(
        ProcessVersion(process=process, **kept.version)
        for process, kept in zip(processes, _kept, strict=True)
    )
    Severity.objects.bulk_create(
        Severity(version=version, **facts)
        for version, kept in zip(versions, _kept, strict=True)
        for facts in kept.severities
    )
    for process, version in zip(processes, versions, strict=True):
        process.current = version
        process.save(update_fields=["current"])
