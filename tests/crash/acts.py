"""The pieces of work that a process may die in: each as the worker or the web process does it."""

from typing import Any

from django.test import Client

from accounts.models import User
from hotfixes.decision import revisiting
from hotfixes.decision.decide import decide as choose
from hotfixes.judging import judge_due
from hotfixes.observing.looking import look_due
from hotfixes.watch import judging
from incidents import intake, obligations, rhythm, sending, sweep, transitions, updates
from incidents.lifecycle import TooLate
from incidents.models import Incident
from monitoring import sweep as probes
from notifications import send


def client() -> Client:
    return Client(SERVER_NAME="localhost")


def push(path: str, body: Any) -> int:
    return client().post(path, body, content_type="application/json").status_code


def declare(token: str, key: str, body: Any) -> list[Any]:
    """By script: [status, ref]."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    answer = client().post("/api/v1/incidents", body, content_type="application/json", headers=headers)
    return [answer.status_code, answer.json().get("ref")]


def acknowledge(incident: int, user: int) -> str:
    try:
        transitions.acknowledge(Incident.objects.get(pk=incident), by=User.objects.get(pk=user))
    except TooLate:
        return "too late"
    return "done"


def tell(incident: int, user: int, channel: int, seen: str) -> str:
    """A message of the process goes to a channel."""
    try:
        sending.send(
            Incident.objects.get(pk=incident),
            "deployed",
            by=User.objects.get(pk=user),
            channels=[channel],
            seen=seen,
        )
    except TooLate:
        return "too late"
    return "done"


def decide(incident: int, user: int) -> str:
    try:
        choose(
            Incident.objects.get(pk=incident), by=User.objects.get(pk=user), choice="hotfix", reason="A line"
        )
    except TooLate:
        return "too late"
    return "done"


def revisit() -> int:
    return revisiting.tell_due()


def update(incident: int, user: int, channel: int) -> str:
    updates.update(
        Incident.objects.get(pk=incident), by=User.objects.get(pk=user), text="Going on", channels=[channel]
    )
    return "done"


def look() -> int:
    """Repositories and hotfixes until none is due; how many."""
    return sum(iter(look_due, False)) + sum(iter(judge_due, False))


ACTS: dict[str, Any] = {
    "breach": sweep.breach_due,
    "warn": sweep.warn_due,
    "escalate": sweep.escalate_due,
    "send": send.drain,
    "push": push,
    "declare": declare,
    "acknowledge": acknowledge,
    "probe": probes.probe_due,
    "intake": intake.take_in,
    "look": look,
    "watch": judging.judge_due,
    "decide": decide,
    "revisit": revisit,
    "tell": tell,
    "update": update,
    "owe": obligations.remind_due,
    "rhythm": rhythm.remind_due,
}
