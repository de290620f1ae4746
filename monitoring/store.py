"""Writing what a batch saw: one short transaction, a fixed number of statements, and only where the lease is
still held.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from foundation import moment
from foundation.text import stripped
from monitoring import announce, counts, looks
from monitoring.maintenance.holding import holding
from monitoring.models import Monitor, Target
from monitoring.probes.result import Outcome, Result
from monitoring.schedule import next_look
from monitoring.standings import Written, standing_of
from monitoring.states import State
from monitoring.transitions import Held, Look, Rule, step
from products import versions_seen
from products.models import VersionSeen
from products.versions_seen import Reading

type Seen = tuple[Monitor, Outcome]

KEPT = 4096
KEEP_AGAIN = timedelta(minutes=10)

_LOOKED = """
UPDATE monitoring_monitor AS monitor
   SET looked_at = %s, due_at = new.due_at, lease_token = NULL,
       code = new.code, detail = new.detail, latency_ms = new.latency_ms
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::float8[])
       AS new(id, due_at, code, detail, latency_ms)
 WHERE monitor.id = new.id
"""


def store(token: uuid.UUID, seen: Sequence[Seen]) -> int:
    """Stores the outcomes of the monitors that `token` still holds; returns how many changes that made.

    The rows that the claim returned are still true for who holds the token: every verb that changes a monitor
    takes it away. Rows are locked monitors first, then targets, each by id: the order of every writer here.
    """
    with transaction.atomic():
        held = _held(token, [monitor.pk for monitor, _ in seen])
        now = moment.now()
        outcomes = [(monitor, outcome) for monitor, outcome in seen if monitor.pk in held]
        if not outcomes:
            return 0
        written = Written()
        known = _targets(held)
        in_maintenance = holding({monitor.pk: monitor.product_id for monitor, _ in outcomes}, now)
        for monitor, outcome in outcomes:
            maintenance = in_maintenance.get(monitor.pk)
            counting = _weigh(monitor, outcome, known[monitor.pk], written, now, maintenance)
            monitor.due_at = next_look(
                monitor.pk,
                interval_s=monitor.interval_s,
                retry_s=monitor.retry_s,
                is_counting=counting,
                now=now,
            )
        written.save()
        _count(outcomes, written, now)
        looks.tell([monitor for monitor, _ in outcomes], written.targets, now)
        _mark_looked([monitor for monitor, _ in outcomes], now)
        _keep(outcomes, now)
        restarted = _read_versions(outcomes, now)
        if written.changes or restarted:
            announce.wake()
        if written.changes:
            announce.refresh(_teams({target.monitor_id for target, _ in written.changes}))
        return len(written.changes)


def store_push(monitor: Monitor, outcome: Outcome) -> None:
    """What a script pushed, in the transaction of monitoring.push, which holds the monitor's row.

    A look under way is void: it knows less.
    """
    now, written = moment.now(), Written()
    known = _targets([monitor.pk])[monitor.pk]
    maintenance = holding({monitor.pk: monitor.product_id}, now).get(monitor.pk)
    _weigh(monitor, outcome, known, written, now, maintenance)
    monitor.due_at = now + timedelta(seconds=monitor.interval_s)
    written.save()
    looks.tell([monitor], written.targets, now)
    _mark_looked([monitor], now)
    _keep([(monitor, outcome)], now)
    _read_versions([(monitor, outcome)], now)
    announce.wake()
    if written.changes:
        announce.refresh(_teams([monitor.pk]))


def _count(outcomes: Iterable[Seen], written: Written, now: datetime) -> None:
    """The numbers that were read, beside the targets that they are of."""
    targets = {(target.monitor_id, target.key): target for target in written.targets}
    counts.keep(
        (
            (monitor, targets[monitor.pk, key_of(result)], result)
            for monitor, outcome in outcomes
            for result in outcome.results
            if result.count
        ),
        now,
    )


def _held(token: uuid.UUID, ids: list[int]) -> set[int]:
    rows = Monitor.objects.select_for_update().filter(pk__in=ids, lease_token=token).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _teams(monitors: Iterable[int]) -> list[int]:
    products = Monitor.objects.filter(pk__in=list(monitors)).order_by()
    return list(products.values_list("product__team", flat=True).distinct())


def _targets(held: Iterable[int]) -> dict[int, dict[str, Target]]:
    known: defaultdict[int, dict[str, Target]] = defaultdict(dict)
    for target in Target.objects.select_for_update().filter(monitor__in=list(held)).order_by("pk"):
        known[target.monitor_id][target.key] = target
    return known


def _weigh(
    monitor: Monitor,
    outcome: Outcome,
    known: dict[str, Target],
    written: Written,
    now: datetime,
    maintenance: Held | None,
) -> bool:
    """Adds to `written` what the outcome does to the monitor's targets; True while one of them is counting."""
    present = [(target.key, target.name) for target in known.values() if target.archived_at is None]
    if outcome.waiting:
        return any(target.fails or target.oks for target in known.values())
    # A summary that could not be read has no targets to speak of; why is told of the monitor (below).
    results = {key_of(r): r for r in outcome.for_targets(present)} if present or not outcome.code else {}
    rule = Rule(monitor.fail_after, monitor.recover_after)
    counting = False
    for key, result in results.items():
        target = known.get(key) or Target(
            monitor=monitor, key=key, state=State.UNKNOWN, since=now, created_at=now
        )
        standing, changes = step(
            standing_of(target),
            _look(monitor, result, now),
            rule,
            now=now,
            watched_until=monitor.watched_until,
            held=maintenance,
        )
        target.name = _text(result.name, 200) or target.name
        target.latency_ms, target.archived_at = result.latency_ms, None
        target.uptime_percent = result.uptime_percent
        written.add(target, standing, changes)
        counting = counting or standing.is_counting
    _tell(monitor, outcome, list(results.values()))
    return counting


