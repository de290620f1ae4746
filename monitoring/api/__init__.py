"""Monitors for scripts: what the board and the form can do."""

from monitoring.api.alerts import router as alerts
from monitoring.api.monitors import router

__all__ = ["alerts", "router"]
