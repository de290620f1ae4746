"""The shipped processes as rows: imported once per run, then stored again as that import left them.

Nearly every test needs them, and reading two documents each time was a fifth of the suite.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model

from products.models import Process, ProcessVersion, Severity
from products.sources.shipped import import_shipped


@dataclass(frozen=True)
class _Kept:
    """One process with its only version, without its keys in the database."""

    process: dict[str, Any]
    version: dict[str, Any]
    severities: list[dict[str, Any]]


_kept: list[_Kept] = []
_said: list[str] = []


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
        facts_of(version.process, "current"),
        facts_of(version, "process", "at"),
        [facts_of(severity, "version") for severity in version.severities.all()],
    )


def facts_of(row: Any, *but: str) -> dict[str, Any]:
    """Every field's value, but its number and those."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in but
    }


# As one statement a table, with every value in it: building them by the ORM took longer than PostgreSQL needs.
_PROCESS = "INSERT INTO products_process (key, name) VALUES (%(key)s, %(name)s)"
_CURRENT = """UPDATE products_process SET current_id = v.id FROM products_processversion v
    WHERE v.process_id = products_process.id AND current_id IS NULL"""


def _store() -> None:
    with connection.cursor() as cursor:
        if not _said:
            _said.append(_statements(cursor.cursor.mogrify))
        cursor.execute(_said[0])


def _statements(quoted: Callable[[str, Any], str]) -> str:
    found = []
    for kept in _kept:
        process = {"of_process": kept.process["key"]}
        version = _insert(
            ProcessVersion,
            kept.version,
            process_id="(SELECT id FROM products_process WHERE key = %(of_process)s)",
        )
        found += [
            quoted(_PROCESS, kept.process),
            quoted(version, _values(ProcessVersion, kept.version) | process),
        ]
        of = (
            "(SELECT v.id FROM products_processversion v JOIN products_process p ON p.id = v.process_id"
            " WHERE p.key = %(of_process)s)"
        )
        for facts in kept.severities:
            found.append(quoted(_insert(Severity, facts, version_id=of), _values(Severity, facts) | process))
    return ";\n".join([*found, _CURRENT])


def _insert(model: type[Model], facts: dict[str, Any], **places: str) -> str:
    """With `places` for the keys that are found out where it is stored."""
    columns = ", ".join(f'"{name}"' for name in (*facts, *places))
    values = ", ".join((*(f"%({name})s" for name in facts), *places.values()))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({values})'


def _values(model: type[Model], facts: dict[str, Any]) -> dict[str, Any]:
    """As the database takes them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: fields[name].get_db_prep_save(value, connection=connection) for name, value in facts.items()
    }
