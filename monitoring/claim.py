"""Taking due monitors, so that two workers never look at the same one and a dead worker's are looked at again.

What is due lives in one indexed column. A claim marks the rows with a token and moves `due_at` to the end of the lease:
who dies loses nothing but that time, and "what is due" stays one range of one index. Whoever stores a result must still
hold the token; an edit, a switch-off or "check now" takes it away, and a late result then writes nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from monitoring.models import Monitor

LEASE_S = 30

# The moment comes from a sub-select: clock_timestamp() itself is volatile and would keep the index from being used.
# A product that is archived is nobody's worry any more; brought back, its monitors are overdue and looked at at once.
_WATCHED = """enabled AND archived_at IS NULL
           AND product_id NOT IN (SELECT id FROM products_product WHERE archived_at IS NOT NULL)"""
_CLAIM = f"""
UPDATE monitoring_monitor AS monitor
   SET lease_token = %s, due_at = clock_timestamp() + make_interval(secs => %s)
  FROM (SELECT id FROM monitoring_monitor
         WHERE {_WATCHED} AND due_at <= (SELECT clock_timestamp())
         ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED) AS due
 WHERE monitor.id = due.id
RETURNING monitor.*
"""  # noqa: S608 - only our own words are joined


@dataclass(frozen=True, slots=True)
class Claim:
    """Monitors that this token may write the results of."""

    token: uuid.UUID
    monitors: list[Monitor]


def claim_due(limit: int) -> Claim:
    """Up to `limit` due monitors, longest due first, leased for 30 s. One statement, committed by itself."""
    token = uuid.uuid4()
    return Claim(token, list(Monitor.objects.raw(_CLAIM, [token, LEASE_S, limit])))


def next_due() -> datetime | None:
    """When the next monitor is due or the next lease ends, None if nothing is watched. One look at the due index."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(due_at) FROM monitoring_monitor WHERE {_WATCHED}")  # noqa: S608
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]
