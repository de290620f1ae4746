"""`POST /incidents/{ref}/{verb}`: the same verbs as the page's buttons, one line each in VERBS.

Answers the incident as it then is; 409 with it when somebody was faster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import Body
from incidents.api import deeds
from incidents.api.bodies import (
    Assign,
    At,
    Because,
    Change,
    Claim,
    Correct,
    Defer,
    Describe,
    Duplicate,
    GiveUp,
    HandOver,
    Note,
    OfClock,
    Plainly,
    Redact,
    Said,
    Update,
)
from incidents.api.reading import ACTED_WITH, incident_of, router
from incidents.api.shapes import IncidentShape, incident_shape
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import closing, exits, transitions
from incidents.messages import rhythm, updates
from incidents.models import Incident
from incidents.roles import roles


@dataclass(frozen=True)
class Verb:
    """`words` describe it; `action` is what rules are asked for, the verb's own name unless it says otherwise."""

    name: str
    words: str
    do: Callable[..., object]
    body: type[Body] = At
    action: str = ""


VERBS = (
    Verb(
        "acknowledge",
        "Somebody has seen it and is on it: stops the clock `acknowledged`. The first one wins.",
        transitions.acknowledge,
    ),
    Verb(
        "describe",
        "What is known. What is left out stays; old and new are recorded.",
        deeds.describe,
        Describe,
    ),
    Verb(
        "update",
        "How it stands, on the timeline and in the channels that are to hear of it.",
        deeds.update,
        Update,
    ),
    Verb(
        rhythm.SNOOZE,
        "Remind of the status update again in 15 minutes; it stays due when it was. 409 where none is asked for.",
        updates.snooze,
        Plainly,
        "update",
    ),
    Verb(
        rhythm.STOP,
        "Nobody is reminded of status updates until the next one is sent. 409 where none is asked for.",
        updates.stop,
        Plainly,
        "update",
    ),
    Verb("confirm_severity", "The proposed severity is right: triage is over.", transitions.confirm_severity),
    Verb(
        "change_severity",
        "Another severity, with the reason: clocks get its limits. In triage it confirms, also what was proposed.",
        deeds.change_severity,
        Change,
    ),
    Verb(
        "assign",
        "Gives a role, that of the lead unless told otherwise, to somebody of the team, whoever has it now. One that "
        "decides is a manager's to give, to people listed for it.",
        deeds.assign,
        Assign,
    ),
    Verb(
        "claim",
        "Takes a role that nobody has, that of the lead unless told otherwise. One that decides: only who is listed "
        "for it on the product; 403 for others.",
        roles.claim,
        Claim,
    ),
    Verb(
        "hand_over",
        "Passes a role that one has oneself to somebody of the team, with a note on where things stand.",
        deeds.hand_over,
        HandOver,
    ),
    Verb("give_up", "A role that one has oneself is free again.", roles.give_up, GiveUp),
    Verb("note", "A sentence for the timeline, in any status.", transitions.note, Note),
    Verb(
        "mitigate",
        "The damage is contained, the cause may remain: stops the clock `response`.",
        transitions.mitigate,
        Said,
    ),
    Verb("resolve", "It is over for the people affected.", transitions.resolve, Said),
    Verb("decline", "It is no incident: a false alarm, or not ours. Its clocks end.", exits.decline, Because),
    Verb(
        "defer",
        "It is real and waits for a release: stops the clock `response`.",
        exits.defer,
        Defer,
    ),
    Verb(
        "mark_duplicate",
        "Another incident tells the same story and goes on.",
        deeds.mark_duplicate,
        Duplicate,
    ),
    Verb(
        "close",
        "Nothing is left to watch. 409 while a clock holds it, with which one and until when.",
        closing.close,
        Said,
    ),
    Verb(
        "pause_clock",
        "The time of one clock does not count until it goes on. 409 for one that does not run, or has run out already.",
        clock_verbs.pause_clock,
        OfClock,
    ),
    Verb(
        "resume_clock",
        "A paused clock goes on, due later by as long as it was paused. 409 where nothing is paused.",
        clock_verbs.resume_clock,
        OfClock,
    ),
    Verb(
        "waive_clock",
        "A manager's: what one clock asks for need not come, what it holds is free. A breach that was stays on record.",
        clock_verbs.waive_clock,
        OfClock,
    ),
    Verb(
        "reopen",
        "It was not over after all, or no duplicate. The promise to respond starts anew.",
        transitions.reopen,
        Because,
    ),
    Verb(
        "correct",
        "An entry of the timeline happened at another time, or in other words. The original stays readable.",
        deeds.correct,
        Correct,
    ),
    Verb(
        "redact",
        "Destroys the words of an entry: one person asks, which hides it at once, another one confirms.",
        deeds.redact,
        Redact,
    ),
)


def _perform(request: HttpRequest, ref: str, verb: Verb, body: Body | None) -> dict[str, Any]:
    incident, user = incident_of(request, ref, verb.action or verb.name), person_of(request)
    facts = body.facts() if body else {}
    _refuse_early(incident, facts, verb)

    def do() -> str:
        verb.do(incident, by=user, **facts)
        return incident.ref

    sent = body.model_dump(mode="json", exclude_unset=True) if body else {}
    once_by_token(request, f"{verb.name}:{incident.ref}", sent, do)
    return incident_shape(incident_of(request, ref))


def _refuse_early(incident: Incident, facts: dict[str, Any], verb: Verb) -> None:
    """What is done to an incident happens after it began, and not in the future; a note may tell of before."""
    at = facts.get("at")
    if at and at > moment.now():
        raise ValidationError({"at": _("This is in the future.")})
    if at and at < incident.detected_at and verb.name != "note":
        raise ValidationError({"at": _("This is before the problem was detected.")})


def _operation(verb: Verb) -> None:
    needed = any(field.is_required() for field in verb.body.model_fields.values())

    def operation(request: HttpRequest, ref: str, body: Any = None) -> dict[str, Any]:
        return _perform(request, ref, verb, body)

    def demanding(request: HttpRequest, ref: str, body: Any) -> dict[str, Any]:
        return _perform(request, ref, verb, body)

    chosen = demanding if needed else operation
    chosen.__annotations__ = {
        "request": HttpRequest, "ref": str, "body": verb.body if needed else verb.body | None, "return": dict[str, Any],
    }  # fmt: skip
    chosen.__name__ = verb.name
    path, summary = f"/incidents/{{ref}}/{verb.name}", verb.name.replace("_", " ").capitalize()
    router.post(path, response=IncidentShape, summary=summary, description=verb.words, auth=ACTED_WITH)(
        chosen
    )


for _verb in VERBS:
    _operation(_verb)


@router.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"], "/incidents/{ref}/{verb}", include_in_schema=False
)
def unknown_verb(request: HttpRequest, ref: str, verb: str) -> None:
    incident_of(request, ref)
    raise Http404
