"""Rollbacks by script: how one stands, a step that is done, the version before that is back."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope, User
from accounts.replay import once_by_token
from foundation import moment
from foundation.shapes import (
    Body,
    Listed,
    Moment,
    Paging,
    Plain,
    Reason,
    Text,
    Utc,
    Words,
    address,
    comma_list,
    listed,
    utc,
    utc_or_none,
)
from hotfixes.api.hotfixes import hotfix_of
from hotfixes.models import Rollback
from hotfixes.models.rollback import RollbackQuerySet
from hotfixes.rollback import back, checklist, ending, regressed
from hotfixes.rollback.page import RollbackPage, StepShown, read
from incidents.api.reading import incident_of, named_incident
from products.token_products import narrowed

router = Router(tags=["rollbacks"], auth=Bearer(Scope.READ, Scope.HOTFIXES, Scope.INCIDENTS))
ACTED_WITH = Bearer(Scope.HOTFIXES)


class RollbackStepShape(Schema):
    """`seen`: what Nightdesk says of it beside what people ticked; null where it sees nothing."""

    position: int
    part: Literal["before", "do", "after"]
    title: str
    state: Literal["open", "done", "not_needed"]
    shown_by: str
    commands: list[str]
    seen: dict[str, Any] | None
    done_by: str | None
    done_at: Utc | None
    said: str


class RollbackShape(Schema):
    """`option`: the process's, with what was known of it when it began. `preview`: what it undoes, as it was frozen;
    `preview_digest` its sha256. `back_at`: since when the version before runs again.
    """

    ref: str
    url: str
    incident: str
    product: str
    hotfix: str | None
    decision: int | None
    option: dict[str, Any]
    from_version: str
    to_version: str
    from_ref: str
    to_ref: str
    status: Literal["open", "done", "abandoned"]
    started_at: Utc
    started_by: str | None
    back_at: Utc | None
    ended_at: Utc | None
    preconditions: list[dict[str, Any]]
    preview: dict[str, Any]
    preview_digest: str
    verified: dict[str, Any]
    steps: list[RollbackStepShape]


def _like(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(strict=True, extra="forbid", json_schema_extra={"examples": [example]})


class RollbackStepping(Body):
    model_config = _like({"state": "done", "text": "Points to 1.0.0 again"})

    state: Literal["done", "not_needed", "open"] = "done"
    text: Words = ""
    at: Moment | None = None


class RolledBack(Body):
    """`percent`: of a rollout that is halted, how many have the version by now."""

    model_config = _like({"text": "1.0.0 answers on /health"})

    text: Words = ""
    url: Annotated[str, Field(max_length=1000), Plain] = ""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    at: Moment | None = None


class AbandoningRollback(Body):
    model_config = _like({"reason": "The package is gone"})

    reason: Reason


class FinishedRollback(Body):
    model_config = _like({"text": "1.0.0 has run for an hour"})

    text: Words = ""
    at: Moment | None = None


class Worse(Body):
    model_config = _like({"reason": "Sign-in is twice as slow since 1.0.1"})

    reason: Reason
    at: Moment | None = None


class RollbackFilters(Paging):
    status: Annotated[Text, Field(description="Comma list of open, done, abandoned; all without.")] = ""
    incident: Annotated[Text, Field(description="Its ref.")] = ""


@router.get("/rollbacks", response=Listed[RollbackShape])
def list_rollbacks(request: HttpRequest, asked: Query[RollbackFilters]) -> dict[str, Any]:
    """Those of the incidents one may see, the newest first."""
    rows = _reachable(request)
    if asked.status:
        rows = rows.filter(status__in=comma_list(asked.status, "status", Rollback.Status.values))
    if asked.incident:
        rows = rows.filter(incident=named_incident(request, asked.incident))
    found = asked.page(_joined(rows), "-number")
    now = moment.now()
    return listed(found, lambda one: rollback_shape(read(one, now)))


@router.get("/rollbacks/{ref}", response=RollbackShape)
def read_rollback(request: HttpRequest, ref: str) -> dict[str, Any]:
    """One with its boxes, what it undoes, and whether the version before is back."""
    return _shape(request, ref)


@router.post("/rollbacks/{ref}/steps/{position}", auth=ACTED_WITH, response=RollbackShape)
def set_rollback_step(
    request: HttpRequest, ref: str, position: int, body: RollbackStepping
) -> dict[str, Any]:
    """A step is done, not needed (`text` says why), or open after all."""
    found, user = _acted_on(request, ref, "rollback_step")
    said: dict[str, Any] = {"by": user, "at": body.at}

    def do() -> object:
        if body.state == "not_needed":
            return checklist.not_needed(found, position, reason=body.text, **said)
        if body.state == "open":
            return checklist.open_again(found, position, reason=body.text, **said)
        return checklist.tick(found, position, text=body.text, **said)

    return _do(request, f"step:{found.ref}:{position}", body, do, ref)


@router.post("/rollbacks/{ref}/back", auth=ACTED_WITH, response=RollbackShape)
def say_rolled_back(request: HttpRequest, ref: str, body: RolledBack) -> dict[str, Any]:
    """The version before runs again, or the rollout is halted: says the token's person."""
    found, user = _acted_on(request, ref, "say_back")
    return _do(request, f"back:{found.ref}", body, lambda: back.say(found, by=user, **body.facts()), ref)


