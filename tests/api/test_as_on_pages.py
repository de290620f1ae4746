"""What had been a page's alone: release addresses, ends of audits and rollbacks, smoke tests, held mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.models import AuditRun, Decision, ReleaseAddress, Rollback
from hotfixes.rollback.start import begin
from incidents.models import Incident
from notifications.models import Delivery, State
from products.models import Product, Repository
from tests.api.conftest import Script, problem
from tests.factories import join, make_product, make_user

ADDRESS = "https://dl.example.org/{target}/app.tar.gz"


@pytest.fixture
def archy(ada: User) -> Product:
    made = make_product(process="archy", name="Archipelago")
    join(ada, made.team, "manager")
    return made


def test_where_releases_are_is_said_and_read(script: Script, archy: Product) -> None:
    path = f"/products/{archy.slug}/release_addresses"
    before = script.get(path)["items"]
    assert [(one["option"], one["address"]) for one in before] == [
        ("ota_previous", ""),
        ("reflash_previous", ""),
    ]
    told = script("PATCH", path, {"addresses": {"ota_previous": ADDRESS}}).json()["items"]
    assert [one["address"] for one in told] == [ADDRESS, ""]
    assert script("PATCH", path, {"addresses": {"ota_previous": ""}}).json()["items"] == before


@pytest.mark.parametrize(
    ("addresses", "field"),
    [
        ({"ota_previous": ADDRESS, "nowhere": ADDRESS}, "addresses.nowhere"),
        ({"ota_previous": "https://dl.example.org/app.tar.gz"}, "addresses.ota_previous"),
        ({"ota_previous": "file:///etc/{target}"}, "addresses.ota_previous"),
        ({"ota_previous": "https://{nothing}.example.org/{target}"}, "addresses.ota_previous"),
    ],
)
def test_a_wrong_one_is_told_and_nothing_is_kept(
    script: Script, archy: Product, addresses: dict[str, str], field: str
) -> None:
    answer = script("PATCH", f"/products/{archy.slug}/release_addresses", {"addresses": addresses})
    assert [error["field"] for error in problem(answer, 422)["errors"]] == [field]
    assert not ReleaseAddress.objects.exists()


def test_an_audit_is_cancelled_and_the_next_one_may_begin(script: Script, product: Product) -> None:
    sent = {"url": "https://git.example.org/app.git", "process": "krow"}
    made = script.post("/audits", sent, status=201)
    assert problem(script("POST", "/audits", sent), 409)
    assert script.post(f"/audits/{made['id']}/cancel")["state"] == "cancelled"
    assert script.post(f"/audits/{made['id']}/cancel")["state"] == "cancelled"
    assert script.post("/audits", sent, status=201)["state"] == "waiting"
    assert AuditRun.objects.under_way().count() == 1


def test_a_rollback_is_done_once_the_version_before_is_back(script: Script, opened: dict[str, Any]) -> None:
    begin(Incident.objects.for_page().by_ref(opened["ref"]), "halt_rollout", by=None, at=moment.now())
    assert problem(script("POST", "/rollbacks/RB-1/done", {}), 422)["errors"][0]["field"] == ""
    script.post("/rollbacks/RB-1/back", {"text": "1.0.0 answers"})
    done = {"text": "It has run for an hour"}
    assert script.post("/rollbacks/RB-1/done", done, Idempotency_Key="end")["status"] == "done"
    assert script.post("/rollbacks/RB-1/done", done, Idempotency_Key="end")["status"] == "done"
    assert Rollback.objects.get().ended_at is not None


def test_a_decision_is_looked_at_again(
    script: Script, script_of: Callable[..., Script], opened: dict[str, Any]
) -> None:
    path = f"/incidents/{opened['ref']}/decision"
    assert problem(script("POST", f"{path}/revisit", {}), 422)["detail"] == "Nothing is decided yet."
    root = script_of(make_user("root@example.test", is_administrator=True))
    root.post(path, {"choice": "hotfix", "reason": "One line"}, status=201)
    assert script.post(f"{path}/revisit", {})["revisit_at"] is not None
    assert script.post(f"{path}/revisit", {"stands": True})["revisit_at"] is None
    assert Decision.objects.get().revisit_at is None


def test_smoke_tests_of_a_rollback_are_said(script: Script, opened: dict[str, Any]) -> None:
    path = f"/incidents/{opened['ref']}/try_smoke"
    refused = problem(script("POST", path, {"results": {"launches": True}}), 422)
    assert refused["detail"] == "Nothing has been deployed yet that could be tried."
    begin(Incident.objects.for_page().by_ref(opened["ref"]), "halt_rollout", by=None, at=moment.now())
    script.post("/rollbacks/RB-1/back", {"text": "1.0.0 answers"})
    watches = script.post(path, {"results": {"launches": True, "core": True}, "text": "On two phones"})[
        "items"
    ]
    assert [(one["key"], one["passed"]) for one in watches[0]["smoke"]] == [
        ("launches", True), ("core", True), ("errors", None)
    ]  # fmt: skip
    assert [e["field"] for e in problem(script("POST", path, {"results": {"x": True}}), 422)["errors"]] == [
        "results"
    ]


def test_what_a_restore_holds_is_released_or_dropped_by_who_administers_the_team(
    script: Script, script_of: Callable[..., Script], product: Product, opened: dict[str, Any]
) -> None:
    olga = make_user("olga@example.test")
    join(olga, product.team, "admin")
    admin = script_of(olga)
    first, second = (Delivery.objects.create(
        about=f"{opened['ref']}/1", key=f"held-{n}", recipient="x@example.test", route="email", lane="email",
        label="Duty", team=product.team, subject="CRITICAL", body="…", state=State.HELD, due_at=moment.now(),
        first_due_at=moment.now(),
    ) for n in range(2))  # fmt: skip
    assert script.get("/deliveries?held=true")["items"] == []
    assert script("POST", f"/deliveries/{first.pk}/release").status_code == 403
    assert [one["id"] for one in admin.get("/deliveries?held=true")["items"]] == [second.pk, first.pk]
    assert admin.post(f"/deliveries/{first.pk}/release")["state"] == "pending"
    assert admin.post(f"/deliveries/{second.pk}/drop")["state"] == "cancelled"
    assert admin.post(f"/deliveries/{second.pk}/release")["state"] == "cancelled"
    assert admin.get("/deliveries?held=true")["items"] == []


def test_a_secret_asked_for_twice_with_one_key_is_replaced_once(script: Script, product: Product) -> None:
    """Twice would forget the one that the forge still has: the one before is kept, no other."""
    script("PATCH", "/products/staff-mobile", {"repository": {"url": "https://github.com/you/product"}})
    before = Repository.objects.get().hook_secrets
    path = "/products/staff-mobile/repository/secret"
    told = script.post(path, {}, Idempotency_Key="turn")
    again = script.post(path, {}, Idempotency_Key="turn")
    assert (again["hook"], again["secret"]) == (told["hook"], None)
    assert Repository.objects.get().hook_secrets == [told["secret"], *before]
    script.post(path, {"secret": told["secret"]})
    assert Repository.objects.get().hook_secrets == [told["secret"], *before]
    script.post(f"{path}/end")
    assert Repository.objects.get().hook_secrets == [told["secret"]]


def test_a_place_where_nothing_happened_is_removed_and_the_last_one_stays(
    script: Script, product: Product
) -> None:
    path = "/products/staff-mobile/environments"
    script.post(path, {"name": "Beta", "kind": "staging"}, status=201)
    assert script("DELETE", f"{path}/beta").status_code == 204
    problem(script("DELETE", f"{path}/beta"), 404)
    told = problem(script("DELETE", f"{path}/production"), 422)
    assert told["detail"] == "A product runs somewhere: keep at least one."
    script.post(path, {"name": "Beta", "kind": "staging"}, status=201)
    sent = {"title": "Slow", "product": "staff-mobile", "environment": "beta"}
    script.post("/incidents", sent, status=201)
    assert (
        problem(script("DELETE", f"{path}/beta"), 422)["detail"] == "Incidents happened there, so it stays."
    )


def test_a_reminder_of_an_update_is_put_off_and_stopped(script: Script, product: Product) -> None:
    script.post("/incidents", {"title": "Slow", "product": product.slug, "severity": "critical"}, status=201)
    now = moment.now()
    Incident.objects.update(update_due_at=now, remind_at=None)
    later = script.post("/incidents/INC-1/snooze_update")
    assert (later["update_due_at"] is not None, later["remind_at"] > now.isoformat()) == (True, True)
    problem(script("POST", "/incidents/INC-1/stop_updates", {"at": "2026-11-21T02:14:00Z"}), 422)
    over = script.post("/incidents/INC-1/stop_updates")
    assert (over["update_due_at"], over["remind_at"]) == (None, None)
    assert [script("POST", f"/incidents/INC-1/{verb}").status_code for verb in ("snooze_update", "stop_updates")] == [
        409, 409,
    ]  # fmt: skip
