"""A hotfix, its checks and what people said, as docs/api.md names them. More fields may be added, none renamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from foundation.shapes import Utc, address, utc, utc_or_none
from hotfixes.alarms.contradiction import Contradiction
from hotfixes.alarms.contradictions import of_hotfixes
from hotfixes.models import Hotfix
from hotfixes.naming import named
from hotfixes.naming.commands import commands
from hotfixes.standing.standing import CheckView, SaidView, Standing
from incidents.api.files import file_shape

Verdict = Literal["PASS", "STATED", "FAIL", "WARN", "PENDING", "UNKNOWN", "N/A"]


class OverrideShape(Schema):
    """`waits`: it counts only once a `second` person agrees. `verdict`: what the check said then. `self_reviewed`: the
    team has no second person.
    """

    by: str
    role: str
    reason: str
    at: Utc
    verdict: Verdict
    second: str
    waits: bool
    self_reviewed: bool


class AttestationShape(Schema):
    """`text` and `url` are empty where the entry was redacted."""

    by: str
    role: str
    text: str
    url: str
    at: Utc
    verdict: Verdict
    file: dict[str, Any] | None
    self_reviewed: bool


class NextShape(Schema):
    text: str
    commands: list[str]


class CheckShape(Schema):
    """`asked`: a step or a box of the process names it. `observed_at`: since when it reads so; null before the first
    look.
    """

    key: str
    title: str
    verdict: Verdict
    label: str
    summary: str
    proof: list[str]
    facts: dict[str, Any]
    next: NextShape | None
    observed_at: Utc | None
    looked_at: Utc | None
    asked: bool
    step: str
    box: int | None
    override: OverrideShape | None
    attestation: AttestationShape | None


class BesideShape(Schema):
    """What is known beside the checks, before a fix begins or after it is released."""

    model_config = ConfigDict(extra="allow")

    key: str
    verdict: Verdict
    summary: str
    proof: list[str] = []
    facts: dict[str, Any] = {}
    next_text: str = ""
    next_commands: list[str] = []


class CommandShape(Schema):
    step: str
    text: str
    about: str


class ContradictionShape(Schema):
    key: str
    sentence: str
    proof: list[str]
    todo: str


class HotfixShape(Schema):
    """`next`: the key of the check that comes next. `counts`: checks by verdict. `preflight` before the fix begins,
    `guard` after it is released: is it on main and in the next release, do all speak of one version? `taken_back_at`:
    since when users are without it, because another incident's rollback brought back what ran before.
    """

    ref: str
    url: str
    incident: str
    product: str
    component: str
    base_tag: str
    old_version: str
    new_version: str
    branch: str
    tag: str
    merge_policy: Literal["ff-only", "merge", "forward-port", "any"]
    status: Literal["open", "released", "abandoned"]
    stage: str
    next: str | None
    counts: dict[str, int]
    started_at: Utc
    started_by: str | None
    ended_at: Utc | None
    closed_at: Utc | None
    taken_back_at: Utc | None
    looked_at: Utc | None
    preflight: list[BesideShape]
    guard: list[BesideShape]
    contradictions: list[ContradictionShape]
    checks: list[CheckShape]
    commands: list[CommandShape]


class Checks(Schema):
    items: list[CheckShape]
    next: str | None = Field(None, description="Always null: all of them are here.")


def hotfix_shapes(standings: Sequence[Standing]) -> dict[int, dict[str, Any]]:
    """By the hotfix's primary key."""
    found = of_hotfixes(standings)
    return {one.hotfix.pk: _shape(one, found[one.hotfix.ref]) for one in standings}


def hotfix_shape(standing: Standing) -> dict[str, Any]:
    return hotfix_shapes([standing])[standing.hotfix.pk]


def _shape(standing: Standing, contradictions: list[Contradiction]) -> dict[str, Any]:
    hotfix = standing.hotfix
    return {
        "ref": hotfix.ref,
        "url": address(hotfix.get_absolute_url()),
        "incident": hotfix.incident.ref,
        "product": hotfix.product.slug,
        "component": hotfix.component,
        **_names(hotfix),
        "merge_policy": hotfix.rules.merge,
        "status": hotfix.status,
        "stage": standing.stage,
        "next": standing.next.key if standing.next else None,
        "counts": standing.counts,
        "started_at": utc(hotfix.started_at),
        "started_by": hotfix.started_by.email if hotfix.started_by else None,
        "ended_at": utc_or_none(hotfix.ended_at),
        "closed_at": utc_or_none(hotfix.closed_at),
        "taken_back_at": utc_or_none(hotfix.taken_back_at),
        "looked_at": utc_or_none(hotfix.looked_at),
        "preflight": hotfix.preflight,
        "guard": hotfix.guard,
        "contradictions": [contradiction_shape(one) for one in contradictions],
        "checks": [check_shape(check) for check in standing.checks],
        "commands": [{"step": c.step, "text": c.text, "about": c.about} for c in commands(hotfix)],
    }


def _names(hotfix: Hotfix) -> dict[str, str]:
    return {
        "base_tag": named.base_tag(hotfix),
        "old_version": hotfix.old_version,
        "new_version": hotfix.new_version,
        "branch": named.branch(hotfix),
        "tag": named.tag(hotfix),
    }


def check_shape(check: CheckView) -> dict[str, Any]:
    same = ("key", "title", "verdict", "label", "summary", "proof", "facts", "asked", "step", "box")
    following = {"text": check.next_text, "commands": check.next_commands}
    return {
        **{name: getattr(check, name) for name in same},
        "next": following if check.next_text or check.next_commands else None,
        "observed_at": utc_or_none(check.observed_at),
        "looked_at": utc_or_none(check.looked_at),
        "override": _override(check.override) if check.override else None,
        "attestation": _attestation(check.attestation) if check.attestation else None,
    }


def contradiction_shape(one: Contradiction) -> dict[str, Any]:
    return {"key": one.key, "sentence": one.sentence, "proof": list(one.proof), "todo": one.todo}


def _override(said: SaidView) -> dict[str, Any]:
    same = ("by", "role", "verdict", "second", "waits", "self_reviewed")
    return {**{name: getattr(said, name) for name in same}, "reason": said.text, "at": utc(said.at)}


def _attestation(said: SaidView) -> dict[str, Any]:
    same = ("by", "role", "text", "url", "verdict", "self_reviewed")
    return {
        **{name: getattr(said, name) for name in same},
        "at": utc(said.at),
        "file": file_shape(said.file),
    }
