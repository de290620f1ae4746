"""Deciding by script, as the person of the token: `by token` is on record. What leads to it: the card, what somebody
recommends, what is asked and answered.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation.problems import problem
from foundation.shapes import Body, Moment, Plain, Reason, Utc, address, utc, utc_or_none
from hotfixes.decision import deciders, refused
from hotfixes.decision.card import card
from hotfixes.decision.comparing import Column
from hotfixes.decision.decide import Changed, decide
from hotfixes.decision.proposing import propose
from hotfixes.models import Choice, Decision
from incidents.api.reading import incident_of
from incidents.api.shapes import IncidentShape, incident_shape

router = Router(tags=["decisions"], auth=Bearer(Scope.READ, Scope.INCIDENTS, Scope.DECIDE))
ACTED_WITH = Bearer(Scope.INCIDENTS, Scope.DECIDE)


class NewDecision(Body):
    """`option`: of a rollback, where the process has several. `to`: the release a deferral waits for.

    `instead_of`: the number of the decision that this one replaces; without it a second one is refused. `emergency`:
    by a responder without the role, when nobody who has it can be reached; told aloud. `revisit`: tell whoever decided
    to look again in 15 minutes. `seen`: the card's, as it was read: while it is another one, nothing is decided (409).
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
    seen: Annotated[str, Field(max_length=64), Plain] = ""
    emergency: bool = False
    revisit: bool = False
    at: Moment | None = None


class Proposing(Body):
    """`option`: of a rollback. `cause`: whether the cause is known, where you can say."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"choice": "hotfix", "text": "One line, tests green", "confidence": "sure", "cause": "known"}
            ]
        },
    )

    choice: Literal["hotfix", "rollback", "mitigate", "defer"]
    text: Annotated[str, Field(min_length=1, max_length=200), Plain]
    option: Annotated[str, Field(max_length=40), Plain] = ""
    confidence: Literal["sure", "likely", "guess"] = "likely"
    cause: Literal["", "known", "unknown"] = ""
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
    emergency: bool
    at: Utc
    revisit_at: Utc | None
    superseded_at: Utc | None
    facts: dict[str, Any]
    digest: str
    url: str


class DecidedIncident(IncidentShape):
    decision: DecisionShape


class DeciderShape(Schema):
    name: str
    email: str


class ColumnShape(Schema):
    """One choice, side by side with the other. `blocked`: what is known to stand against it."""

    choice: Choice
    option: str
    title: str
    time: str
    undoes: str
    data: str
    users: str
    against: str
    blocked: bool
    recommended_by: list[str]


class CardShape(Schema):
    """The decision card. `seen` is the digest of what it shows; `facts` are frozen with a decision. `standing`: the
    decision that counts now. `asked`: who decides, in order.
    """

    incident: str
    open: bool
    facts: dict[str, Any]
    seen: str
    columns: list[ColumnShape]
    asked: list[DeciderShape]
    may_decide: bool
    standing: DecisionShape | None
    url: str


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
        "emergency": decision.emergency,
        "revisit_at": utc_or_none(decision.revisit_at),
        "superseded_at": utc_or_none(decision.superseded_at),
        "url": address(decision.get_absolute_url()),
    }


@router.post(
    "/incidents/{ref}/decision",
    auth=Bearer(Scope.DECIDE),
    response={201: DecidedIncident, 200: DecidedIncident},
)
def decide_incident(
    request: HttpRequest, ref: str, body: NewDecision
) -> Status[dict[str, Any]] | HttpResponse:
    """Decides in the role that lets the token's person; begins the hotfix or the rollback. The first one wins: 409."""
    incident, user = incident_of(request, ref, "view"), person_of(request)
    facts = body.facts()
    emergency = bool(facts.get("emergency")) and deciders.decider(incident, user) is None
    try:
        authorize(user, "decide_in_emergency" if emergency else "decide", incident)
    except PermissionDenied:
        roles = _(" or ").join(deciders.roles(incident)) or _("A manager of the team")
        refused.record(incident, by=user, what="decide", why=_("%(who)s decides here.") % {"who": roles})
        raise PermissionDenied(deciders.refusal(incident)) from None

    def do() -> str:
        return str(decide(incident, by=user, **facts).number)

    sent = body.model_dump(mode="json", exclude_unset=True)
    try:
        number, fresh = once_by_token(request, f"decide:{incident.ref}", sent, do)
    except Changed as changed:
        return problem(409, " ".join(changed.messages))
    incident = incident_of(request, ref, "view")
    made = incident.decisions.with_words().get(number=int(number))
    made.incident = incident
    return Status(201 if fresh else 200, {**incident_shape(incident), "decision": decision_shape(made)})


@router.get("/incidents/{ref}/decision", response=CardShape)
def read_card(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The card as it is now, and the decision that stands."""
    incident, user = incident_of(request, ref, "view"), person_of(request)
    known = card(incident, user)
    stands = (
        incident.decisions.with_words().filter(pk=known["standing"].pk).first() if known["standing"] else None
    )
    if stands:
        stands.incident = incident
    return {
        "incident": incident.ref,
        "open": incident.is_open,
        "facts": known["raw"],
        "seen": known["seen"],
        "columns": [_column(one) for one in known["columns"]],
        "asked": [{"name": str(one), "email": one.email} for one in known["asked"]],
        "may_decide": known["role"] is not None,
        "standing": decision_shape(stands) if stands else None,
        "url": address(reverse("decision_card", args=[incident.ref])),
    }


@router.post("/incidents/{ref}/propose", auth=ACTED_WITH, response=IncidentShape)
def propose_choice(request: HttpRequest, ref: str, body: Proposing) -> dict[str, Any]:
    """What you would do, how sure you are, and why: beside the rules on the card. Whoever decides is told."""
    incident, user = incident_of(request, ref, "propose"), person_of(request)
    facts = body.facts()
    sent = body.model_dump(mode="json", exclude_unset=True)
    once_by_token(
        request, f"propose:{incident.ref}", sent, lambda: str(propose(incident, by=user, **facts).seq)
    )
    return incident_shape(incident_of(request, ref, "view"))


def _column(one: Column) -> dict[str, Any]:
    cells = {name: getattr(one, name) for name in ("time", "undoes", "data", "users")}
    return {
        **{name: getattr(one, name) for name in ("choice", "option", "title")},
        **{name: " ".join(filter(None, (cell.text, cell.more))) for name, cell in cells.items()},
        "against": one.blocked.text,
        "blocked": one.is_blocked,
        "recommended_by": one.recommended,
    }


@router.get("/incidents/{ref}/decisions", response=Decisions)
def list_decisions(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What was decided on it, the newest first, with the facts as they were then."""
    incident = incident_of(request, ref, "view")
    made = incident.decisions.with_words().select_related("incident").order_by("-number")
    return {"items": [decision_shape(one) for one in made], "next": None}
