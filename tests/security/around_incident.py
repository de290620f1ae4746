"""What has an address of its own around an incident: how it is named, one that is not there, who sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import Role, User
from foundation import moment
from foundation.refs import next_number
from hotfixes.decision import asking
from hotfixes.models import Hotfix, Rollback, RollbackStep
from incidents.models import Incident
from review.action_items import add_action

ZEBRA, OKAPI = "zebra", "okapi"
NOWHERE = 999_999


def asked(incident: Incident, by: User, seen_by: dict[str, Role]) -> tuple[Any, Any, dict[str, Role]]:
    asked = asking.ask(incident, by=by, text="Is it the store?")
    return {"ref": incident.ref, "pk": asked.pk}, {"ref": f"INC-{NOWHERE}", "pk": asked.pk}, seen_by


def hotfix(incident: Incident) -> Hotfix:
    return Hotfix.objects.create(
        number=next_number("HF"), incident=incident, product=incident.product, policy={}, called="zebra-mobile",
        old_version="0.1.0", new_version="0.1.1", started_at=incident.declared_at,
    )  # fmt: skip


def fix_of(name: str, hotfix: Hotfix, seen_by: dict[str, Role]) -> dict[str, Any]:
    named, nothing = {"ref": hotfix.ref}, {"ref": f"HF-{NOWHERE}"}
    check = {"key": "merged"}
    return {name: (named, nothing, seen_by), f"{name}'s check": (named | check, nothing | check, seen_by)}


def rollback(incident: Incident) -> Rollback:
    made = Rollback.objects.create(
        number=next_number("RB"), incident=incident, product=incident.product, to_version="0.1.0",
        started_at=incident.declared_at,
    )  # fmt: skip
    RollbackStep.objects.create(rollback=made, position=1, part="do", title="Deploy the tag before")
    return made


def back_of(name: str, rollback: Rollback, seen_by: dict[str, Role]) -> dict[str, Any]:
    named, nothing = {"ref": rollback.ref}, {"ref": f"RB-{NOWHERE}"}
    step = {"position": 1}
    return {name: (named, nothing, seen_by), f"{name}'s step": (named | step, nothing | step, seen_by)}


def process_of(name: str, ref: str, seen_by: dict[str, Role]) -> dict[str, Any]:
    """A box, a step and a message of an incident, with what is done to them."""
    found: dict[str, dict[str, Any]] = {
        "box": {"ref": ref, "position": 5, "verb": "attest"},
        "step": {"ref": ref, "key": "version", "verb": "finish"},
        "message": {"ref": ref, "key": "resolved"},
    }
    return {
        f"{name}'s {what}": (named, {**named, "ref": f"INC-{NOWHERE}"}, seen_by)
        for what, named in found.items()
    }


def report_of(name: str, incident: Incident, by: User, seen_by: dict[str, Role]) -> dict[str, Any]:
    """A question of its report, and something to do because of it."""
    word = OKAPI if incident.private else ZEBRA
    due = moment.now().date() + timedelta(days=7)
    add_action(incident, by=by, text=f"{word}: a test", kind="test", owner=by, due=due)
    item = {"ref": incident.ref, "number": 1}
    found: dict[str, dict[str, Any]] = {
        "question": {"ref": incident.ref, "key": "root_cause"},
        "action item": item,
        "settled action item": {**item, "verb": "finish"},
    }
    return {
        f"{name}'s {what}": (named, {**named, "ref": f"INC-{NOWHERE}"}, seen_by)
        for what, named in found.items()
    }
