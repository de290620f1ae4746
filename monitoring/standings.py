"""How targets stand, from rows to the pure arithmetic of monitoring.transitions and back, many at once.

The rows of one batch are written by one statement each, however many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from monitoring.models import StatusChange, Target
from monitoring.transitions import Change, Standing

# Column → its type, in the order of the statement.
_COLUMNS = {
    "id": "bigint",
    "name": "text",
    "state": "text",
    "settled": "text",
    "seen": "text",
    "since": "timestamptz",
    "fails": "int",
    "oks": "int",
    "checked_at": "timestamptz",
    "fresh_until": "timestamptz",
    "code": "text",
    "detail": "text",
    "latency_ms": "float8",
    "uptime_percent": "float8",
    "archived_at": "timestamptz",
    "maintenance_until": "timestamptz",
}
_WRITE = (
    f"UPDATE monitoring_target AS target SET {', '.join(f'{c} = new.{c}' for c in _COLUMNS if c != 'id')} "  # noqa: S608
    f"FROM unnest({', '.join(f'%s::{kind}[]' for kind in _COLUMNS.values())}) AS new({', '.join(_COLUMNS)}) "
    "WHERE target.id = new.id"
)


BARE = ("state", "settled", "seen", "since", "fresh_until", "maintenance_until")


@dataclass
class Written:
    """What a transaction is about to write about targets: rows as they shall be, and their changes."""

    targets: list[Target] = field(default_factory=list)
    changes: list[tuple[Target, Change]] = field(default_factory=list)

    def add(self, target: Target, standing: Standing, changes: Sequence[Change]) -> None:
        put(target, standing)
        self.targets.append(target)
        self.changes += [(target, change) for change in changes]

    def save(self) -> None:
        """Inserts the new targets, updates the others, records the changes: at most three statements."""
        known = [target for target in self.targets if target.pk is not None]
        new = [target for target in self.targets if target.pk is None]
        if new:
            Target.objects.bulk_create(new)
        _update(known)
        if self.changes:
            StatusChange.objects.bulk_create([_row(target, change) for target, change in self.changes])


def standing_of(target: Target) -> Standing:
    """How the row stands."""
    return Standing(
        state=target.state, settled=target.settled, seen=target.seen, since=target.since,
        fails=target.fails, oks=target.oks, checked_at=target.checked_at, fresh_until=target.fresh_until,
        code=target.code, detail=target.detail, until=target.maintenance_until,
    )  # fmt: skip


def bare(target: Target) -> Standing:
    """How the row stands, as far as time alone can change it: the fields BARE."""
    return Standing(
        state=target.state, settled=target.settled, seen=target.seen, since=target.since,
        fresh_until=target.fresh_until, until=target.maintenance_until,
    )  # fmt: skip


def put(target: Target, standing: Standing) -> None:
    """Makes the row stand so, in memory."""
    target.state, target.settled, target.seen = standing.state, standing.settled, standing.seen
    target.since, target.fails, target.oks = standing.since, standing.fails, standing.oks
    target.checked_at, target.fresh_until = standing.checked_at, standing.fresh_until
    target.code, target.detail, target.maintenance_until = standing.code, standing.detail, standing.until


def _update(targets: Sequence[Target]) -> None:
    if not targets:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[getattr(target, column) for target in targets] for column in _COLUMNS])


def _row(target: Target, change: Change) -> StatusChange:
    return StatusChange(
        target=target,
        was=change.was,
        state=change.state,
        at=change.at,
        code=change.code,
        detail=change.detail,
    )
