"""Incidents by script, through HTTP, in the shapes that docs/api.md promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from foundation import moment
from incidents.models import Incident
from incidents.timeline.verify import verify
from notifications.models import Delivery
from products.contacts import add_contact
from products.models import Product
from products.role_holders import list_for_role
from tests.api.conftest import NEW, Script, problem
from tests.factories import join, make_user

INCIDENT = {
    "ref", "title", "product", "environment", "severity", "status", "mode", "private", "impact", "workaround",
    "users_affected", "flags", "affected_version", "detected_at", "reported_at", "declared_at", "lead", "roles",
    "process", "clocks", "url",
}  # fmt: skip
CLOCK = {
    "key", "label", "kind", "started_at", "due_at", "stopped_at", "breached_at", "noticed_at", "paused_s", "state",
    "target", "sum",
}  # fmt: skip


def test_declaring_answers_the_incident_with_its_clocks(opened: dict[str, Any]) -> None:
    assert opened.keys() >= INCIDENT
    assert (opened["ref"], opened["status"], opened["severity"]) == ("INC-1", "active", "CRITICAL")
    assert opened["url"] == "http://localhost:8000/incidents/INC-1/"
    assert [clock["key"] for clock in opened["clocks"]] == ["acknowledged", "response", "decision", "total"]
    response = opened["clocks"][1]
    assert response.keys() >= CLOCK
    assert (response["state"], response["target"], response["paused_s"]) == ("running", "< 1 h", 0)
    assert response["started_at"] == opened["detected_at"]
    assert opened["detected_at"].endswith("Z")


def test_every_fact_is_kept(script: Script) -> None:
    facts = {
        **NEW, "environment": "production", "impact": "Nobody gets in", "detected_at": "2026-01-01T02:00:00+02:00",
        "users_affected": {"n": 120, "estimate": True, "source": "logs"}, "mode": "drill", "private": True,
    }  # fmt: skip
    made = script.post("/incidents", facts, status=201)
    told = {
        name: made[name]
        for name in ("environment", "impact", "detected_at", "users_affected", "mode", "private")
    }
    assert told == {
        "environment": "Production", "impact": "Nobody gets in", "detected_at": "2026-01-01T00:00:00Z",
        "users_affected": {"n": 120, "estimate": True, "source": "logs"}, "mode": "drill", "private": True,
    }  # fmt: skip
    assert script.get("/incidents/inc-1") == {**made, "clocks": script.get("/incidents/INC-1")["clocks"]}


@pytest.mark.parametrize(
    "title", ["🔥", "👩\u200d🚒", "שלום", "e" + "\u0301" * 99, "\u0905\u0928\u094d\u200c\u092f", "?"]
)
def test_a_title_in_any_script_is_kept_as_it_is(script: Script, title: str) -> None:
    assert script.post("/incidents", {**NEW, "title": title}, status=201)["title"] == title


@pytest.mark.parametrize(
    "at", ["2026-01-01t00:00:00z", "2026-01-01T05:45:00+05:45", "2026-01-01T00:00:00.000000-00:00"]
)
def test_a_moment_is_read_as_its_rules_write_it(script: Script, at: str) -> None:
    """RFC 3339 §5.6."""
    assert (
        script.post("/incidents", {**NEW, "detected_at": at}, status=201)["detected_at"]
        == "2026-01-01T00:00:00Z"
    )


def test_without_a_severity_it_opens_in_triage(script: Script) -> None:
    made = script.post(
        "/incidents", {"title": "Slow", "product": "staff-mobile", "users_affected": 3}, status=201
    )
    assert (made["status"], made["severity"], made["users_affected"]["n"]) == ("triage", "CRITICAL", 3)


def test_the_same_key_opens_one(script: Script) -> None:
    first = script.post("/incidents", NEW, status=201, Idempotency_Key="a")
    again = script.post("/incidents", NEW, status=200, Idempotency_Key="a")
    other = script("POST", "/incidents", {**NEW, "title": "Other"}, Idempotency_Key="a")
    assert (first["ref"], again["ref"]) == ("INC-1", "INC-1")
    assert problem(other, 422)["errors"][0]["field"] == "Idempotency-Key"
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\u0007b"}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"title": " \ufeff\u2060 "}, "title"),
        ({"title": "\u3164"}, "title"),
        ({"title": 7}, "title"),
        ({"severity": "P0"}, "severity"),
        ({"product": "nothing"}, "product"),
        ({"environment": "mars"}, "environment"),
        ({"detected_at": "2030-01-01T00:00:00Z"}, "detected_at"),
        ({"detected_at": "2026-01-01 00:00"}, "detected_at"),
        ({"users_affected": -1}, "users_affected"),
        ({"mode": "joke"}, "mode"),
        ({"private": "yes"}, "private"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_told_by_field(script: Script, change: dict[str, Any], field: str) -> None:
    told = problem(script("POST", "/incidents", {**NEW, **change}), 422)
    assert {error["field"].split(".")[0] for error in told["errors"]} == {field}
    assert Incident.objects.count() == 0


def test_the_verbs_answer_the_incident_as_it_then_is(script: Script, opened: dict[str, Any]) -> None:
    def act(verb: str, body: Any = None) -> Any:
        return script.post(f"/incidents/INC-1/{verb}", body)

    assert act("acknowledge")["acknowledged_at"] is not None
    assert act("claim")["lead"] == "ada@example.test"
    assert act("change_severity", {"severity": "high", "reason": "one region"})["severity"] == "HIGH"
    described = act(
        "describe",
        {"impact": "EU only", "flags": ["security"], "users_affected": 9, "environment": "Production"},
    )
    assert (described["impact"], described["flags"], described["users_affected"]["n"]) == (
        "EU only",
        ["security"],
        9,
    )
    assert described["title"] == "Sign-in fails"
    assert act("note", {"text": "Rolled the pods"})["status"] == "active"
    assert act("mitigate", {"text": "Fail-over"})["status"] == "monitoring"
    assert act("resolve")["status"] == "resolved"
    assert act("reopen", {"reason": "Back again"})["status"] == "active"


def test_assign_takes_an_address_of_the_team(
    script: Script, product: Product, opened: dict[str, Any]
) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    made = script.post("/incidents/INC-1/assign", {"user": "ben@example.test"})
    assert (made["lead"], made["roles"]) == ("ben@example.test", {"lead": "ben@example.test"})
    make_user("olga@example.test")
    for wrong, field in (
        ({"user": "olga@example.test"}, "user"),
        ({"user": "ben@example.test", "role": "king"}, "role"),
    ):
        assert problem(script("POST", "/incidents/INC-1/assign", wrong), 422)["errors"][0]["field"] == field


def test_confirm_severity_ends_triage(script: Script) -> None:
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    assert script.post("/incidents/INC-1/confirm_severity")["status"] == "active"


def test_too_late_answers_the_present_state(script: Script, opened: dict[str, Any]) -> None:
    script.post("/incidents/INC-1/resolve")
    told = problem(script("POST", "/incidents/INC-1/mitigate"), 409)
    assert (told["incident"]["ref"], told["incident"]["status"]) == ("INC-1", "resolved")


def test_a_note_with_a_key_is_written_once(script: Script, opened: dict[str, Any]) -> None:
    for _ in range(2):
        script.post("/incidents/INC-1/note", {"text": "Seen"}, Idempotency_Key="n1")
    assert problem(script("POST", "/incidents/INC-1/note", {"text": "Other"}, Idempotency_Key="n1"), 422)
    assert [e["text"] for e in script.get("/incidents/INC-1/timeline")["items"] if e["kind"] == "noted"] == [
        "Seen"
    ]


def test_the_timeline_says_by_which_token(script: Script, opened: dict[str, Any]) -> None:
    script.post("/incidents/INC-1/acknowledge", {"at": opened["declared_at"]})
    events = script.get("/incidents/INC-1/timeline")["items"]
    assert [event["seq"] for event in events] == [1, 2]
    event = events[1]
    assert event.keys() >= {
        "seq", "kind", "occurred_at", "recorded_at", "actor", "source", "text", "data", "proof", "hash", "prev_hash",
    }  # fmt: skip
    assert (event["kind"], event["actor"], event["source"]) == (
        "acknowledged",
        "Ada (by token deploy-bot)",
        "token",
    )
    assert event["data"]["token"] == "deploy-bot"
    assert event["prev_hash"] == events[0]["hash"]
    assert event["occurred_at"] == opened["declared_at"]
    assert list(verify(Incident.objects.all())) == []


def test_correct_and_redact(
    script: Script, product: Product, opened: dict[str, Any], script_of: Callable[..., Script]
) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    script.post("/incidents/INC-1/note", {"text": "Password is x"})
    script.post("/incidents/INC-1/correct", {"seq": 2, "text": "Password was x", "reason": "tense"})
    script.post("/incidents/INC-1/redact", {"seq": 2, "reason": "a secret"})
    hidden = script.get("/incidents/INC-1/timeline")["items"][1]
    assert (hidden["redacted"], hidden["text"], hidden["data"]) == (True, "", {})
    alone = script("POST", "/incidents/INC-1/redact", {"seq": 2, "decision": "confirm"})
    assert "Another person" in problem(alone, 422)["detail"]
    script_of(ben).post("/incidents/INC-1/redact", {"seq": 2, "decision": "confirm"})
    events = script.get("/incidents/INC-1/timeline")["items"]
    assert [(e["kind"], e["redacted"]) for e in events][1:3] == [("noted", True), ("corrected", True)]
    assert problem(script("POST", "/incidents/INC-1/correct", {"seq": 99, "reason": "x", "text": "y"}), 422)


def test_who_is_asked_next_is_named_until_somebody_acknowledges(
    script: Script, opened: dict[str, Any]
) -> None:
    asked = script.get("/incidents/INC-1")["next_to_wake"]
    assert (asked["who"], asked["why"]) == ("everybody who responds in Payments", "contacts")
    assert asked["at"] > opened["detected_at"]
    script.post("/incidents/INC-1/acknowledge")
    assert script.get("/incidents/INC-1")["next_to_wake"] is None


def test_clocks_lists_every_run(script: Script, opened: dict[str, Any]) -> None:
    script.post("/incidents/INC-1/resolve")
    script.post("/incidents/INC-1/reopen", {"reason": "again"})
    runs = script.get("/incidents/INC-1/clocks")
    assert [(c["key"], c["cycle"], c["state"]) for c in runs["items"]] == [
        ("acknowledged", 1, "met"),
        ("response", 2, "running"), ("response", 1, "met"),
        ("decision", 2, "running"), ("decision", 1, "met"),
        ("total", 2, "running"), ("total", 1, "met"),
        ("postmortem", 1, "cancelled"),
    ]  # fmt: skip
    assert runs["next"] is None


def test_a_list_says_of_each_what_it_says_alone_and_asks_no_more_for_three(
    script: Script, product: Product, ada: User
) -> None:
    add_contact(product, label="Owner", user=ada, by=ada)
    add_contact(product, label="All", whole_team=True, by=ada)
    list_for_role(product, role="devops", user=ada, by=ada)
    script.post("/incidents", {**NEW, "title": "Waits"}, status=201)
    with CaptureQueriesContext(connection) as alone:
        script.get("/incidents")
    for title in ("Reopened", "Somebody cannot", "Over"):
        script.post("/incidents", {**NEW, "title": title}, status=201)
    script.post("/incidents/INC-2/claim")
    script.post("/incidents/INC-2/resolve")
    script.post("/incidents/INC-2/reopen", {"reason": "again"})
    script.post("/incidents/INC-4/resolve")
    said = Delivery.objects.about("INC-3").filter(user=ada).update(answer="cannot", answered_at=moment.now())
    script.get("/incidents")  # the token was used
    with CaptureQueriesContext(connection) as together:
        listed = script.get("/incidents")["items"]
    assert (said > 0, len(together)) == (True, len(alone))
    singly = [script.get(f"/incidents/INC-{number}") for number in (4, 3, 2, 1)]
    for clock in (clock for one in (*listed, *singly) for clock in one["clocks"]):
        del clock["sum"]  # it says how long it runs by now
    assert listed == singly
    waits = [one["next_to_wake"] and one["next_to_wake"]["who"] for one in listed]
    everybody = "everybody who responds in Payments (All)"
    assert waits == [None, everybody, None, f"Ada (Owner), {everybody}"]


def test_lists_filter_and_page(script: Script, product: Product) -> None:
    for number in range(3):
        script.post("/incidents", {**NEW, "title": f"Case {number}"}, status=201)
    script.post("/incidents/INC-1/resolve")

    def refs(query: str) -> list[str]:
        return [each["ref"] for each in script.get(f"/incidents?{query}")["items"]]

    assert refs("") == ["INC-3", "INC-2", "INC-1"]
    assert refs("status=resolved") == ["INC-1"]
    assert refs("status=active,resolved") == ["INC-3", "INC-2", "INC-1"]
    assert refs("status=open") == ["INC-3", "INC-2"]
    assert refs("severity=CRITICAL&product=staff-mobile&q=case+2") == ["INC-3"]
    assert refs("severity=high,medium") == []
    assert refs("since=2099-01-01T00:00:00Z") == []
    first = script.get("/incidents?limit=2")
    assert len(first["items"]) == 2
    second = script.get(f"/incidents?limit=2&cursor={first['next']}")
    assert ([i["ref"] for i in second["items"]], second["next"]) == (["INC-1"], None)
    for query, field in (
        ("status=gone", "status"),
        ("cursor=zzz", "cursor"),
        ("limit=0", "limit"),
        ("since=x", "since"),
        ("severity=nope", "severity"),
        ("product=nope", "product"),
    ):
        assert problem(script("GET", f"/incidents?{query}"), 422)["errors"][0]["field"] == field


def test_what_is_not_built_is_not_there(script: Script, opened: dict[str, Any]) -> None:
    for method, path in (
        ("POST", "/incidents/INC-1/explode"), ("GET", "/incidents/INC-99"), ("GET", "/incidents/x%00y"),
        ("GET", "/nothing"), ("GET", "/"), ("POST", "/incidents/INC-99/acknowledge"),
    ):  # fmt: skip
        problem(script(method, path), 404)
    assert script("DELETE", "/incidents/INC-1").headers["Allow"]
    problem(script("DELETE", "/incidents/INC-1"), 405)
    problem(script("POST", "/incidents", "{not json"), 400)


def test_roles_are_claimed_and_handed_over_k138_k139(
    script: Script, product: Product, opened: dict[str, Any], script_of: Callable[..., Script]
) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    his = script_of(ben)
    assert his.post("/incidents/INC-1/claim", {"role": "devops"})["roles"] == {"devops": "ben@example.test"}
    taken = problem(script("POST", "/incidents/INC-1/claim", {"role": "devops"}), 409)
    assert taken["detail"].startswith("Ben has the role DevOps.")
    assert taken["incident"]["roles"] == {"devops": "ben@example.test"}
    refused = problem(his("POST", "/incidents/INC-1/claim", {"role": "product_owner"}), 403)
    assert refused["detail"] == "Nobody is listed for Product Owner on this product. A manager lists people."
    over = {"role": "devops", "user": "ada@example.test", "note": "Halted at 20 %"}
    for wrong, field in (
        ({**over, "note": ""}, "note"), ({**over, "user": "olga@example.test"}, "user"),
        ({**over, "user": "ben@example.test"}, "user"), ({**over, "role": "king"}, "role"),
    ):  # fmt: skip
        assert problem(his("POST", "/incidents/INC-1/hand_over", wrong), 422)["errors"][0]["field"] == field
    assert his.post("/incidents/INC-1/hand_over", over)["roles"] == {"devops": "ada@example.test"}
    problem(his("POST", "/incidents/INC-1/hand_over", over), 409)
    assert script.post("/incidents/INC-1/give_up", {"role": "devops"})["roles"] == {}


def test_a_clock_is_paused_goes_on_and_is_waived_by_script(script: Script, opened: dict[str, Any]) -> None:
    """K57: 409 says how the clock stands where the verb does not fit."""
    path, body = f"/incidents/{opened['ref']}", {"clock": "response", "reason": "The provider is down"}
    nothing = script.post(f"{path}/resume_clock", body, status=409)
    assert nothing["detail"] == "“Respond” is not paused: there is nothing to go on from. INC-1 is active."
    paused = script.post(f"{path}/pause_clock", body)["clocks"][1]
    assert (paused["state"], paused["due_at"], paused["holds"], paused["calendar"]) == (
        "paused",
        None,
        [],
        "",
    )
    assert paused["sum"][-1].startswith("It stands still after ")
    assert script.post(f"{path}/resume_clock", body)["clocks"][1]["state"] == "running"
    waived = script.post(f"{path}/waive_clock", body)["clocks"][1]
    assert (waived["state"], waived["sum"][-1][:7]) == ("waived", "Waived ")
    assert script.post(f"{path}/pause_clock", body, status=409)["incident"]["ref"] == "INC-1"
    wrong = script.post(f"{path}/pause_clock", {"clock": "lunch", "reason": "Hungry"}, status=422)
    assert [error["field"] for error in wrong["errors"]] == ["clock"]
