"""The pieces of work that a process may die in: each as the worker or the web process does it."""

from typing import Any

from django.test import Client

from accounts.models import User
from hotfixes.judging import judge_due
from hotfixes.observing.looking import look_due
from incidents import intake, sweep, transitions
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


def look() -> int:
    """Repositories and hotfixes until none is due; how many."""
    return sum(iter(look_due, False)) + sum(iter(judge_due, False))


ACTS: dict[str, Any] = {
    "breach": sweep.breach_due,
    "warn": sweep.warn_due,
    "send": send.drain,
    "push": push,
    "declare": declare,
    "acknowledge": acknowledge,
    "probe": probes.probe_due,
    "intake": intake.take_in,
    "look": look,
}
