"""What is asked before a decision, and answered, by script."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema, Status
from pydantic import ConfigDict, Field

from accounts.bearer import person_of
from accounts.models import User
from accounts.replay import once_by_token
from foundation.shapes import Body, Plain, Reason, Utc
from hotfixes.api.decisions import ACTED_WITH, router
from hotfixes.decision.asking import answer, ask, questions, shown
from hotfixes.decision.proposing import hidden_of
from hotfixes.models import Question
from incidents.api.reading import incident_of
from incidents.models import Incident
from incidents.rules import sees


class Asking(Body):
    """`to`: the e-mail address of somebody who may read the incident; whoever leads, without it."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Do shifts survive a rollback?"}]},
    )

    text: Reason
    to: Annotated[str, Field(max_length=254), Plain] = ""


class Answering(Body):
    model_config = ConfigDict(
        strict=True, extra="forbid", json_schema_extra={"examples": [{"text": "They do: tried on staging"}]}
    )

    text: Reason


class QuestionShape(Schema):
    """`text` and `answer` are empty where they were redacted."""

    id: int
    who: str
    to: str
    text: str
    at: Utc
    answered_by: str
    answered_at: Utc | None
    answer: str


class Questions(Schema):
    items: list[QuestionShape]
    next: str | None = None


@router.get("/incidents/{ref}/questions", response=Questions)
def list_questions(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What was asked before deciding, the first one first; at most forty."""
    incident = incident_of(request, ref, "view")
    hidden = hidden_of(incident)
    return {"items": [shown(one, hidden) for one in questions(incident)], "next": None}


@router.post("/incidents/{ref}/questions", auth=ACTED_WITH, response={201: QuestionShape, 200: QuestionShape})
def ask_question(request: HttpRequest, ref: str, body: Asking) -> Status[dict[str, Any]]:
    """Goes to whom it asks as a task, with a message; the answer stands on the card, and you are told."""
    incident, user = incident_of(request, ref, "ask_question"), person_of(request)
    to = _person(incident, body.to) if body.to else None
    sent = body.model_dump(mode="json", exclude_unset=True)

    def do() -> str:
        return str(ask(incident, by=user, text=body.text, to=to).pk)

    made, fresh = once_by_token(request, f"ask:{incident.ref}", sent, do)
    return Status(201 if fresh else 200, _question(incident, int(made)))


@router.post("/incidents/{ref}/questions/{question_id}/answer", auth=ACTED_WITH, response=QuestionShape)
def answer_decider(request: HttpRequest, ref: str, question_id: int, body: Answering) -> dict[str, Any]:
    """Once. Who asked is told."""
    incident, user = incident_of(request, ref, "answer_question"), person_of(request)
    found = Question.objects.filter(incident=incident, pk=question_id).first()
    if found is None:
        raise Http404
    sent = body.model_dump(mode="json", exclude_unset=True)
    once_by_token(request, f"answer:{found.pk}", sent, lambda: str(answer(found, by=user, text=body.text).pk))
    return _question(incident, found.pk)


def _question(incident: Incident, pk: int) -> dict[str, Any]:
    rows = Question.objects.select_related("by", "to", "answered_by", "event__payload", "answer__payload")
    return shown(rows.get(pk=pk), hidden_of(incident))


def _person(incident: Incident, email: str) -> User:
    found = User.objects.filter(email=email.lower(), is_active=True).first()
    if found is None or not sees(found, incident):
        raise ValidationError({"to": _("Nobody who may read this incident has this address.")})
    return found
