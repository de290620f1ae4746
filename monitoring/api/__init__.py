"""Monitors, alerts and maintenance for scripts: what the pages can do."""

from monitoring.api.alerts import router as alerts
from monitoring.api.maintenance import router as maintenance
from monitoring.api.monitors import router

__all__ = ["alerts", "maintenance", "router"]
