"""The pieces of work that a process may die in: each as the worker or the web process does it."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import User
from hotfixes.decision import asking, revisiting
from hotfixes.decision.decide import decide as choose
from hotfixes.deployments import holds, seen, taken_back
from hotfixes.judging import judge_due
from hotfixes.lifecycle import start as starting
from hotfixes.models import Hotfix, Question, Rollback
from hotfixes.observing.looking import look_due
from hotfixes.preview import making
from hotfixes.rollback import back, checklist, ending, rounds
from hotfixes.rollback.start import adopt
from hotfixes.said import overriding
from hotfixes.watch import judging, smoke
from incidents.lifecycle import alerting, intake, sweep, transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.messages import obligations, rhythm, sending, updates
from incidents.models import Incident
from incidents.work.report import report
from monitoring import sweep as probes
from monitoring.alerts import judging as judging_alerts
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


def alerts() -> int:
    judging_alerts.judge_due()
    return alerting.take_in()


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


def decide(incident: int, user: int, choice: str = "hotfix", option: str = "", instead_of: int = 0) -> str:
    return once(
        choose, Incident.objects.get(pk=incident), by=User.objects.get(pk=user), choice=choice, option=option,
        reason="A line", instead_of=instead_of,
    )  # fmt: skip


def once(verb: Callable[..., Any], *about: Any, **facts: Any) -> str:
    try:
        verb(*about, **facts)
    except (TooLate, asking.Answered):
        return "too late"
    return "done"


def of_rollback(rollback: int) -> Rollback:
    return Rollback.objects.select_related("incident__product__team", "product").get(pk=rollback)


def tick(rollback: int, user: int) -> str:
    return once(checklist.tick, of_rollback(rollback), 3, by=User.objects.get(pk=user))


def say_back(rollback: int, user: int) -> str:
    return once(back.say, of_rollback(rollback), by=User.objects.get(pk=user))


def end_rollback(rollback: int, user: int) -> str:
    return once(ending.done, of_rollback(rollback), by=User.objects.get(pk=user))


def ask(incident: int, user: int, to: int) -> str:
    people = User.objects.in_bulk([user, to])
    return once(
        asking.ask,
        Incident.objects.for_page().get(pk=incident),
        by=people[user],
        to=people[to],
        text="How bad?",
    )


def answer(question: int, user: int) -> str:
    return once(
        asking.answer, Question.objects.get(pk=question), by=User.objects.get(pk=user), text="No data is"
    )


def say(incident: int, user: int, kind: str) -> str:
    """A person says that it has happened."""
    return once(report, Incident.objects.for_page().get(pk=incident), kind, by=User.objects.get(pk=user))


def try_smoke(incident: int, user: int, results: dict[str, bool]) -> str:
    found = Incident.objects.for_page().get(pk=incident)
    return once(smoke.tick, found, by=User.objects.get(pk=user), results=results)


def start_hotfix(incident: int, user: int) -> str:
    found = Incident.objects.for_page().get(pk=incident)
    return once(starting.start, found, by=User.objects.get(pk=user))


def waive(hotfix: int, user: int) -> str:
    found = Hotfix.objects.for_page().get(pk=hotfix)
    return once(overriding.override, found, "errors", by=User.objects.get(pk=user), reason="No log is kept")


def post(where: str) -> Callable[..., int]:
    """A script's request with a key: the status of the answer."""

    def send(token: str, key: str, body: Any) -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return client().post(where, body, content_type="application/json", headers=headers).status_code

    return send


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
    "alerts": alerts,
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
    "adopt": adopt,
    "adopt_hotfix": starting.adopt,
    "start_hotfix": start_hotfix,
    "waive": waive,
    "tick": tick,
    "say_back": say_back,
    "end_rollback": end_rollback,
    "rounds": rounds.sweep,
    "ask": ask,
    "answer": answer,
    "say": say,
    "smoke": try_smoke,
    "count": post("/api/v1/tallies"),
    "deployment": post("/api/v1/deployments"),
    "versions": seen.take_in,
    "holds": holds.keep,
    "taken_back": taken_back.take_in,
    "preview": making.preview_due,
}
