"""The one batch call: take what is due, look at all of it at once, store what was seen.

No transaction is open while the network is asked. What is ready is stored while the slow ones are still waited for, so
that a target that hangs (10 s) never delays the news of one that answers.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DataError, IntegrityError

from foundation import heartbeat, moment
from foundation.crash import crashpoint
from foundation.wedge import wedge
from monitoring import claim, probes
from monitoring.maintenance.holding import holding
from monitoring.models import Monitor
from monitoring.probes.result import Check
from monitoring.store import Seen, store

log = structlog.get_logger(__name__)

BATCH = 500
CONCURRENCY = 250
GATHER_S = 0.1
MOST_RESULTS = 5_000

next_due = claim.next_due


@heartbeat.working("prober")
def probe_due(limit: int = BATCH) -> int:
    """Looks at up to `limit` due monitors; returns how many were claimed. Many may run at once, on many machines."""
    wedge("prober")
    claimed = claim.claim_due(limit)
    crashpoint("probe.claimed")
    if claimed.monitors:
        now = moment.now()
        _listen_anew(claimed.monitors, now)
        for group in gathered(_seen(claimed.monitors, now)):
            crashpoint("probe.looked")
            _stored(claimed.token, group)
            heartbeat.beat("prober", len(group))
            crashpoint("probe.stored")
    return len(claimed.monitors)


def _stored(token: uuid.UUID, group: list[Seen]) -> None:
    """One bad result must not keep the others of its group from being stored; it is said, and its monitor
    goes stale.
    """
    try:
        store(token, group)
    except (DataError, IntegrityError):
        if len(group) == 1:
            log.exception("probe.not_stored", monitor=group[0][0].slug)
            return
        for pair in group:
            _stored(token, [pair])


def check_of(monitor: Monitor) -> Check:
    """What a probe needs to know of the row."""
    heard = (
        max(filter(None, (monitor.pushed_at, monitor.listening_since)), default=None)
        if monitor.pushed_at
        else None
    )
    return Check(
        monitor.kind, monitor.target, monitor.expect, monitor.mapping or None, monitor.interval_s, heard
    )


def _listen_anew(monitors: list[Monitor], now: datetime) -> None:
    """After a time in which Nightdesk was off, and after maintenance, scripts get a whole interval before their silence
    counts.
    """
    waiting = [monitor for monitor in monitors if monitor.waits]
    held = holding({monitor.pk: monitor.product_id for monitor in waiting}, now)
    since = {m.pk: now for m in waiting if m.watched_until is None or m.watched_until < now}
    since |= {pk: maintenance.end for pk, maintenance in held.items()}
    deaf = [monitor for monitor in waiting if monitor.pk in since]
    for monitor in deaf:
        monitor.listening_since = since[monitor.pk]
    if deaf:
        Monitor.objects.bulk_update(deaf, ["listening_since"])


def _seen(monitors: list[Monitor], now: datetime) -> Iterator[Seen]:
    checks = [check_of(monitor) for monitor in monitors]
    for index, outcome in probes.run_each(checks, now=now, concurrency=CONCURRENCY):
        yield monitors[index], outcome


def gathered(seen: Iterable[Seen]) -> Iterator[list[Seen]]:
    """Groups of what is ready: each ends 0.1 s after it began, or when it is large.

    `seen` runs in a thread of its own (it touches no database); what it raises is raised here, after all it gave.
    """
    ready: queue.SimpleQueue[Seen | _End] = queue.SimpleQueue()
    threading.Thread(target=_drain, args=(seen, ready), name="probing", daemon=True).start()
    end: _End | None = None
    while end is None:
        group, end = _group(ready)
        if group:
            yield group
    if end.error:
        raise end.error


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing more comes; `error` says why, if it should have."""

    error: BaseException | None = None


def _drain(seen: Iterable[Seen], ready: queue.SimpleQueue[Seen | _End]) -> None:
    try:
        for pair in seen:
            ready.put(pair)
    except BaseException as error:
        ready.put(_End(error))
    else:
        ready.put(_End())


def _group(ready: queue.SimpleQueue[Seen | _End]) -> tuple[list[Seen], _End | None]:
    """Waits for one, then takes what comes within 0.1 s."""
    group: list[Seen] = []
    results, until = 0, 0.0
    while results < MOST_RESULTS:
        try:
            item = ready.get(timeout=max(0.0, until - time.monotonic()) if group else None)
        except queue.Empty:
            break
        if isinstance(item, _End):
            return group, item
        until = until if group else time.monotonic() + GATHER_S
        group.append(item)
        results += len(item[1].results)
    return group, None
