"""Approving a fix by script, where no forge keeps reviews: bound to one head (K95)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Body, Moment, Plain, Reason, Utc, utc
from hotfixes.api.hotfixes import ACTED_WITH, hotfix_of, router
from hotfixes.approving import approve as approving
from hotfixes.decision import refused
from hotfixes.models import Hotfix


class Approving(Body):
    """`head`: the whole id of the commit that was read; `digest`: of what was shown of it."""

    model_config = ConfigDict(
        strict=True, extra="forbid", json_schema_extra={"examples": [{"head": "0" * 40}]}
    )

    head: Annotated[str, Field(min_length=40, max_length=64), Plain]
    digest: Annotated[str, Field(max_length=64), Plain] = ""
    at: Moment | None = None


class Unapproving(Body):
    model_config = ConfigDict(
        strict=True, extra="forbid", json_schema_extra={"examples": [{"reason": "It breaks the import"}]}
    )

    reason: Reason


class ApprovalShape(Schema):
    """`counts`: it is of the head as it is now."""

    by: str
    role: str
    head: str
    digest: str
    at: Utc
    counts: bool


class ChangeShape(Schema):
    """What would be approved, by the last look. `files`: up to a hundred of {path, added, deleted}."""

    head: str
    base: str
    branch: str
    count: int
    lines: int
    files: list[dict[str, Any]]
    subjects: list[str]
    digest: str


class Approvals(Schema):
    change: ChangeShape | None
    items: list[ApprovalShape]
    next: str | None = None


@router.get("/hotfixes/{ref}/approval", response=Approvals)
def read_approvals(request: HttpRequest, ref: str) -> dict[str, Any]:
    """What there is to approve in Nightdesk, where no forge keeps reviews, and who has."""
    return _approvals(hotfix_of(request, ref))


@router.post("/hotfixes/{ref}/approval", auth=ACTED_WITH, response=Approvals)
def approve_hotfix(request: HttpRequest, ref: str, body: Approving) -> dict[str, Any]:
    """Approves exactly this head: 409 when the branch has gone on, 403 for who wrote it, asked for it or began it."""
    hotfix, user = hotfix_of(request, ref), person_of(request)
    authorize(user, "approve", hotfix)
    facts = body.facts()

    def do() -> str:
        return str(approving.approve(hotfix, by=user, **facts).pk)

    try:
        once_by_token(request, f"approve:{hotfix.ref}", body.model_dump(mode="json", exclude_unset=True), do)
    except (approving.Own, approving.Moved) as no:
        why = no.words if isinstance(no, approving.Moved) else str(no)
        refused.record(hotfix.incident, by=user, what="approve", why=why)
        raise
    return _approvals(hotfix)


@router.post("/hotfixes/{ref}/approval/withdraw", auth=ACTED_WITH, response=Approvals)
def withdraw_approval(request: HttpRequest, ref: str, body: Unapproving) -> dict[str, Any]:
    """Takes one's own back."""
    hotfix, user = hotfix_of(request, ref), person_of(request)
    authorize(user, "approve", hotfix)
    sent = body.model_dump(mode="json", exclude_unset=True)

    def do() -> str:
        return str(approving.withdraw_approval(hotfix, by=user, reason=body.reason).pk)

    once_by_token(request, f"withdraw_approval:{hotfix.ref}", sent, do)
    return _approvals(hotfix)


def _approvals(hotfix: Hotfix) -> dict[str, Any]:
    change = approving.change(hotfix)
    return {
        "change": asdict(change) if change else None,
        "items": [
            {
                "by": one.by.email, "role": one.role, "head": one.head, "digest": one.digest, "at": utc(one.at),
                "counts": bool(change and change.head == one.head),
            }
            for one in approving.approvals(hotfix)
        ],
    }  # fmt: skip
