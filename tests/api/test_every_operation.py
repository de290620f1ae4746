"""The API holds what its description promises: schemathesis asks every operation, as administrator, manager, viewer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import ApiToken
from foundation import moment
from hotfixes.lifecycle.start import start
from hotfixes.rollback.start import begin
from incidents.models import Incident
from monitoring.alerts.sources import connect
from monitoring.models import Alert
from notifications.models import Delivery
from products import role_holders
from products.models import Product
from tests.api.conftest import Script
from tests.depth import times
from tests.factories import join, make_monitor, make_user

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Of each operation, beside the description's own examples: the least that it allows, then by chance.
GUESSES = times(2, deep=6)
BY_PATH: dict[str, dict[str, Any]] = {
    "/checks/{key}": {"ref": "HF-1", "key": "merged"}, "/hotfixes/{ref}": {"ref": "HF-1"},
    "/products/{slug}": {"slug": "staff-mobile", "environment": "production"},
    "/rollbacks/{ref}": {"ref": "RB-1", "position": 1},
    "/monitors/{slug}": {"slug": "checkout"}, "/alert_sources/{slug}": {"slug": "prometheus"},
    "/teams/{slug}": {"slug": "payments"}, "/processes/{key}": {"key": "krow"},
    "/steps/{key}": {"key": "fix", "verb": "finish"}, "/messages/{key}": {"key": "deployed"},
    "/postmortem/answers/{key}": {"key": "root_cause"},
    "/postmortem/actions/{number}": {"number": 1, "verb": "finish"},
    "/checklist/{position}": {"position": 1, "verb": "attest"}, "/timeline/{seq}": {"seq": 2},
}  # fmt: skip


# Committing: the server ends a transaction that idles while cases are thought up.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["administrator", "manager", "viewer"])
def test_every_operation_answers_as_described(
    role: str,
    product: Product,
    script: Script,
    script_of: Callable[..., Script],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.NIGHTDESK_REQUESTS_A_MINUTE = 10**6
    settings.ALLOWED_HOSTS = ["*"]
    # As the pool of production does; a backend anew for each request would be a third of the test's time.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    connection.close()
    user = make_user("robin@example.test", is_administrator=role == "administrator")
    if role != "administrator":
        join(user, product.team, role)
    known = furnish(product, script)
    headers = {"Authorization": f"Bearer {script_of(user).token}", "Accept-Encoding": "identity"}
    for cases in thought_up():
        # Who may less is asked of each operation once, about what exists: the guesses say nothing of roles.
        for case, existing in cases if role == "administrator" else [one for one in cases if one[1]][:1]:
            ask(case, known if existing else {}, headers)
    assert len(thought_up()) > 150
    assert sum(map(len, thought_up())) > (GUESSES + 0.4) * len(thought_up())


def furnish(product: Product, script: Script) -> dict[str, Any]:
    """One of each thing; what addresses call them."""
    make_monitor(product)
    source, now = connect(product, by=None, tool="alertmanager", name="Prometheus"), moment.now()
    said = dict.fromkeys(("started_at", "first_seen", "last_seen", "since"), now)
    fires = Alert.objects.create(source=source, fingerprint="full", state="firing", title="Full", **said)
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    start(Incident.objects.by_ref("INC-1"), by=ApiToken.objects.latest("pk").user)
    begin(Incident.objects.for_page().by_ref("INC-1"), "halt_rollout", by=None, at=moment.now())
    asked = script.post("/incidents/INC-1/questions", {"text": "Sure?"}, status=201)
    script.post("/incidents/INC-1/note", {"file": {"name": "a.log", "base64": "T0sK"}})
    contact = script.post("/products/staff-mobile/contacts", {"label": "All", "whole_team": True}, status=201)
    paula = make_user("paula@example.test")
    join(paula, product.team, "responder")
    holder = role_holders.list_for_role(product, role="product_owner", user=paula, by=paula)
    code = {"url": "https://github.com/you/product", "token": "ghp_x"}
    assert script("PATCH", "/products/staff-mobile", {"repository": code}).status_code == 200
    todo = {"text": "A test", "kind": "test", "owner": "paula@example.test", "due": "2027-01-01"}
    script.post("/incidents/INC-1/postmortem/actions", todo, status=201)
    room = {"name": "Room", "kind": "slack", "team": "payments", "url": "https://127.0.0.1/hook"}
    window = {"product": "staff-mobile", "lasts_s": 3600}
    audit = {"url": "https://127.0.0.1/app.git", "process": "krow", "team": "payments"}
    return {
        "question_id": asked["id"], "audit_id": script.post("/audits", audit, status=201)["id"], "ref": "INC-1",
        "alert_id": fires.pk, "token_id": ApiToken.objects.latest("pk").pk,
        "channel_id": script.post("/channels", room, status=201)["id"], "holder_id": holder.pk,
        "maintenance_id": script.post("/maintenance", window, status=201)["id"],
        "contact_id": contact["items"][0]["id"],
        "delivery_id": Delivery.objects.latest("pk").pk, "person_id": make_user("ben@example.test").pk,
    }  # fmt: skip


@cache
def thought_up() -> list[list[tuple[Any, bool]]]:
    """Requests, by operation; true: to be sent to things that exist, as the description's own examples and half of the
    guesses are.

    The same for every role, and thinking them up takes longer than answering them: once.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=WSGIHandler())
    operations = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        written = [case for each in operation.get_strategies_from_examples() for case in some_of(each, 1)]
        guesses = some_of(operation.as_strategy(), GUESSES)
        cases = [(case, True) for case in written]
        operations.append(cases + [(case, place % 2 == 1) for place, case in enumerate(guesses)])
    return operations


def some_of(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    cases: list[Any] = []

    @budget(
        max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)
    def keep(case: Any) -> None:
        cases.append(case)

    keep()
    return cases


def ask(case: Any, known: dict[str, Any], headers: dict[str, str]) -> None:
    """Send it, to what is `known` where its address names something."""
    if known and case.path_parameters:
        here = {**known, **next((names for path, names in BY_PATH.items() if path in case.path), {})}
        case.path_parameters = {name: here[name] for name in case.path_parameters}
    case.validate_response(case.call(headers=headers), checks=CHECKS)
