"""What PostgreSQL knows about how the work goes, read in one statement (and the disk, in one call)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.backup.daily import LastBackup, last_backup
from config.database.migrated import newer
from config.database.roles import APPEND_ONLY
from config.health.disk import Disk, disk
from foundation import room
from foundation.origin import links_open_here_only

# Announcements older than this must have reached every hub.
HANDED_OUT_S = 10

_READ = """
WITH clocks AS (
    SELECT count(*) AS n, min(c.due_at) AS first
      FROM incidents_clock c JOIN incidents_incident i ON i.id = c.incident_id AND i.mode = 'live'
     WHERE c.stopped_at IS NULL AND c.breached_at IS NULL AND c.cancelled_at IS NULL AND c.waived_at IS NULL
       AND NOT c.at_least AND c.due_at <= clock_timestamp()
), messages AS (
    SELECT count(*) AS n, min(due_at) AS first,
           min(due_at) FILTER (WHERE lease_until IS NULL OR lease_until < clock_timestamp()) AS unclaimed
      FROM notifications_delivery WHERE state = 'pending' AND due_at <= clock_timestamp()
), watched AS (
    SELECT m.due_at, m.lease_token, coalesce(m.looked_at, m.created_at) AS seen, m.interval_s
      FROM monitoring_monitor m JOIN products_product p ON p.id = m.product_id
     WHERE m.enabled AND m.archived_at IS NULL AND p.archived_at IS NULL
), monitors AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE due_at <= clock_timestamp()) AS due, min(due_at) AS first,
           count(*) FILTER (WHERE unstored) AS unstored, min(seen) FILTER (WHERE unstored) AS unseen
      FROM (SELECT *, lease_token IS NOT NULL
                      AND seen + make_interval(secs => 3 * interval_s + 30) < clock_timestamp() AS unstored
              FROM watched) AS looked
), changes AS (
    SELECT count(*) AS n, min(recorded_at) AS first FROM monitoring_statuschange WHERE handled_at IS NULL
), told AS (
    SELECT coalesce(max(id), 0) AS last FROM live_announcement
     WHERE at < clock_timestamp() - make_interval(secs => %(handed_out_s)s)
)
SELECT clock_timestamp(), clocks.n, clocks.first, messages.n, messages.first, messages.unclaimed,
       monitors.n, monitors.due, monitors.first, monitors.unstored, monitors.unseen,
       changes.n, changes.first, told.last,
       (SELECT datlocprovider::text FROM pg_database WHERE datname = current_database()),
       (SELECT bool_or(pg_has_role(relowner, 'MEMBER') OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE'))
          FROM pg_class WHERE oid IN (SELECT to_regclass(name) FROM unnest(%(append_only)s::text[]) AS kept(name)))
  FROM clocks, messages, monitors, changes, told"""
# Apart, for it asks for columns that a database before an upgrade's `prepare` has not.
_STUCK = """
SELECT count(*), min(stuck_at), count(DISTINCT recipient) FILTER (WHERE lane = 'email')
  FROM notifications_delivery WHERE state = 'pending' AND stuck_at IS NOT NULL AND noted_at IS NULL"""
# What maintenance holds back waits since the end of that, not before.
_ALERTS = """
WITH due AS (
    SELECT greatest(recorded_at, (
               SELECT max(ends_at) FROM monitoring_maintenance m
                WHERE held_at IS NOT NULL AND m.product_id = s.product_id AND cancelled_at IS NULL
                  AND starts_at <= clock_timestamp()
                  AND NOT EXISTS (SELECT FROM monitoring_maintenance_monitors WHERE maintenance_id = m.id))) AS at
      FROM monitoring_alertchange c JOIN monitoring_alert a ON a.id = c.alert_id
      JOIN monitoring_alertsource s ON s.id = a.source_id WHERE handled_at IS NULL
), waiting AS (
    SELECT received_at AS at FROM monitoring_alertpayload WHERE judged_at IS NULL
     UNION ALL SELECT at FROM due WHERE at <= clock_timestamp()
), unread AS (
    SELECT problem_at AS at FROM monitoring_alertsource s JOIN products_product p ON p.id = s.product_id
     WHERE s.problem <> '' AND s.enabled AND s.archived_at IS NULL AND p.archived_at IS NULL
)
SELECT (SELECT count(*) FROM waiting), (SELECT min(at) FROM waiting),
       (SELECT count(*) FROM unread), (SELECT min(at) FROM unread)"""
_BEATS = """
SELECT name, process, role, label, started_at, pulse_at, beat_at, silent_since, progress, figures, ended_at, ending,
       EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name = 'nightdesk ' || process)
  FROM foundation_heartbeat ORDER BY role, label, name"""


_MADE = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
_FILES = """
SELECT problem FROM products_processfile, jsonb_array_elements_text(problems) problem ORDER BY name"""


class Cursor(Protocol):
    """Django's cursor or psycopg's."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


@dataclass(frozen=True)
class Beat:
    """One row of Heartbeat. `holds_session`: PostgreSQL still has its connection, so the process is not gone."""

    name: str
    process: str
    role: str
    label: str
    started_at: datetime
    pulse_at: datetime
    beat_at: datetime
    silent_since: datetime | None = None
    progress: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    ending: str = ""
    holds_session: bool = False

    @property
    def host(self) -> str:
        """As foundation/pulse.py labels it: `worker 4711 on host`."""
        return self.label.partition(" on ")[2]

    @property
    def does(self) -> str:
        """What the loop is for, as a person reads it; an unknown one goes by its name."""
        return str(DEEDS.get(self.name, self.name))


