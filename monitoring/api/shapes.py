"""A monitor as docs/api.md names it, and what a script may send."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from django.db.models import Prefetch, QuerySet
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from foundation.shapes import Body, Key, Line, OneLine, Plain, Utc, address, utc, utc_or_none
from monitoring.models import DAY, ClockTimestamp, Kind, Monitor, Target
from monitoring.shown import as_shown
from monitoring.states import State, worst
from monitoring.uptime import Uptime

EXAMPLE: JsonDict = {
    "name": "Shop",
    "product": "staff-mobile",
    "kind": "http",
    "target": "https://shop.example.org/health",
    "expect": {"status": [200], "body": "ok"},
}
Seconds = Annotated[int, Field(ge=1, le=DAY)]
Times = Annotated[int, Field(ge=1, le=100)]
ShownState = Literal["up", "degraded", "down", "flapping", "maintenance", "unknown"]


def _storable(value: Any) -> Any:
    """Free JSON as the database can keep it: no NUL, no surrogate, no number without end."""
    if isinstance(value, str) and (
        "\x00" in value or (not value.isascii() and value.encode("utf-8", "ignore").decode() != value)
    ):
        raise ValueError("must not contain NUL or half a character")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must be a finite number")
    for part in (
        value if isinstance(value, list) else [*value, *value.values()] if isinstance(value, dict) else ()
    ):
        _storable(part)
    return value


Free = AfterValidator(_storable)


class TargetShape(Schema):
    """`state` is what Nightdesk says; `seen` what the last look said."""

    key: str
    name: str
    state: State
    since: Utc
    seen: State
    checked_at: Utc | None
    code: str
    detail: str
    latency_ms: float | None
    uptime_percent: float | None


class Last(Schema):
    at: Utc | None
    state: State
    code: str
    detail: str
    latency_ms: float | None


class MonitorShape(Schema):
    """`state` is that of the worst target. Without `target` it waits for what scripts push.

    `push_url`, where they push to, is told by `POST /monitors` and `…/rotate_key` only: it holds the key.
    """

    slug: str
    name: str
    product: str
    kind: Kind
    target: str
    interval_s: int
    retry_s: int
    fail_after: int
    recover_after: int
    expect: dict[str, Any]
    mapping: str | dict[str, Any]
    opens_incident: bool
    severity: str
    enabled: bool
    archived_at: Utc | None
    state: ShownState
    since: Utc
    last: Last
    targets: list[TargetShape]
    pushed_at: Utc | None
    push_url: str | None
    url: str


class UptimeShape(Schema):
    """Degraded answers, so it counts as available. `percent` is of what was watched, cut to three decimals, and null
    before a minute was watched; seconds have one decimal.
    """

    percent: float | None
    watched_s: float
    unwatched_s: float
    maintenance_s: float
    up_s: float
    degraded_s: float
    down_s: float


class TargetUptime(UptimeShape):
    key: str
    name: str


class MonitorUptime(UptimeShape):
    days: int
    start: Utc
    end: Utc
    targets: list[TargetUptime]


class MonitorFacts(Body):
    """What may be changed; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"interval_s": 30, "severity": "high"}]})

    name: Annotated[str, Field(max_length=120), Plain, OneLine] = ""
    product: Key = ""
    target: Annotated[str, Field(max_length=2000), Plain] = ""
    interval_s: Seconds = 60
    retry_s: Seconds = 10
    fail_after: Times = 3
    recover_after: Times = 2
    expect: Annotated[dict[str, Any], Free] = {}
    mapping: Annotated[str | dict[str, Any], Free] = ""
    opens_incident: bool = True
    severity: Line = ""


class NewMonitor(MonitorFacts):
    """Without thresholds a monitor takes the usual ones of its kind. `soak` is as `file`, but its log must go on
    growing: within an hour, unless `expect.max_age_s` says otherwise.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: Literal["http", "summary", "soak", "heartbeat", "file", "prometheus"]
    product: Key
    enabled: bool = True


def with_targets(rows: QuerySet[Monitor]) -> QuerySet[Monitor]:
    present = Target.objects.filter(archived_at=None).annotate(read_at=ClockTimestamp()).worst_first()
    return rows.select_related("product__team", "product__process").prefetch_related(
        Prefetch("targets", queryset=present, to_attr="present_targets")
    )


def monitor_shape(monitor: Monitor, push_url: str | None = None) -> dict[str, Any]:
    """Wants a row of `with_targets`."""
    targets: list[Target] = monitor.present_targets  # type: ignore[attr-defined]
    for target in targets:
        target.monitor = monitor
        as_shown([target], target.read_at)  # type: ignore[attr-defined]
    first = targets[0] if targets else None
    expect = dict(monitor.expect)
    if isinstance(expect.get("status"), str | int):
        expect["status"] = [part.strip() for part in str(expect["status"]).split(",")]
    same = ("slug", "name", "kind", "target", "interval_s", "retry_s", "fail_after", "recover_after", "mapping",
            "opens_incident", "severity", "enabled")  # fmt: skip
    return {
        **{name: getattr(monitor, name) for name in same},
        "product": monitor.product.slug,
        "expect": expect,
        "archived_at": utc_or_none(monitor.archived_at),
        "state": worst(target.state for target in targets),
        "since": utc(first.since if first else monitor.created_at),
        "last": {
            "at": utc_or_none(monitor.looked_at),
            "state": worst(target.seen for target in targets),
            "code": monitor.code or (first.code if first else ""),
            "detail": monitor.detail or (first.detail if first else ""),
            "latency_ms": monitor.latency_ms,
        },
        "targets": [target_shape(target) for target in targets],
        "pushed_at": utc_or_none(monitor.pushed_at),
        "push_url": push_url or None,
        "url": address(monitor.get_absolute_url()),
    }


def target_shape(target: Target) -> dict[str, Any]:
    same = ("key", "name", "state", "seen", "code", "detail", "latency_ms", "uptime_percent")
    return {
        **{name: getattr(target, name) for name in same},
        "since": utc(target.since),
        "checked_at": utc_or_none(target.checked_at),
    }


def uptime_shape(seen: Uptime) -> dict[str, Any]:
    return {
        # Cut, never rounded up: only what was up all the time is 100.
        "percent": None if seen.percent is None else math.floor(seen.percent * 1000) / 1000,
        "watched_s": round(seen.watched, 1),
        "unwatched_s": round(seen.unwatched, 1),
        "maintenance_s": round(seen.maintenance, 1),
        "up_s": round(seen.up, 1),
        "degraded_s": round(seen.degraded, 1),
        "down_s": round(seen.down, 1),
    }
