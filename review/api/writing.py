"""The verbs of a report by script; each answers the report as it then is, 409 with words when it came too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Status

from accounts.bearer import person_of
from accounts.models import User
from accounts.replay import once_by_token
from foundation.shapes import Body
from incidents.api.reading import incident_of
from incidents.api.shapes import IncidentShape, incident_shape
from incidents.models import Incident
from review import action_items, answers, findings, process_change, reviewing
from review.api.reading import postmortem_shape
from review.api.router import ACTED_WITH, router
from review.api.shapes import (
    ActionSettled,
    ChangedAction,
    NewAction,
    NewAnswer,
    NewMeeting,
    NoChange,
    PostmortemShape,
    ReportReopened,
    Shared,
)
from review.forms import owners
from review.models import ActionItem
from review.schedule_postmortem import schedule_postmortem

Number = Annotated[int, Path(ge=1, le=action_items.MOST)]


@router.post("/incidents/{ref}/schedule_postmortem", response=IncidentShape, auth=ACTED_WITH)
def plan_postmortem(request: HttpRequest, ref: str, body: NewMeeting) -> dict[str, Any]:
    """The meeting is fixed: stops the clock that waits for it. A later one moves it."""
    incident, user = _incident(request, ref, "schedule_postmortem")
    _once(
        request,
        f"schedule:{incident.ref}",
        body,
        lambda: schedule_postmortem(incident, by=user, **body.facts()),
    )
    return incident_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/answers/{key}", response=PostmortemShape, auth=ACTED_WITH)
def answer_question(request: HttpRequest, ref: str, key: str, body: NewAnswer) -> dict[str, Any]:
    """Answers a question of the process. 409 when somebody has written another answer than `seen` says."""
    incident, user = _incident(request, ref, "answer")
    _once(
        request, f"answer {key[:40]}:{incident.ref}", body,
        lambda: answers.answer(incident, key, by=user, **body.facts()),
    )  # fmt: skip
    return postmortem_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/review", response=PostmortemShape, auth=ACTED_WITH)
def review_postmortem(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The token's person stands for the report: what it says is kept. 409 while a question is not answered."""
    incident, user = _incident(request, ref, "review")
    _once(request, f"review:{incident.ref}", None, lambda: reviewing.review(incident, by=user))
    return postmortem_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/reopen", response=PostmortemShape, auth=ACTED_WITH)
def reopen_postmortem(request: HttpRequest, ref: str, body: ReportReopened) -> dict[str, Any]:
    """A reviewed report can be changed again; the timeline says why."""
    incident, user = _incident(request, ref, "reopen_report")
    _once(
        request, f"reopen_report:{incident.ref}", body,
        lambda: reviewing.reopen_report(incident, by=user, **body.facts()),
    )  # fmt: skip
    return postmortem_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/process", response=PostmortemShape, auth=ACTED_WITH)
def keep_process(request: HttpRequest, ref: str, body: NoChange) -> dict[str, Any]:
    """The process needs no change, and why. If it needs one, add an action item of kind `process` instead."""
    incident, user = _incident(request, ref, "keep_process")
    do = process_change.keep_process
    _once(request, f"keep_process:{incident.ref}", body, lambda: do(incident, by=user, **body.facts()))
    return postmortem_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/share", response=PostmortemShape, auth=ACTED_WITH)
def share_findings(request: HttpRequest, ref: str, body: Shared) -> dict[str, Any]:
    """The findings were sent to the team: recorded with who, when and where. Sends nothing by itself."""
    incident, user = _incident(request, ref, "share")
    do = findings.share_findings
    _once(request, f"share:{incident.ref}", body, lambda: do(incident, by=user, **body.facts()).seq)
    return postmortem_shape(incident_of(request, ref))


@router.post(
    "/incidents/{ref}/postmortem/actions",
    response={201: PostmortemShape, 200: PostmortemShape},
    auth=ACTED_WITH,
)
def add_action_item(request: HttpRequest, ref: str, body: NewAction) -> Status[dict[str, Any]]:
    """Something to do, by somebody of the team until a day."""
    incident, user = _incident(request, ref, "change_action")
    facts = _with_owner(incident, body.facts())
    do = action_items.add_action
    fresh = _once(request, f"action:{incident.ref}", body, lambda: do(incident, by=user, **facts).number)
    return Status(201 if fresh else 200, postmortem_shape(incident_of(request, ref)))


@router.patch("/incidents/{ref}/postmortem/actions/{number}", response=PostmortemShape, auth=ACTED_WITH)
def change_action_item(request: HttpRequest, ref: str, number: Number, body: ChangedAction) -> dict[str, Any]:
    """Other words, kind, owner or day."""
    incident, user = _incident(request, ref, "change_action")
    item = _item(incident, number)
    facts = {name: value for name, value in body.facts().items() if value is not None}
    action_items.change_action(item, by=user, **_with_owner(incident, facts))
    return postmortem_shape(incident_of(request, ref))


@router.post("/incidents/{ref}/postmortem/actions/{number}/{verb}", response=PostmortemShape, auth=ACTED_WITH)
def settle_action_item(
    request: HttpRequest,
    ref: str,
    number: Number,
    verb: Literal["finish", "reopen", "drop"],
    body: ActionSettled | None = None,
) -> dict[str, Any]:
    """An action item is done, open again, or dropped with the reason. 409 when it is so already."""
    incident, user = _incident(request, ref, "change_action")
    reason = body.reason if body else None
    if reason is not None and verb != "drop":
        raise ValidationError({"reason": _("Only dropping takes a reason.")})
    do: dict[str, Callable[..., Any]] = {
        "finish": action_items.finish_action, "reopen": action_items.reopen_action, "drop": action_items.drop_action,
    }  # fmt: skip
    why = {"reason": reason or ""} if verb == "drop" else {}
    item = _item(incident, number)
    _once(
        request, f"{verb} action {number}:{incident.ref}", body, lambda: do[verb](item, by=user, **why).number
    )
    return postmortem_shape(incident_of(request, ref))


def _incident(request: HttpRequest, ref: str, action: str) -> tuple[Incident, User]:
    return incident_of(request, ref, action), person_of(request)


def _once(request: HttpRequest, operation: str, body: Body | None, do: Callable[[], object]) -> bool:
    sent = body.model_dump(mode="json", exclude_unset=True) if body else {}
    _answer, fresh = once_by_token(request, operation, sent, do)
    return fresh


def _item(incident: Incident, number: int) -> ActionItem:
    item = ActionItem.objects.filter(postmortem__incident=incident, number=number).first()
    if item is None:
        raise Http404
    return item


def _with_owner(incident: Incident, facts: dict[str, Any]) -> dict[str, Any]:
    """The person of an e-mail address; whoever cannot read the report is as unknown as one who does not exist."""
    if "owner" not in facts:
        return facts
    owner = owners(incident).filter(email__iexact=facts["owner"]).first()
    if owner is None:
        raise ValidationError({"owner": _("Nobody of this team who can read the report has this address.")})
    return {**facts, "owner": owner}
