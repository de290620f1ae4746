"""The moments that matter and how long it was between them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation.written import utc
from incidents.clocks.clocks import span
from incidents.models import Incident
from incidents.timeline.story import Story
from products.vocabulary import EventKind
from review import moments


def times(incident: Incident, told: Story) -> list[dict[str, Any]]:
    """`key`, `label` and `at`; what has not happened is left out."""
    return [{"key": key, "label": label, "at": utc(at)} for key, label, at in _moments(incident, told) if at]


def durations(incident: Incident, told: Story) -> list[dict[str, Any]]:
    """From detection to each of them, in seconds and in words."""
    words = {
        "acknowledged": _("Until somebody was on it"),
        "mitigated": _("Until the damage was contained"),
        "resolved": _("Until it was over"),
    }
    found = []
    for key, _label, at in _moments(incident, told):
        if at and key in words:
            seconds = int((at - incident.detected_at).total_seconds())
            found.append({"key": key, "label": words[key], "seconds": seconds, "text": span(seconds)})
    return found


def _moments(incident: Incident, told: Story) -> list[tuple[str, str, datetime | None]]:
    last = moments.of_story(told)
    return [
        ("detected", _("Detected"), incident.detected_at),
        ("reported", _("Reported"), incident.reported_at),
        ("declared", _("Declared"), incident.declared_at),
        ("acknowledged", _("Acknowledged"), incident.acknowledged_at),
        ("mitigated", _("Damage contained"), last.get(EventKind.MITIGATED)),
        ("resolved", _("Resolved"), incident.resolved_at),
        ("closed", _("Closed"), last.get(EventKind.CLOSED)),
    ]
