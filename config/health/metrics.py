"""What Prometheus reads, all of it from the database: each web process says the same, so take max(), not sum().

Names follow Prometheus's conventions: base units, `_total` for what only grows, one label set per name.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache

import psycopg
import structlog
from django import get_version
from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric

from config.health.facts import Facts, Waiting
from config.health.judgement import Report
from config.health.parts import Level, alive
from config.health.reader import reader
from foundation import direct

TYPE = "text/plain; version=0.0.4; charset=utf-8"
log = structlog.get_logger(__name__)

# Each answers (label, value) rows; metric, help, label.
_COUNTED = (
    (
        "nightdesk_incidents_open", "Open incidents by severity, drills left out.", "severity",
        "SELECT s.key, count(*) FROM incidents_incident i JOIN products_severity s ON s.id = i.severity_id"
        " WHERE i.status IN ('triage', 'active', 'monitoring') AND i.mode = 'live' GROUP BY s.key",
    ),
    (
        "nightdesk_deliveries", "Messages kept, by state.", "state",
        "SELECT state, count(*) FROM notifications_delivery GROUP BY state",
    ),
    (
        "nightdesk_targets", "Watched targets by what can be said of them now.", "state",
        "SELECT CASE WHEN t.maintenance_until > clock_timestamp() THEN 'maintenance'"
        "  WHEN t.fresh_until < clock_timestamp() THEN 'unknown' WHEN t.state <> 'maintenance' THEN t.state"
        "  WHEN t.seen = t.settled THEN t.settled ELSE 'unknown' END AS shown, count(*)"
        "  FROM monitoring_target t JOIN monitoring_monitor m ON m.id = t.monitor_id"
        "  JOIN products_product p ON p.id = m.product_id"
        " WHERE t.archived_at IS NULL AND m.archived_at IS NULL AND m.enabled AND p.archived_at IS NULL GROUP BY shown",
    ),
)  # fmt: skip


def text() -> str:
    """The whole answer, also while the database is away: then it says so."""
    registry = CollectorRegistry()
    registry.register(_House(reader.report()))
    return generate_latest(registry).decode()


class _House:
    """A collector that lives for one answer."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("nightdesk_build", "What runs here.", value=_build())
        yield _gauge("nightdesk_ready", "1 while every part holds what it promises.", float(self.report.ok))
        parts = GaugeMetricFamily(
            "nightdesk_part_ok", "1 while this part holds what it promises.", labels=["part"]
        )
        for part in self.report.parts:
            parts.add_metric([part.key], float(part.level in (Level.OK, Level.NOTICE)))
        yield parts
        facts = self.report.facts
        yield _gauge("nightdesk_database_up", "1 while PostgreSQL answers.", float(facts is not None))
        if facts:
            yield from _work(facts)
            yield from _loops(facts)
            yield from _counted()


def _work(facts: Facts) -> Iterator[Metric]:
    yield _gauge("nightdesk_database_answer_seconds", "How long PostgreSQL took for one look.", facts.took_s)
    yield _gauge("nightdesk_monitors_watched", "Monitors that are switched on.", facts.watched)
    queues = {
        "clocks": facts.clocks,
        "messages": facts.messages,
        "monitors": facts.monitors,
        "changes": facts.changes,
        "alerts": facts.alerts,
    }
    due = GaugeMetricFamily("nightdesk_due", "Pieces of work that are due and not done.", labels=["queue"])
    lag = GaugeMetricFamily(
        "nightdesk_lag_seconds", "For how long the oldest of them has been due.", labels=["queue"]
    )
    for name, waiting in queues.items():
        due.add_metric([name], waiting.count)
        lag.add_metric([name], _lag(waiting, facts.now))
    yield due
    yield lag
    if facts.disk:
        yield _gauge("nightdesk_data_free_bytes", "Free on the disk of the data folder.", facts.disk.free)
        yield _gauge("nightdesk_data_size_bytes", "Size of the disk of the data folder.", facts.disk.total)


def _loops(facts: Facts) -> Iterator[Metric]:
    living = [beat for beat in facts.beats if alive(beat, facts.now)]
    labels = ["loop", "process"]
    ages = GaugeMetricFamily("nightdesk_heartbeat_age_seconds", "Since a loop's last turn.", labels=labels)
    done = CounterMetricFamily(
        "nightdesk_heartbeat_progress", "Pieces of work that a loop has done.", labels=labels
    )
    for beat in living:
        if beat.name in ("worker", "web"):
            continue
        ages.add_metric([beat.name, beat.label], max(0.0, (facts.now - beat.beat_at).total_seconds()))
        if beat.name != "hub":  # that one is a position
            done.add_metric([beat.name, beat.label], beat.progress)
    running = GaugeMetricFamily("nightdesk_processes", "Living processes.", labels=["role"])
    for role in ("web", "worker"):
        running.add_metric([role], sum(beat.name == role for beat in living))
    yield ages
    yield done
    yield running


def _counted() -> Iterator[Metric]:
    """Counts by label; left out when PostgreSQL goes away just now."""
    try:
        with direct.connect("nightdesk-metrics") as connection:
            for name, help_text, label, query in _COUNTED:
                family = GaugeMetricFamily(name, help_text, labels=[label])
                for value, count in connection.execute(query).fetchall():
                    family.add_metric([str(value)], count)
                yield family
            (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
            yield _gauge("nightdesk_database_size_bytes", "Size of the database.", float(size))
    except psycopg.Error as error:
        log.warning("metrics.incomplete", error=type(error).__name__)


def _lag(waiting: Waiting, now: datetime) -> float:
    return max(0.0, (now - waiting.since).total_seconds()) if waiting.since else 0.0


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)


@cache
def _build() -> dict[str, str]:
    project = (settings.BASE_DIR / "pyproject.toml").read_text()
    version = next(line.split('"')[1] for line in project.splitlines() if line.startswith("version"))
    return {"version": version, "python": platform.python_version(), "django": get_version()}
