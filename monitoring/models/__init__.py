"""What is watched and how it looks: fields, constraints and reads. Writes live in the verbs and in the sweep."""

from monitoring.models.alert import Alert, AlertChange, AlertState
from monitoring.models.alert_source import AlertPayload, AlertSource, Tool
from monitoring.models.count import Count
from monitoring.models.maintenance import Maintenance, MaintenanceAct, Phase
from monitoring.models.monitor import DAY, Kind, Monitor, Receiver
from monitoring.models.status_change import StatusChange
from monitoring.models.target import ClockTimestamp, Target

__all__ = [
    "DAY", "Alert", "AlertChange", "AlertPayload", "AlertSource", "AlertState", "ClockTimestamp", "Count", "Kind",
    "Maintenance", "MaintenanceAct", "Monitor", "Phase", "Receiver", "StatusChange", "Target", "Tool",
]  # fmt: skip