DEEDS = {
    "clocks": _("checks clocks"),
    "ticker": _("does what is due"),
    "intake": _("hands on monitor changes"),
    "sender": _("sends messages"),
    "prober": _("checks monitors"),
    "bell": _("wakes workers"),
    "broker": _("hears of work"),
    "hub": _("brings news to open pages"),
}


@dataclass(frozen=True)
class Waiting:
    """So many are due, the first since that moment."""

    count: int = 0
    since: datetime | None = None

    def late(self, now: datetime, seconds: float) -> bool:
        return self.since is not None and now - self.since > timedelta(seconds=seconds)


@dataclass(frozen=True)
class Facts:
    """Everything the judgement is made of. `unclaimed`: since when a message waits that nobody has taken.
    `unstored`: monitors that were taken, and of which no result came for three intervals and 30 s.
    """

    now: datetime
    beats: tuple[Beat, ...] = ()
    clocks: Waiting = Waiting()
    messages: Waiting = Waiting()
    unclaimed: datetime | None = None
    # Tried in vain for too long (notifications/patience.py), and to how many people and mailboxes by mail.
    stuck: Waiting = Waiting()
    unmailed: int = 0
    watched: int = 0
    monitors: Waiting = Waiting()
    unstored: Waiting = Waiting()
    changes: Waiting = Waiting()
    # Of other tools: what they sent and nobody has judged; those whose last body could not be read.
    alerts: Waiting = Waiting()
    unread: Waiting = Waiting()
    announced: int = 0
    took_s: float = 0.0
    locale_provider: str = "b"
    # Of the timeline: its role owns the tables, or could.
    may_delete: bool = False
    disk: Disk | None = None
    backup: LastBackup | None = None
    mail: bool = True
    broker: bool = False
    ping: bool = False
    # Channels exist, and the links in their messages open on this machine alone.
    links_stay: bool = False
    # What is wrong with processes that are kept as files; None where none are.
    processes: tuple[str, ...] | None = None
    # A migration of this program that the database has not had.
    unmade: str = ""
    # One that only a newer program can have made.
    newer: str = ""
    # Since when PostgreSQL refuses this process what is new, for want of room.
    no_room_since: datetime | None = None


def read(cursor: Cursor, clock: Callable[[], float]) -> Facts:
    """`clock` counts seconds and measures how long PostgreSQL takes."""
    began = clock()
    cursor.execute(_READ, {"handed_out_s": HANDED_OUT_S, "append_only": list(APPEND_ONLY)})
    due = _due(cursor.fetchone())
    cursor.execute(_BEATS)
    beats = tuple(Beat(*row) for row in cursor.fetchall())
    made = _made(cursor)
    unmade = min(_migrations().difference(made), default="")
    stuck, stuck_since, unmailed = (0, None, 0) if unmade else _stuck(cursor)
    alerts, unread = (Waiting(), Waiting()) if unmade else _alerts(cursor)
    processes = _processes(cursor)
    return replace(
        due,
        beats=beats,
        stuck=Waiting(stuck, stuck_since),
        unmailed=unmailed,
        alerts=alerts,
        unread=unread,
        took_s=clock() - began,
        disk=disk(),
        backup=last_backup(),
        mail=bool(settings.MAIL_URL),
        broker=not settings.CELERY_BROKER_URL.startswith("memory"),
        ping=bool(settings.NIGHTDESK_PING_URL),
        links_stay=links_open_here_only() and _has_channels(cursor),
        processes=processes,
        unmade=unmade,
        newer=newer(made),
        no_room_since=room.gone_since(),
    )


def _due(row: Sequence[Any]) -> Facts:
    """What `_READ` saw: what is due or waits, and what the database is."""
    (
        now, clocks, clocks_since, messages, messages_since, unclaimed, watched, due, first_due, unstored, unseen,
        changes, changes_since, announced, provider, may_delete,
    ) = row  # fmt: skip
    return Facts(
        now=now,
        clocks=Waiting(clocks, clocks_since),
        messages=Waiting(messages, messages_since),
        unclaimed=unclaimed,
        watched=watched,
        monitors=Waiting(due, first_due if due else None),
        unstored=Waiting(unstored, unseen),
        changes=Waiting(changes, changes_since),
        announced=announced,
        locale_provider=provider,
        may_delete=may_delete,
    )


def _made(cursor: Cursor) -> tuple[str, ...]:
    """The migrations that this database has, as "app.name"."""
    cursor.execute(_MADE)
    return tuple(name for (name,) in cursor.fetchall())


@cache
def _migrations() -> frozenset[str]:
    """Ours, as "app.name", by their files' names."""
    own = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return frozenset(
        f"{app.label}.{file.stem}" for app in own for file in Path(app.path).glob("migrations/[0-9]*.py")
    )


def _stuck(cursor: Cursor) -> tuple[int, datetime | None, int]:
    cursor.execute(_STUCK)
    count, since, unmailed = cursor.fetchone()
    return count, since, unmailed


def _alerts(cursor: Cursor) -> tuple[Waiting, Waiting]:
    cursor.execute(_ALERTS)
    waiting, since, unread, unread_since = cursor.fetchone()
    return Waiting(waiting, since), Waiting(unread, unread_since)


def _processes(cursor: Cursor) -> tuple[str, ...] | None:
    if not settings.NIGHTDESK_PROCESS_DIR:
        return None
    cursor.execute(_FILES)
    return tuple(problem for (problem,) in cursor.fetchall())


def _has_channels(cursor: Cursor) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM notifications_channel WHERE archived_at IS NULL)")
    return bool(cursor.fetchone()[0])
