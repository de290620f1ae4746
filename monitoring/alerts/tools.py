"""Which file reads which tool's messages: one line each."""

from __future__ import annotations

from collections.abc import Callable

from monitoring.alerts import alertmanager, events, generic, grafana, sentry
from monitoring.alerts.told import Message
from monitoring.models import Tool
from monitoring.probes.json_text import Json, parse

READERS: dict[str, Callable[[Json], Message]] = {
    Tool.ALERTMANAGER: alertmanager.read,
    Tool.GRAFANA: grafana.read,
    Tool.SENTRY: sentry.read,
    Tool.EVENTS: events.read,
    Tool.GENERIC: generic.read,
}


def read(tool: str, body: bytes) -> Message:
    """What it tells. Raises BadJson and nothing else."""
    return READERS[tool](parse(body))
