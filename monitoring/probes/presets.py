"""Summaries in the wild as mappings. A preset is one entry: how to know the shape, and where its facts stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from monitoring.probes import flat


def _as_it_is(document: Any, interval_s: float) -> Any:
    return document


@dataclass(frozen=True, slots=True)
class Preset:
    """`fields` as in mapping.py; `reshape(document, interval_s)` runs first where JMESPath alone cannot
    reach.
    """

    name: str
    label: str | Promise
    fits: Callable[[Any], bool]
    fields: Mapping[str, Any] = field(default_factory=dict)
    reshape: Callable[[Any, float], Any] = _as_it_is


def _rows(document: Any) -> list[dict[str, Any]]:
    rows = document if isinstance(document, list) else []
    return [row for row in rows[:20] if isinstance(row, dict)] if rows else []


def _upptime(document: Any) -> bool:
    return any("slug" in row and "status" in row and "uptime" in row for row in _rows(document))


def _gatus(document: Any) -> bool:
    return any(
        isinstance(row.get("results"), list) and ("key" in row or "group" in row) for row in _rows(document)
    )


def _kuma(document: Any) -> bool:
    return isinstance(document, dict) and isinstance(document.get("heartbeatList"), dict)


def _healthchecks(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    badge = {"status", "total", "grace", "down"} <= document.keys()
    return badge or any("n_pings" in row or "last_ping" in row for row in _rows(document.get("checks")))


def _kuma_rows(document: Any, interval_s: float) -> Any:
    """Its two maps by monitor id joined to one list: JMESPath has no dynamic keys. Monitors without a
    heartbeat have no state.
    """
    beats = document.get("heartbeatList") if isinstance(document, dict) else None
    uptimes = document.get("uptimeList") if isinstance(document, dict) else None
    if not isinstance(beats, dict):
        return {"targets": []}
    uptimes = uptimes if isinstance(uptimes, dict) else {}
    return {
        "targets": [
            {
                "id": key,
                "beat": rows[-1] if isinstance(rows, list) and rows else None,
                "uptime": uptimes.get(f"{key}_24"),
            }
            for key, rows in beats.items()
        ]
    }


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "upptime",
            _("Upptime summary.json"),
            _upptime,
            {"targets": "@", "key": "slug", "name": "name", "status": "status", "uptime": "uptimeDay || uptime",
             "unit": "percent", "latency": "time", "latency_unit": "ms"},
        ),
        Preset(
            "gatus",
            _("Gatus endpoint statuses"),
            _gatus,
            {"targets": "@", "key": "key", "name": "group && join(' / ', [group, name]) || name",
             "status": "results[-1].success", "checked_at": "results[-1].timestamp",
             "latency": "results[-1].duration", "latency_unit": "ns",
             "detail": "join(', ', results[-1].conditionResults[?!success].condition || `[]`)"},
        ),
        Preset(
            "kuma",
            _("Uptime Kuma status page"),
            _kuma,
            {"targets": "targets", "key": "id", "name": "join(' ', ['Monitor', id])", "status": "beat.status",
             "status_map": {"0": "down", "1": "up", "2": "degraded", "3": "unknown"}, "uptime": "uptime",
             "unit": "ratio", "checked_at": "beat.time", "latency": "beat.ping", "latency_unit": "ms",
             "detail": "beat.msg"},
            _kuma_rows,
        ),
        Preset(
            "healthchecks",
            _("Healthchecks badge or checks"),
            _healthchecks,
            {"targets": "checks || [@]", "key": "slug || unique_key", "name": "name || 'Healthchecks'",
             "status": "status"},
        ),
        Preset(
            "flat",
            _("One flat summary"),
            flat.recognised,
            {"targets": "targets", "key": "key", "name": "name", "status": "status",
             "uptime": "uptime", "unit": "percent",
             "generated_at": "generated_at", "checked_at": "checked_at", "latency": "latency", "latency_unit": "ms",
             "interval_s": "interval_s", "detail": "detail"},
            flat.reshape,
        ),
    )
}  # fmt: skip


def detect(document: Any) -> str | None:
    """The first preset that fits the document, or None."""
    return next((name for name, preset in PRESETS.items() if preset.fits(document)), None)


def preset_labels() -> list[tuple[str, str | Promise]]:
    """(name, label) for a select."""
    return [(name, preset.label) for name, preset in PRESETS.items()]
