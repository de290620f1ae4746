"""The one LISTEN connection of a web process: reads the rows, catches up after a loss."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import psycopg
import structlog

from foundation import heartbeat, listening
from foundation.outage import Spell
from foundation.wedge import is_held
from live import bus
from live.hub import Hub

PROBE_S = 5.0  # a silent connection is asked this often whether it still lives
ANSWER_S = 5.0
LONGEST_WAIT_S = 2.0
AT_ONCE = 200  # rows a round, so that streams can write in between
MOST_MISSED = 5_000

_LAST = "SELECT coalesce(max(id), 0) FROM live_announcement"
_ROWS = "SELECT id, topic, html, event FROM live_announcement WHERE id = ANY(%s)"
_log = structlog.get_logger(__name__)

type Connection = psycopg.AsyncConnection[Any]


async def follow(hub: Hub) -> None:
    """Runs until cancelled. While PostgreSQL is away `hub.listening` is clear and a new connection is tried
    with growing pauses; what was committed meanwhile is handed out before it is set again."""
    wait, before, spell = 0.1, False, Spell(_log, "live.listen_lost", "live.listen_back")
    while True:
        try:
            async with await _connect() as connection:
                await connection.execute(f"LISTEN {bus.CHANNEL}")
                await _catch_up(hub, connection, before)
                hub.listening.set()
                spell.is_over()
                wait, before = 0.1, True
                while True:
                    heartbeat.reach("hub", hub.last)
                    await _next(hub, connection)
                    await _held()
        except (psycopg.Error, OSError) as error:  # OSError holds TimeoutError
            spell.lasts(error)
        except Exception:  # a message we cannot read must not silence every page for ever
            _log.exception("live.listen_failed")
        finally:
            hub.listening.clear()
        await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311
        wait = min(wait * 2, LONGEST_WAIT_S)


async def _connect() -> Connection:
    where, asked = listening.address()
    return await psycopg.AsyncConnection.connect(
        where,
        autocommit=True,
        **{"connect_timeout": 5, "application_name": "nightdesk-live", "keepalives_idle": 30, **asked},
    )


async def _held() -> None:
    while is_held("hub"):
        await asyncio.sleep(0.1)


async def _next(hub: Hub, connection: Connection) -> None:
    """Waits for the next announcements and hands them out in the order in which they were committed."""
    found = [
        notify.payload.split(" ", 1) async for notify in connection.notifies(timeout=PROBE_S, stop_after=1)
    ]
    if not found:
        async with asyncio.timeout(ANSWER_S):
            await connection.execute("SELECT 1")
    for start in range(0, len(found), AT_ONCE):
        told = {int(number): topic for number, topic in found[start : start + AT_ONCE]}
        await _deal(hub, connection, {number: topic for number, topic in told.items() if hub.is_new(number)})
        await asyncio.sleep(0)


async def _deal(hub: Hub, connection: Connection, told: dict[int, str]) -> None:
    """Hands `told` out. Whose access changed is checked before they get what was committed after the change."""
    wanted = [number for number, topic in told.items() if hub.wants(topic)]
    rows: dict[int, bus.Row] = {}
    if wanted:
        found = await connection.execute(_ROWS, [wanted])
        rows = {row[0]: bus.Row(*row) for row in await found.fetchall()}
    waiting: list[bus.Row] = []
    for number, topic in told.items():
        if topic.startswith("access:"):
            hub.hand_out(waiting)
            waiting = []
            hub.check_access(int(topic.removeprefix("access:")))
        elif number in rows:
            waiting.append(rows[number])
    hub.hand_out(waiting)
    for number in told:
        hub.passed(number)


async def _catch_up(hub: Hub, connection: Connection, before: bool) -> None:
    """What was committed while nobody listened. Nothing the first time: streams read their own past."""
    (last,) = await _one(connection, _LAST)
    if before:
        seen = await _one(connection, bus.SEEN, {"cursor": hub.last}) if hub.last else bus.NOTHING_SEEN
        rows = await _missed(hub, connection, seen) if seen else None
        if rows is None:
            hub.end_all("closing")  # each resumes by its own cursor, or is told to load the page again
        else:
            hub.check_access()
            hub.hand_out(row for row in rows if hub.is_new(row.id))
            for row in rows:
                hub.passed(row.id)
    hub.passed(last)


async def _missed(hub: Hub, connection: Connection, seen: tuple[int, int]) -> list[bus.Row] | None:
    asked = {
        "cursor": hub.last,
        "topics": hub.topics(),
        "transaction": seen[0],
        "running_from": seen[1],
        "limit": MOST_MISSED,
    }
    found = await (await connection.execute(bus.SINCE, asked)).fetchall()
    return [bus.Row(*row) for row in found] if len(found) < MOST_MISSED else None


async def _one(connection: Connection, query: str, asked: dict[str, Any] | None = None) -> Any:
    return await (await connection.execute(query, asked)).fetchone()