@router.post("/rollbacks/{ref}/done", auth=ACTED_WITH, response=RollbackShape)
def finish_rollback(request: HttpRequest, ref: str, body: FinishedRollback) -> dict[str, Any]:
    """Nothing is left to do for it. Only once the version before is back; until then 422."""
    found, user = _acted_on(request, ref, "rollback_step")
    do = partial(ending.done, found, by=user, **body.facts())
    return _do(request, f"done:{found.ref}", body, do, ref)


@router.post("/rollbacks/{ref}/abandon", auth=ACTED_WITH, response=RollbackShape)
def abandon_rollback(request: HttpRequest, ref: str, body: AbandoningRollback) -> dict[str, Any]:
    """It does not go on, and why."""
    found, user = _acted_on(request, ref, "rollback_step")
    do = partial(ending.abandon, found, by=user, reason=body.reason)
    return _do(request, f"abandon:{found.ref}", body, do, ref)


@router.post("/hotfixes/{ref}/regressed", auth=ACTED_WITH, response={200: dict[str, Any]})
def regress_hotfix(request: HttpRequest, ref: str, body: Worse) -> dict[str, Any]:
    """It got worse since this hotfix: who decides is asked again, with the ways back."""
    hotfix, user = hotfix_of(request, ref), person_of(request)
    authorize(user, "attest", hotfix)
    sent = body.model_dump(mode="json", exclude_unset=True)

    def do() -> str:
        return str(regressed.regress(hotfix, by=user, **body.facts()).seq)

    seq, _fresh = once_by_token(request, f"regressed:{hotfix.ref}", sent, do)
    incident = incident_of(request, hotfix.incident.ref, "view")
    return {"hotfix": hotfix.ref, "incident": incident.ref, "seq": int(seq), "status": incident.status}


def rollback_shape(page: RollbackPage) -> dict[str, Any]:
    one = page.shown.rollback
    same = ("from_version", "to_version", "from_ref", "to_ref", "status", "option", "preconditions", "preview",
            "preview_digest")  # fmt: skip
    steps = [_step(step) for _title, steps in page.parts for step in steps]
    return {
        **{name: getattr(one, name) for name in same},
        "ref": one.ref,
        "url": address(one.get_absolute_url()),
        "incident": one.incident.ref,
        "product": one.product.slug,
        "hotfix": one.hotfix.ref if one.hotfix else None,
        "decision": one.decision.number if one.decision else None,
        "started_at": utc(one.started_at),
        "started_by": one.started_by.email if one.started_by else None,
        "back_at": utc_or_none(one.back_at),
        "ended_at": utc_or_none(one.ended_at),
        "verified": {"verdict": str(page.verified.verdict), "summary": page.verified.summary},
        "steps": steps,
    }


def _step(shown: StepShown) -> dict[str, Any]:
    step = shown.step
    same = ("position", "part", "title", "state", "shown_by", "commands")
    return {
        **{name: getattr(step, name) for name in same},
        "seen": shown.seen,
        "done_by": step.done_by.email if step.done_by else None,
        "done_at": utc_or_none(step.done_at),
        "said": shown.said,
    }


def _reachable(request: HttpRequest) -> RollbackQuerySet:
    """What both the person and the token may see."""
    rows = narrowed(Rollback.objects.visible_to(person_of(request)), token_of(request))
    assert isinstance(rows, RollbackQuerySet)
    return rows


def _joined(rows: RollbackQuerySet) -> RollbackQuerySet:
    return rows.select_related(
        "incident__product__team", "incident__severity", "incident__process_version__process",
        "product__team", "product__process__current", "hotfix__incident", "decision__by", "started_by",
    )  # fmt: skip


def _found(request: HttpRequest, ref: str) -> Rollback:
    try:
        rows = narrowed(_joined(Rollback.objects.all()), token_of(request))
        found: Rollback = rows.in_sight(ref, person_of(request))  # type: ignore[attr-defined]
    except ObjectDoesNotExist:
        raise Http404 from None
    authorize(person_of(request), "view", found.incident)
    return found


def _acted_on(request: HttpRequest, ref: str, action: str) -> tuple[Rollback, User]:
    found, user = _found(request, ref), person_of(request)
    authorize(user, action, found.incident)
    return found, user


def _shape(request: HttpRequest, ref: str) -> dict[str, Any]:
    return rollback_shape(read(_found(request, ref), moment.now()))


def _do(request: HttpRequest, what: str, body: Body, do: Any, ref: str) -> dict[str, Any]:
    def once() -> str:
        do()
        return ref

    once_by_token(request, what, body.model_dump(mode="json", exclude_unset=True), once)
    return _shape(request, ref)
