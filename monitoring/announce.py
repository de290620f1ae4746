"""Saying that something changed: to the ticker, which hands it on, and to open boards. Inside the writer's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from live import bus

CHANNEL = "nightdesk_tick"


def wake() -> None:
    """Wakes every ticker at commit: something is due, or a change waits to be handled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def refresh(teams: Iterable[int]) -> None:
    """Open boards of these teams fetch themselves anew at commit. Not for every result: a NOTIFY is taken one
    at a time.
    """
    for team in sorted(set(teams)):
        bus.publish(f"board:{team}", event="refresh")
