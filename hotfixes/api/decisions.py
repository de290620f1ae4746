"""Deciding by script, as the person of the token: `by token` is on record (DECISIONS.md 33)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation.shapes import Body, Moment, Plain, Reason, Utc, address, utc, utc_or_none
from hotfixes.decision.decide import decide
from hotfixes.models import Choice, Decision
from incidents.api.reading import incident_of
from incidents.api.shapes import IncidentShape, incident_shape

router = Router(tags=["decisions"], auth=Bearer(Scope.READ, Scope.INCIDENTS, Scope.DECIDE))


class NewDecision(Body):
    """`option`: of a rollback, where the process has several. `to`: the release a deferral waits for.

    `instead_of`: the number of the decision that this one replaces; without it a second one is refused.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"choice": "rollback", "option": "redeploy_previous_tag", "reason": "Faster than mending it"}
            ]
        },
    )

    choice: Literal["hotfix", "rollback", "mitigate", "defer"]
    reason: Reason
    option: Annotated[str, Field(max_length=40), Plain] = ""
    to: Annotated[str, Field(max_length=80), Plain] = ""
    instead_of: Annotated[int, Field(ge=0, le=9999)] = 0
    at: Moment | None = None


class DecisionShape(Schema):
    """`facts` are what was shown; `digest` is their sha256 and stands in the timeline's event `decided`."""

    number: int
    choice: Choice
    option: str
    to: str
    reason: str
    by: str
    role: str
    right: str
    by_token: bool
    at: Utc
    superseded_at: Utc | None
    facts: dict[str, Any]
    digest: str
    url: str


class DecidedIncident(IncidentShape):
    decision: DecisionShape


class Decisions(Schema):
    items: list[DecisionShape]
    next: str | None


def decision_shape(decision: Decision) -> dict[str, Any]:
    same = ("number", "choice", "option", "to", "reason", "role", "right", "digest")
    return {
        **{name: getattr(decision, name) for name in same},
        "facts": decision.shown,
        "by": decision.by.email,
        "by_token": bool(decision.token),
        "at": utc(decision.at),
        "superseded_at": utc_or_none(decision.superseded_at),
        "url": address(decision.get_absolute_url()),
    }


@router.post(
    "/incidents/{ref}/decision",
    auth=Bearer(Scope.DECIDE),
    response={201: DecidedIncident, 200: DecidedIncident},
)
def decide_incident(request: HttpRequest, ref: str, body: NewDecision) -> Status[dict[str, Any]]:
    """Decides in the role that lets the token's person; begins the hotfix or the rollback. The first one wins: 409."""
    incident, user = incident_of(request, ref, "view"), person_of(request)
    authorize(user, "decide", incident)
    facts = body.facts()

    def do() -> str:
        return str(decide(incident, by=user, **facts).number)

    sent = body.model_dump(mode="json", exclude_unset=True)
    number, fresh = once_by_token(request, f"decide:{incident.ref}", sent, do)
    incident = incident_of(request, ref, "view")
    made = incident.decisions.with_words().get(number=int(number))
    made.incident = incident
    return Status(201 if fresh else 200, {**incident_shape(incident), "decision": decision_shape(made)})


@router.get("/incidents/{ref}/decisions", response=Decisions)
def list_decisions(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What was decided on it, the newest first, with the facts as they were then."""
    incident = incident_of(request, ref, "view")
    made = incident.decisions.with_words().select_related("incident").order_by("-number")
    return {"items": [decision_shape(one) for one in made], "next": None}
