"""Triage: is it a hotfix at all, and how bad is it (A18–A20, K6–K13, C5, C6). The questions are the process's own."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import Step, TooLate
from incidents.models import Incident, Status, TimelineEvent
from monitoring.states import State
from products.models import Severity
from products.vocabulary import EventKind, Proceed

# Words by which a question is about what a monitor sees (K8).
_OUTAGE = re.compile(r"\b(unavailable|down|outage|unreachable)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """One line of the process. `seen` says that a monitor answers it already."""

    text: str
    house: bool
    seen: bool = False


@dataclass(frozen=True)
class Example:
    """One example of a severity, and what a form sends for it."""

    value: str
    text: str
    seen: bool = False


@dataclass(frozen=True)
class Pick:
    """What was tapped: a severity, and which of its examples fits ("" for not sure)."""

    severity: Severity
    example: str


def questions(incident: Incident) -> dict[str, list[Question]]:
    """`use` (when to hotfix) and `leave` (leave it for a release), in the order of the process."""
    lines = incident.process_version.document.get("eligibility") or {}
    down = outage(incident)
    return {
        "use": [_question(line, down) for line in lines.get("use", [])],
        "leave": [_question(line, False) for line in lines.get("not", [])],
    }


def _question(line: dict[str, Any], down: bool) -> Question:
    return Question(line["text"], line.get("origin") == "house", down and bool(_OUTAGE.search(line["text"])))


def reasons_to_wait(incident: Incident) -> list[str]:
    return [question.text for question in questions(incident)["leave"]]


def outage(incident: Incident) -> bool:
    """Whether its monitor says, at this moment, that it is down."""
    return incident.target is not None and incident.target.state == State.DOWN


def guide(incident: Incident) -> list[tuple[Severity, list[Example]]]:
    """Every severity with its examples, the worst first."""
    down = outage(incident)
    return [
        (
            severity,
            [
                Example(f"{severity.key}:{number}", text, down and bool(_OUTAGE.search(text)))
                for number, text in enumerate(severity.examples)
            ],
        )
        for severity in incident.process_version.severities.order_by("position")
    ]


def example_of(severities: list[Severity], value: str) -> Pick | None:
    """`CRITICAL:0` or `CRITICAL` as the row and its example; None for what the process does not know."""
    key, _colon, number = value.partition(":")
    severity = next((one for one in severities if one.key.casefold() == key.casefold()), None)
    if severity is None or not number:
        return Pick(severity, "") if severity else None
    known = {str(place): text for place, text in enumerate(severity.examples)}
    return Pick(severity, known[number]) if number in known else None


def assess(
    incident: Incident,
    *,
    by: User,
    severity: Severity,
    reason: str = "",
    seen: Severity | None = None,
    at: datetime | None = None,
) -> TimelineEvent:
    """The answer to "which of these is it?": confirms the severity that was proposed, or changes it to `severity`.

    `seen` is the one that the person looked at. TooLate once it is answered: changing it then asks why.
    """
    if incident.status != Status.TRIAGE or (seen and seen.pk != incident.severity_id):
        raise TooLate(incident, _answer(incident))
    if severity.pk != incident.severity_id:
        if not reason and severity.examples and severity.position > incident.severity.position:
            raise ValidationError(
                _(
                    "It would be less severe than it is now. Tap what fits, or change the severity and say why."
                )
            )
        said = (
            _("It is this: %(example)s.") % {"example": reason} if reason else _("Not sure: the higher one.")
        )
        return transitions.change_severity(incident, by=by, severity=severity, reason=said, at=at)
    return transitions.confirm_severity(incident, by=by, at=at, text=reason)


def _answer(incident: Incident) -> Step:
    """What answered it: whoever comes too late reads that."""
    answers = (EventKind.SEVERITY_CONFIRMED, EventKind.SEVERITY_CHANGED)
    last = incident.events.filter(kind__in=answers).order_by("-seq").values_list("kind", flat=True).first()
    return Step(last or EventKind.SEVERITY_CONFIRMED, (Status.TRIAGE,))


def waits(incident: Incident) -> bool:
    """Its severity is one that the process plans for a release, and nobody has begun to mend it (A20, C5, C6).

    The promise to respond goes on until it is deferred: nothing is stopped by waiting.
    """
    planned = incident.severity.proceed == Proceed.DEFER
    return planned and incident.status == Status.ACTIVE and incident.remedy_at is None
