from incidents.models.clock import Clock
from incidents.models.incident import OPEN, Assignment, Incident, Mode, Participant, Status
from incidents.models.timeline import RedactionRequest, TimelineEvent, TimelineLine, TimelinePayload

__all__ = [
    "OPEN",
    "Assignment",
    "Clock",
    "Incident",
    "Mode",
    "Participant",
    "RedactionRequest",
    "Status",
    "TimelineEvent",
    "TimelineLine",
    "TimelinePayload",
]
