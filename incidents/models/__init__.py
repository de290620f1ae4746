from incidents.models.alerted import Alerted
from incidents.models.attachment import Attachment
from incidents.models.checklist import Box, ChecklistItem, StepMark
from incidents.models.clock import Clock
from incidents.models.incident import OPEN, Assignment, Incident, Mode, Participant, Status
from incidents.models.obligation import Obligation
from incidents.models.reminder import Reminder
from incidents.models.timeline import RedactionRequest, TimelineEvent, TimelineLine, TimelinePayload

__all__ = [
    "OPEN",
    "Alerted",
    "Assignment",
    "Attachment",
    "Box",
    "ChecklistItem",
    "Clock",
    "Incident",
    "Mode",
    "Obligation",
    "Participant",
    "RedactionRequest",
    "Reminder",
    "Status",
    "StepMark",
    "TimelineEvent",
    "TimelineLine",
    "TimelinePayload",
]
