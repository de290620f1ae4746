"""Channels by script: what the page under Settings does. Where they lead is never told."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pytest_django import Settings

from accounts.models import User
from foundation.secrets import unseal
from notifications.models import Channel, Delivery
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import join, make_product, make_team, make_user
from tests.notifications.conftest import use
from tests.notifications.mailbox import mailbox
from tests.notifications.receiving import receiver

SECRET = "a-path-nobody-guesses"
NEW = {"name": "Room", "kind": "slack", "team": "payments", "url": f"https://hooks.example.test/{SECRET}"}


def test_where_it_leads_is_kept_and_never_told(script: Script) -> None:
    made = script.post("/channels", NEW, status=201)
    assert made == {
        "id": made["id"], "name": "Room", "kind": "slack", "team": "payments", "user": None, "products": [],
        "audience": "internal", "shown": "https://hooks.example.test/…", "archived_at": None, "last": None,
        "secret": None, "request_url": None,
    }  # fmt: skip
    told = [script.get("/channels"), script.get(f"/channels/{made['id']}"), made]
    assert SECRET not in json.dumps(told)
    assert json.loads(unseal(Channel.objects.get().sealed)) == {"url": NEW["url"]}


def test_a_signing_secret_that_was_made_is_told_once(script: Script) -> None:
    made = script.post("/channels", {**NEW, "kind": "webhook"}, status=201)
    assert made["secret"].startswith("whsec_")
    assert "secret" not in script.get(f"/channels/{made['id']}")
    own = {**NEW, "kind": "webhook", "secret": "whsec_" + "QUFB" * 8}
    assert script.post("/channels", own, status=201)["secret"] is None


def test_an_app_in_slack_is_told_where_it_calls_us_and_once(script: Script) -> None:
    app = {"token": "xoxb-canary", "room": "C0EMERGENCY", "secret": "8f742231b10e8888abcd99yyyzzz85a5"}
    made = script.post("/channels", {"name": "Room", "kind": "slack", "team": "payments", **app}, status=201)
    assert made["request_url"] == f"http://localhost:8000/in/slack/{Channel.objects.get().key}"
    assert (made["shown"], "request_url" in script.get(f"/channels/{made['id']}")) == (
        "app in C0EMERGENCY, answers", False,
    )  # fmt: skip
    refused = script("PATCH", f"/channels/{made['id']}", {"url": NEW["url"], "token": "xoxb-2"})
    assert (refused.status_code, "not both" in refused.text) == (422, True)
    assert json.loads(unseal(Channel.objects.get().sealed)) == app


def test_rooms_in_matrix_and_teams_and_one_for_users(script: Script) -> None:
    room = {
        "name": "M",
        "kind": "matrix",
        "team": "payments",
        "url": "https://m.example.test",
        "token": "syt",
    }
    assert script("POST", "/channels", room).status_code == 422
    made = script.post("/channels", {**room, "room": "!a:example.test", "audience": "users"}, status=201)
    assert (made["shown"], made["audience"]) == ("!a:example.test · https://m.example.test/…", "users")
    changed = script("PATCH", f"/channels/{made['id']}", {"audience": "internal"}).json()
    assert changed["audience"] == "internal"
    assert script.post("/channels", {**NEW, "kind": "teams"}, status=201)["kind"] == "teams"
    own = {key: value for key, value in NEW.items() if key != "team"}
    assert script("POST", "/channels", {**own, "audience": "users"}).status_code == 422


def test_apprise_is_for_administrators_of_a_team(script: Script) -> None:
    service = {
        "name": "A",
        "kind": "apprise",
        "team": "payments",
        "url": "gotify://push.example.test/token123456",
    }
    assert script("POST", "/channels", service).status_code == 403


def test_changing_keeps_what_is_left_out(script: Script, product: Product) -> None:
    made = script.post("/channels", {**NEW, "products": ["staff-mobile"]}, status=201)
    path = f"/channels/{made['id']}"
    assert script("PATCH", path, {"name": "Duty"}).json()["products"] == ["staff-mobile"]
    assert json.loads(unseal(Channel.objects.get().sealed)) == {"url": NEW["url"]}
    changed = script("PATCH", path, {"url": "https://other.example.test/x", "products": []}).json()
    assert (changed["name"], changed["shown"], changed["products"]) == (
        "Duty",
        "https://other.example.test/…",
        [],
    )


def test_null_forgets_a_token_and_nothing_that_is_needed(script: Script) -> None:
    ntfy = {**NEW, "kind": "ntfy", "url": "https://ntfy.example.test/duty", "token": "canary"}
    path = f"/channels/{script.post('/channels', ntfy, status=201)['id']}"
    assert script("PATCH", path, {"name": "Duty"}).status_code == 200
    assert "canary" in unseal(Channel.objects.get().sealed)
    told = problem(script("PATCH", path, {"secret": None}), 422)
    assert told["errors"][0]["field"] == "secret"
    assert script("PATCH", path, {"token": None}).status_code == 200
    assert json.loads(unseal(Channel.objects.get().sealed)) == {"url": ntfy["url"]}
    matrix = {"url": "https://matrix.example.test", "room": "!r:example.test", "token": "canary"}
    made = script.post("/channels", {**NEW, "kind": "matrix", **matrix}, status=201)
    told = problem(script("PATCH", f"/channels/{made['id']}", {"token": None}), 422)
    assert told["errors"] == [{"field": "token", "message": "It does not go without one."}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "nope"}, "url"),
        ({"url": ""}, "url"),
        ({"token": "x"}, "token"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "inapp"}, "kind"),
        ({"team": "gone"}, "team"),
        ({"products": ["gone"]}, "products"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"kind": "ntfy", "url": "https://ntfy.example.test/"}, "url"),
        ({"kind": "email", "url": "", "address": "x"}, "address"),
        ({"kind": "webhook", "secret": "short"}, "secret"),
        ({"kind": "ntfy", "url": "https://ntfy.example.test/x", "token": "two\nlines"}, "token"),
        ({"kind": "ntfy", "url": "https://ntfy.example.test/x", "token": "schlüssel"}, "token"),
        ({"team": None, "products": ["staff-mobile"]}, "products"),
    ],
)
def test_what_cannot_be_is_told_by_field(script: Script, change: dict[str, object], field: str) -> None:
    told = problem(script("POST", "/channels", {**NEW, **change}), 422)
    assert told["errors"][0]["field"].split(".")[0] == field
    assert Channel.objects.count() == 0


def test_archived_it_is_listed_apart_and_sends_no_test(script: Script) -> None:
    path = f"/channels/{script.post('/channels', NEW, status=201)['id']}"
    archived = script.post(f"{path}/archive")["archived_at"]
    assert archived is not None
    assert script.post(f"{path}/archive")["archived_at"] == archived
    assert (script.get("/channels")["items"], len(script.get("/channels?archived=true")["items"])) == ([], 1)
    problem(script("POST", f"{path}/test"), 422)
    assert script.post(f"{path}/restore")["archived_at"] is None
    assert len(script.get("/channels?team=payments")["items"]) == 1
    assert problem(script("GET", "/channels?team=moon"), 422)["errors"][0]["field"] == "team"


@pytest.mark.django_db(transaction=True)
def test_a_test_says_what_happened(script: Script, settings: Settings) -> None:
    with receiver() as room:
        path = f"/channels/{script.post('/channels', {**NEW, 'url': f'{room.url}/x'}, status=201)['id']}"
        settings.NIGHTDESK_WEBHOOK_NETWORKS = []
        refused = script.post(f"{path}/test")
        assert (refused["result"], "NIGHTDESK_WEBHOOK_NETWORKS=" in refused["detail"]) == ("dead", True)
        assert (script.get(path)["last"]["state"], room.got) == ("dead", [])
        settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
        assert script.post(f"{path}/test")["result"] == "sent"
        assert (script.get(path)["last"]["state"], [got.path for got in room.got]) == ("sent", ["/x"])


@pytest.mark.django_db(transaction=True)
def test_a_test_that_the_mail_server_refuses_says_so(script: Script, settings: Settings) -> None:
    body = {"name": "Duty", "kind": "email", "team": "payments", "address": "duty@example.test"}
    path = f"/channels/{script.post('/channels', body, status=201)['id']}"
    with mailbox(lambda n: "550 5.7.1 relaying denied") as box:
        use(settings, box)
        told = script.post(f"{path}/test")
    assert told == {"result": "dead", "detail": "The mail server said 550 5.7.1 relaying denied"}


def test_ones_own_is_ones_own_and_a_teams_its_managers(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    ben, olga = make_user("ben@example.test"), make_user("olga@example.test")
    join(ben, product.team)
    join(olga, make_product(make_team("logistics"), name="Trucks").team, "admin")
    team = f"/channels/{script.post('/channels', NEW, status=201)['id']}"
    own = f"/channels/{script.post('/channels', {**NEW, 'team': None}, status=201)['id']}"
    assert script.get(own)["user"] == "ada@example.test"
    responder, outsider = script_of(ben), script_of(olga)
    assert [c["team"] for c in responder.get("/channels")["items"]] == ["payments"]
    for path in (f"{team}/test", f"{team}/archive"):
        problem(responder("POST", path), 403)
    problem(responder("POST", "/channels", NEW), 403)
    problem(responder("PATCH", team, {"name": "x"}), 403)
    assert responder.post("/channels", {**NEW, "team": None}, status=201)["user"] == "ben@example.test"
    for each in (team, own):
        problem(outsider("GET", each), 404)
    problem(responder("GET", own), 404)


def test_a_narrow_token_reaches_what_is_for_its_products_alone(
    ada: User, script: Script, script_of: Callable[..., Script]
) -> None:
    make_product(name="Kitchen")
    for name, products in (("all", []), ("both", ["staff-mobile", "kitchen"]), ("one", ["kitchen"])):
        script.post("/channels", {**NEW, "name": name, "products": products}, status=201)
    narrow = script_of(ada, products=("kitchen",))
    assert [c["name"] for c in narrow.get("/channels")["items"]] == ["one"]
    problem(narrow("POST", "/channels", NEW), 403)
    one = narrow.get("/channels")["items"][0]["id"]
    problem(narrow("PATCH", f"/channels/{one}", {"products": []}), 403)
    assert narrow("PATCH", f"/channels/{one}", {"name": "kitchen only"}).status_code == 200
    for path in ("/teams", "/people", "/deliveries", "/messages"):
        problem(narrow("GET", path), 403)


def test_who_was_told_stands_on_the_incident(script: Script, ada: User, product: Product) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    script.post("/channels", NEW, status=201)
    script.post(
        "/incidents", {"title": "Slow", "product": "staff-mobile", "severity": "critical"}, status=201
    )
    told = script.get("/incidents/INC-1/deliveries")["items"]
    assert {(d["to"], d["kind"], d["state"], d["reason"]) for d in told} >= {
        ("Ben", "inapp", "sent", ""), ("Room", "slack", "pending", ""),
    }  # fmt: skip
    assert {(d["ref"], d["key"]) for d in told} == {("INC-1", "opened")}
    assert SECRET not in json.dumps(told)


def test_what_did_not_arrive_is_listed_sent_again_or_noted(
    script: Script, product: Product, script_of: Callable[..., Script]
) -> None:
    script.post("/channels", NEW, status=201)
    script.post(
        "/incidents", {"title": "Slow", "product": "staff-mobile", "severity": "critical"}, status=201
    )
    Delivery.objects.filter(route__startswith="slack").update(
        state="dead", reason="410 Gone", unsure=True, stuck_at="2026-11-21T02:14:00Z"
    )
    dead = script.get("/deliveries")["items"]
    assert [(d["to"], d["reason"], d["unsure"], d["stuck_at"]) for d in dead] == [
        ("Room", "410 Gone", True, "2026-11-21T02:14:00Z")
    ]
    path = f"/deliveries/{dead[0]['id']}"
    assert script.post(f"{path}/note")["noted_at"] is not None
    assert script.get("/deliveries")["items"] == []
    assert script.post(f"{path}/retry")["state"] == "pending"
    vera = make_user("vera@example.test")
    join(vera, product.team, "viewer")
    assert script_of(vera).get("/deliveries")["items"] == []
    problem(script_of(vera)("POST", f"{path}/retry"), 404)


def test_ones_own_messages(script: Script, product: Product, script_of: Callable[..., Script]) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    script.post(
        "/incidents", {"title": "Slow", "product": "staff-mobile", "severity": "critical"}, status=201
    )
    message = script_of(ben).get("/messages")["items"][0]
    assert (message["ref"], message["subject"].endswith(": Slow")) == ("INC-1", True)
    assert message["url"] == "http://localhost:8000/incidents/INC-1/"
