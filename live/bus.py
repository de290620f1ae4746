"""Telling open pages: a row and a NOTIFY in the writer's transaction. What rolls back was never announced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, models

from live.models import Announcement

CHANNEL = "nightdesk_live"
KEPT_S = 24 * 3600
TOPIC = re.compile(r"[a-z]{1,20}:[0-9]{1,19}", re.ASCII)
EVENT = re.compile(r"[a-z][a-z_-]{0,39}", re.ASCII)

_PUBLISH = """
WITH told AS (
    INSERT INTO live_announcement (topic, html, event, at, transaction, running_from)
    SELECT topic, html, event, clock_timestamp(), pg_current_xact_id()::text::bigint,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM unnest(%(topics)s::text[], %(htmls)s::text[], %(events)s::text[])
         WITH ORDINALITY AS said (topic, html, event, place)
    WHERE event = '' OR NOT EXISTS (
        SELECT FROM (
            SELECT transaction FROM live_announcement before
            WHERE before.topic = said.topic AND before.event = said.event ORDER BY id DESC LIMIT 1
        ) newest WHERE transaction = pg_current_xact_id()::text::bigint)
    ORDER BY place
    RETURNING id, topic
) SELECT pg_notify(%(channel)s, id || ' ' || topic) FROM told ORDER BY id"""

SEEN = "SELECT transaction, running_from FROM live_announcement WHERE id = %(cursor)s"
SINCE = """
SELECT id, topic, html, event FROM live_announcement
WHERE topic = ANY(%(topics)s)
  AND (id > %(cursor)s OR (transaction >= %(running_from)s AND transaction <> %(transaction)s))
ORDER BY id LIMIT %(limit)s"""

# The same as `cursor()` inside the query that reads what is shown; null before the first announcement.
CURSOR = models.Subquery(Announcement.objects.order_by("-id").values("id")[:1])
NOTHING_SEEN = (-1, 0)  # what SEEN would say of the time before the first announcement

type Said = tuple[str, str, str]  # topic, html, event
_gathered: ContextVar[list[Said] | None] = ContextVar("gathered", default=None)


@dataclass(frozen=True, slots=True)
class Row:
    """An announcement as it travels: what `SINCE` selects, in that order."""

    id: int
    topic: str
    html: str
    event: str


def publish(topic: str, html: str = "", *, event: str = "") -> None:
    """Tells every open page of `topic` once the present transaction commits; nothing when it rolls back.

    `topic`: `incident:42`, `user:7`, `board:3`, or `access:7` (that person's streams are checked anew; never
    sent out). `html`: elements for htmx (`<hx-upsert>`, `<hx-partial>`). `event`: the name of a DOM event on
    the page's `#live`, such as "refresh"; said again in the same transaction it is told once, so that a page
    fetches once. Exactly one of the two; `access:` needs neither. Else ValueError.
    """
    if not TOPIC.fullmatch(topic):
        raise ValueError(f"not a topic: {topic!r}")
    if event and not EVENT.fullmatch(event):
        raise ValueError(f"not the name of an event: {event!r}")
    if bool(html) == bool(event) and not topic.startswith("access:"):
        raise ValueError("an announcement has either html or an event")
    waiting = _gathered.get()
    if waiting is None:
        _write([(topic, html, event)])
    else:
        waiting.append((topic, html, event))


@contextmanager
def gathered() -> Iterator[None]:
    """What is published meanwhile is written by one statement at the end, in its order. For a verb, inside its
    transaction; one within another is written with that one. What fails has announced nothing.
    """
    outer = _gathered.get()
    mine = list[Said]()
    token = _gathered.set(mine)
    try:
        yield
    finally:
        _gathered.reset(token)
    if outer is not None:
        outer.extend(mine)
    elif mine:
        _write(mine)


def _write(said: list[Said]) -> None:
    once = [each for place, each in enumerate(said) if not each[2] or each not in said[:place]]
    topics, htmls, events = zip(*once, strict=True)
    with connection.cursor() as cursor:
        what = {"topics": list(topics), "htmls": list(htmls), "events": list(events)}
        cursor.execute(_PUBLISH, {**what, "channel": CHANNEL})


def cursor() -> int:
    """Where a page starts to listen. A view asks BEFORE it reads what it shows: nothing falls between."""
    return Announcement.objects.aggregate(last=models.Max("id"))["last"] or 0


def since(seen: int, topics: frozenset[str], *, limit: int = 500) -> list[Row] | None:
    """What a page that saw `seen` last has missed, oldest first. None: too long ago or too much.

    Complete however long the writers' transactions took; where they overlapped a row may come a second time.
    """
    with connection.cursor() as db:
        transaction, running_from = NOTHING_SEEN
        if seen:
            db.execute(SEEN, {"cursor": seen})
            found = db.fetchone()
            if found is None:
                return None
            transaction, running_from = found
        db.execute(
            SINCE,
            {
                "cursor": seen,
                "topics": sorted(topics),
                "transaction": transaction,
                "running_from": running_from,
                "limit": limit + 1,
            },
        )
        rows = [Row(*row) for row in db.fetchall()]
    return rows if len(rows) <= limit else None


def prune() -> int:
    """Forgets what is older than a day, except the newest row (a quiet page's cursor stays known)."""
    with connection.cursor() as db:
        db.execute(
            "DELETE FROM live_announcement WHERE at < clock_timestamp() - make_interval(secs => %s)"
            " AND id < (SELECT max(id) FROM live_announcement)",
            [KEPT_S],
        )
        return int(db.rowcount)


def forget(topic: str, *, containing: str) -> None:
    """Takes words which must not stay (a redaction) out of what is kept for catching up on `topic`.

    The rows stay as "refresh", so that cursors at them remain known.
    """
    Announcement.objects.filter(topic=topic, html__contains=containing).update(html="", event="refresh")
