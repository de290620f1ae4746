"""Auditing by script: ask, and look until it is done."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize, teams_of
from accounts.bearer import Bearer, person_of, refuse_narrow
from accounts.models import Scope, Team
from accounts.replay import once_by_token
from foundation.problems import problem
from foundation.shapes import Body, Key, Listed, Paging, Plain, Utc, address, listed, utc, utc_or_none
from hotfixes.audit.asking import UnderWay, ask, cancel
from hotfixes.audit.what_to_do import what_to_do
from hotfixes.models import AuditRun
from hotfixes.models.audit import MOST_TAGS
from products.api.drafts import CONFLICT
from products.models import Process

router = Router(tags=["audits"], auth=Bearer(Scope.READ, Scope.HOTFIXES))


class NewAudit(Body):
    """`tag`: a pattern such as v{new}, where production tags are not named as the process says. `token`: for a private
    repository, forgotten when the audit is over. `team`: whose people see it.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://git.example.com/team/app.git", "process": "krow", "limit": 20}]
        },
    )

    url: Annotated[str, Field(min_length=1, max_length=500), Plain]
    process: Key
    limit: Annotated[int, Field(ge=1, le=MOST_TAGS)] = 20
    team: Annotated[str, Field(max_length=80), Plain] = ""
    tag: Annotated[str, Field(max_length=200), Plain] = ""
    product: Annotated[str, Field(max_length=60), Plain] = ""
    token: Annotated[str, Field(max_length=500), Plain] = ""
    username: Annotated[str, Field(max_length=100), Plain] = ""


class AuditShape(Schema):
    """`state`: waiting, running, done, failed, cancelled. `trouble`: why it failed, `sentence` and `todo` in words.
    `result`, once done: `releases` with a verdict, a summary and proof per check, `hotfixes`, of which `kept`.
    """

    id: int
    url: str
    process: str
    process_version: int
    limit: int
    team: str | None
    tag: str
    product: str
    by: str
    state: str
    percent: int
    trouble: str
    sentence: str
    detail: str
    todo: str
    result: dict[str, Any] | None
    asked_at: Utc
    done_at: Utc | None
    page: str


def audit_shape(run: AuditRun, *, whole: bool = True) -> dict[str, Any]:
    same = ("url", "limit", "tag", "product", "state", "percent", "trouble", "sentence", "detail")
    return {
        **{name: getattr(run, name) for name in same},
        "id": run.pk,
        "process": run.version.process.key,
        "process_version": run.version.number,
        "team": run.team.slug if run.team else None,
        "by": run.by.email,
        "todo": what_to_do(run),
        "result": run.result if whole else None,
        "asked_at": utc(run.asked_at),
        "done_at": utc_or_none(run.done_at),
        "page": address(run.get_absolute_url()),
    }


@router.post(
    "/audits",
    auth=Bearer(Scope.HOTFIXES),
    response={201: AuditShape, 200: AuditShape},
    openapi_extra=CONFLICT,
)
def audit_repository(request: HttpRequest, body: NewAudit) -> Status[dict[str, Any]] | HttpResponse:
    """Asks for an audit of a repository's last production tags. One under way per person: 409."""
    refuse_narrow(request)
    user = person_of(request)
    authorize(user, "add", AuditRun)
    facts = {**body.facts(), "process": _process(body.process), "team": _team(request, body.team)}

    def do() -> str:
        return str(ask(by=user, **facts).pk)

    sent = body.model_dump(mode="json", exclude_unset=True)
    try:
        pk, fresh = once_by_token(request, "audit", sent, do)
    except UnderWay as busy:
        words = _("One audit of yours is under way: %s. Wait for it or cancel it on its page.")
        return problem(409, words % busy.run.pk)
    return Status(201 if fresh else 200, audit_shape(_audit(request, int(pk))))


@router.get("/audits", response=Listed[AuditShape])
def list_audits(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """One's own and those of one's teams, the newest first, without their results."""
    refuse_narrow(request)
    rows = AuditRun.objects.visible_to(person_of(request)).defer("result")
    found = asked.page(rows.select_related("by", "team", "version__process"), "-pk")
    return listed(found, lambda run: audit_shape(run, whole=False))


@router.get("/audits/{audit_id}", response=AuditShape)
def get_audit(request: HttpRequest, audit_id: int) -> dict[str, Any]:
    """How far it is, and what was found once it is done."""
    refuse_narrow(request)
    return audit_shape(_audit(request, audit_id))


@router.post("/audits/{audit_id}/cancel", auth=Bearer(Scope.HOTFIXES), response=AuditShape)
def cancel_audit(request: HttpRequest, audit_id: int) -> dict[str, Any]:
    """Ends one that is under way, within seconds. One that is over stays as it is."""
    refuse_narrow(request)
    cancel(_audit(request, audit_id), by=person_of(request))
    return audit_shape(_audit(request, audit_id))


def _audit(request: HttpRequest, pk: int) -> AuditRun:
    rows = AuditRun.objects.visible_to(person_of(request)).select_related("by", "team", "version__process")
    return get_object_or_404(rows, pk=pk)


def _process(key: str) -> Process:
    found = Process.objects.filter(key=key).first()
    if found is None:
        raise ValidationError({"process": _("There is no process “%s”.") % key})
    return found


def _team(request: HttpRequest, slug: str) -> Team | None:
    if not slug:
        return None
    found = teams_of(person_of(request)).filter(slug=slug).first()
    if found is None:
        raise ValidationError({"team": _("There is no team “%s” here.") % slug})
    return found