def _look(monitor: Monitor, result: Result, now: datetime) -> Look:
    """What we saw ourselves is believed for `fresh_for`; what a file says, no longer than its own time allows."""
    until = now + monitor.fresh_for
    return Look(
        state=result.state,
        code=result.code[:40],
        detail=_text(result.detail, 400),
        fresh_until=min(until, result.fresh_until) if result.fresh_until else until,
        checked_at=result.checked_at if monitor.kind not in ("http", "prometheus") else None,
    )


def _tell(monitor: Monitor, outcome: Outcome, results: list[Result]) -> None:
    """The last look as a whole; the only result of one that has no more is its whole."""
    whole = results[0] if monitor.kind in ("http", "heartbeat", "prometheus") and results else None
    monitor.code = (outcome.code or (whole.code if whole else ""))[:40]
    monitor.detail = _text(outcome.detail or (whole.detail if whole else ""), 400)
    answered = outcome.response is not None and not outcome.response.error
    took = outcome.response.latency_ms if outcome.response is not None and answered else None
    monitor.latency_ms = None if took is None else round(took, 1)


def _mark_looked(monitors: Sequence[Monitor], now: datetime) -> None:
    columns = [
        [getattr(m, name) for m in monitors] for name in ("pk", "due_at", "code", "detail", "latency_ms")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, [now, *columns])


def _read_versions(outcomes: Iterable[Seen], now: datetime) -> int:
    """Which versions the targets say they are; how many say another one than before."""
    return versions_seen.read(
        (
            Reading(monitor.product_id, one.environment, where(monitor, one), one.version)
            for monitor, outcome in outcomes
            for one in outcome.results
            if one.version
        ),
        now,
    )


def where(monitor: Monitor, result: Result) -> str:
    """The name of the place whose version it is: the monitor's, and of several targets the target's."""
    return f"{monitor.slug}/{key_of(result)}"[:200] if result.key else monitor.slug


def versions_of(monitor: Monitor) -> list[VersionSeen]:
    """Which version each place of it said last, by its name."""
    rows = VersionSeen.objects.filter(product=monitor.product_id).select_related("environment")
    mine = rows.filter(where=monitor.slug) | rows.filter(where__startswith=f"{monitor.slug}/")
    return list(mine.order_by("where", "-pk").distinct("where")[:200])


def _keep(outcomes: Iterable[Seen], now: datetime) -> None:
    """The first 4 KB of bad input, for people who may see it; a target that stays bad is not written every minute."""
    kept = []
    for monitor, outcome in outcomes:
        again = monitor.kept_at is None or now - monitor.kept_at >= KEEP_AGAIN
        if monitor.code and outcome.body and (again or monitor.kept_code != monitor.code):
            monitor.kept = stripped(outcome.body[:KEPT].decode("utf-8", "replace"))
            monitor.kept_code, monitor.kept_at = monitor.code, now
            kept.append(monitor)
    if kept:
        Monitor.objects.bulk_update(kept, ["kept", "kept_code", "kept_at"])


def key_of(result: Result) -> str:
    """The result's key as it fits the column; a longer one keeps its start and a digest, so that two stay two."""
    key = stripped(result.key)
    return key if len(key) <= 200 else f"{key[:160]}…{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _text(text: str, most: int) -> str:
    return stripped(str(text))[:most]
