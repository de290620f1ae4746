"""What every address of the API does alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from foundation import moment
from foundation.models import IdempotencyKey
from incidents.models import Incident
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import make_user

NEW = {"title": "Sign-in fails", "product": "staff-mobile", "severity": "critical"}


def test_head_asks_what_get_asks_and_options_says_what_may_be_asked(script: Script) -> None:
    head, got = script("HEAD", "/products"), script("GET", "/products")
    assert (head.status_code, head["Content-Type"], head["ETag"]) == (200, got["Content-Type"], got["ETag"])
    options = script("OPTIONS", "/products")
    assert (options.status_code, options["Allow"], options.content) == (204, "GET, HEAD, OPTIONS, POST", b"")
    assert script("OPTIONS", "/products/staff-mobile/archive")["Allow"] == "OPTIONS, POST"
    refused = script("DELETE", "/products")
    assert (problem(refused, 405)["errors"], refused["Allow"]) == ([], "GET, HEAD, OPTIONS, POST")


def test_what_is_only_read_refuses_every_other_method(db: None) -> None:
    for path in ("/openapi.json", "/docs"):
        for method in ("POST", "PUT", "DELETE", "TRACE"):
            refused = Client(enforce_csrf_checks=True).generic(method, f"/api/v1{path}")
            assert (problem(refused, 405)["errors"], refused["Allow"]) == ([], "GET, HEAD, OPTIONS")
        assert Client().options(f"/api/v1{path}").status_code == 204


def test_an_answer_that_is_known_is_not_sent_again(script: Script) -> None:
    first = script("GET", "/products")
    again = script("GET", "/products", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    script("PATCH", "/products/staff-mobile", {"version": "2.0.0"})
    assert script("GET", "/products", If_None_Match=first["ETag"]).status_code == 200


def test_how_much_is_left_of_the_minute_is_told(script: Script) -> None:
    first, second = script("GET", "/products"), script("GET", "/products")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"], second["RateLimit-Remaining"]) == (
        "1200", "1199", "1198",
    )  # fmt: skip
    assert 1 <= int(first["RateLimit-Reset"]) <= 60


@pytest.mark.parametrize("kind", ["text/xml", "multipart/form-data; boundary=x", "image/png"])
def test_a_body_of_another_kind_is_415(script: Script, kind: str) -> None:
    answer = Client().post(
        "/api/v1/products", b"<a/>", content_type=kind, headers={"Authorization": f"Bearer {script.token}"}
    )
    assert problem(answer, 415)["detail"] == "Send JSON: Content-Type: application/json."
    assert answer["Accept-Post"] == "application/json"


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP, identity"])
def test_a_compressed_body_is_415_and_says_so(script: Script, coding: str) -> None:
    answer = script("POST", "/incidents", NEW, Content_Encoding=coding)
    assert problem(answer, 415)["detail"] == "Send the body as it is, without Content-Encoding."
    assert answer.headers["Accept-Encoding"] == "identity"
    assert script("POST", "/incidents", NEW, Content_Encoding="identity").status_code == 201


def test_what_curl_calls_its_body_is_taken_as_json(script: Script) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/vnd.api+json", "text/plain"):
        answer = Client().patch(
            "/api/v1/products/staff-mobile", b'{"version": "1"}', content_type=kind,
            headers={"Authorization": f"Bearer {script.token}"},
        )  # fmt: skip
        assert answer.status_code == 200


def test_a_broken_or_missing_body_is_told_in_a_sentence(script: Script) -> None:
    broken = problem(script("POST", "/products", '{"name":'), 400)
    assert broken["detail"] == "The body is not JSON: Expecting value: line 1 column 9 (char 8)."
    for digits in ("9" * 5000, "1e999"):
        told = problem(script("POST", "/products", f'{{"name": {digits}}}'), 400)
        assert told["detail"] == "A number in the body is too large."
    listed = problem(script("POST", "/products", "[]"), 422)
    assert listed["errors"] == [{"field": "", "message": "must be an object such as {…}"}]
    missing = problem(script("POST", "/products"), 422)
    assert missing["errors"] == [{"field": "", "message": "Send a body: this needs one."}]


def test_json_that_can_be_read_in_two_ways_is_refused(script: Script) -> None:
    twice = problem(script("POST", "/products", '{"name": "A", "process": "krow", "name": "B"}'), 400)
    assert twice["detail"] == "“name” stands twice in one object of the body."
    none = problem(script("POST", "/incidents", '{"title": "x", "users_affected": NaN}'), 400)
    assert none["detail"] == "NaN is not a number in JSON."
    deep = '{"name": "A", "process": "krow", "policy": ' + '{"a":' * 900 + "1" + "}" * 901
    assert problem(script("POST", "/products", deep), 400)["detail"] == (
        "The body is nested more than 40 levels deep."
    )
    expect = '{"name":"A","product":"staff-mobile","kind":"http","target":"https://x.test/","expect":{"json":'
    for depth in (60, 900, 20_000):
        problem(script("POST", "/monitors", expect + "[" * depth + "]" * depth + "}}"), 400)


def test_every_address_below_api_refuses_in_one_shape(script: Script) -> None:
    for path in ("", "/", "/v1", "/v1/", "/v2/incidents", "/v1/nope", "/v1/incidents/INC-1/nope/x"):
        for method in ("GET", "POST", "DELETE"):
            answer = Client().generic(
                method, f"/api{path}", headers={"Authorization": f"Bearer {script.token}"}
            )
            problem(answer, 404)
            assert answer["Content-Length"] == str(len(answer.content))


def test_a_missing_scope_is_named(ada: User, script_of: Callable[..., Script]) -> None:
    told = problem(script_of(ada, "read")("POST", "/products", {}), 403)
    assert told["detail"] == "This token may not do that: it needs the scope admin."


def test_a_key_belongs_to_its_token(script: Script, ada: User, script_of: Callable[..., Script]) -> None:
    other = script_of(ada, name="other-bot")
    assert script.post("/incidents", NEW, status=201, Idempotency_Key="a")["ref"] == "INC-1"
    assert (
        other.post("/incidents", {**NEW, "title": "Else"}, status=201, Idempotency_Key="a")["ref"] == "INC-2"
    )
    assert script.post("/incidents", NEW, Idempotency_Key="a")["ref"] == "INC-1"


def test_a_key_is_forgotten_after_a_day_even_if_nobody_swept(script: Script) -> None:
    script.post("/incidents", NEW, status=201, Idempotency_Key="a")
    IdempotencyKey.objects.update(at=moment.now() - timedelta(hours=23))
    assert script.post("/incidents", NEW, Idempotency_Key="a")["ref"] == "INC-1"
    IdempotencyKey.objects.update(at=moment.now() - timedelta(hours=25))
    assert (
        script.post("/incidents", {**NEW, "title": "New"}, status=201, Idempotency_Key="a")["ref"] == "INC-2"
    )
    assert script.post("/incidents", {**NEW, "title": "New"}, Idempotency_Key="a")["ref"] == "INC-2"


def test_keys_that_differ_far_behind_are_two_and_a_longer_or_empty_one_is_refused(script: Script) -> None:
    for end in "ab":
        script.post("/incidents", NEW, status=201, Idempotency_Key="k" * 199 + end)
    assert Incident.objects.count() == 2
    for key in ("k" * 201, "é", "", " "):
        told = problem(script("POST", "/incidents", NEW, Idempotency_Key=key), 422)
        assert told["errors"][0]["field"] == "Idempotency-Key"
    assert Incident.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_key_one_declares(script: Script) -> None:
    def declare(_n: int) -> tuple[int, str]:
        try:
            answer = script("POST", "/incidents", NEW, Idempotency_Key="race")
            return answer.status_code, answer.json()["ref"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(declare, range(4)))
    assert answers == [(200, "INC-1")] * 3 + [(201, "INC-1")]
    assert Incident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_give_a_name_at_once_none_finds_the_house_broken(
    product: Product, script_of: Callable[..., Script]
) -> None:
    root, start = script_of(make_user("root@example.test", is_administrator=True)), Barrier(6)

    def give(path: str, body: dict[str, Any], method: str = "POST") -> int:
        try:
            start.wait()
            return int(root(method, path, body).status_code)
        finally:
            connection.close()

    def of_six(path: str, body: dict[str, Any], method: str = "POST") -> list[int]:
        with ThreadPoolExecutor(6) as threads:
            return sorted(threads.map(lambda _number: give(path, body, method), range(6)))

    monitor = {"name": "Shop", "product": "staff-mobile", "kind": "heartbeat"}
    assert of_six("/monitors", monitor) == [201] * 6
    assert of_six("/teams", {"name": "Payments (EU)"}) == [201] + [422] * 5
    beta = {"name": "Beta", "kind": "staging"}
    assert of_six("/products/staff-mobile/environments", beta) == [201] + [422] * 5
    assert of_six("/products/staff-mobile", {"components": ["Backend"]}, "PATCH") == [200] * 6


def test_every_body_that_makes_something_may_be_sent_again(script: Script, product: Product) -> None:
    sent: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/products", {"name": "Kitchen", "process": "krow"}),
        ("/products/staff-mobile/environments", {"name": "Beta", "kind": "staging"}),
        ("/products/staff-mobile/contacts", {"label": "Duty", "address": "duty@example.test"}),
        (
            "/channels",
            {"name": "Room", "kind": "webhook", "team": "payments", "url": "https://x.example.test/a"},
        ),
        ("/tokens", {"name": "ci", "scopes": ["read"]}),
        ("/monitors", {"name": "Cron", "product": "staff-mobile", "kind": "heartbeat", "interval_s": 300}),
    )
    for path, body in sent:
        first = script.post(path, body, status=201, Idempotency_Key="k")
        again = script.post(path, body, status=200, Idempotency_Key="k")
        told_once = {"token", "secret"} & first.keys()
        assert {name: first[name] for name in first if name not in told_once} == {
            name: again[name] for name in again if name not in told_once
        }, path
        assert all(first[name] and again[name] is None for name in told_once), path
        problem(script("POST", path, {**body, "name": "Other", "label": "Other"}, Idempotency_Key="k"), 422)


def test_a_product_renamed_since_is_still_the_answer(script: Script) -> None:
    body = {"name": "Kitchen", "process": "krow"}
    script.post("/products", body, status=201, Idempotency_Key="k")
    assert script("PATCH", "/products/kitchen", {"name": "Galley"}).json()["slug"] == "galley"
    assert script.post("/products", body, Idempotency_Key="k")["slug"] == "galley"
    assert script.get("/products/kitchen")["slug"] == "galley"
    made = script.post("/incidents", {**NEW, "product": "kitchen"}, status=201)
    assert made["product"] == "galley"


def test_pages_hold_while_rows_come_in(script: Script) -> None:
    for number in range(5):
        script.post("/incidents", {**NEW, "title": str(number)}, status=201)
    seen: list[str] = []
    cursor = ""
    while True:
        found = script.get(f"/incidents?limit=2&cursor={cursor}")
        seen += [each["ref"] for each in found["items"]]
        if not found["next"]:
            break
        cursor = found["next"]
        script.post("/incidents", {**NEW, "title": "late"}, status=201)
    assert seen == ["INC-5", "INC-4", "INC-3", "INC-2", "INC-1"]


def test_a_broken_cursor_is_told_in_a_sentence(script: Script) -> None:
    script.post("/incidents", NEW, status=201)
    for cursor in ("zz", "W10", "eyJhIjoxfQ", "%00", "WyJ4IiwgMV0", "x" * 2000):
        told = problem(script("GET", f"/incidents?cursor={cursor}"), 422)
        assert told["errors"] == [{"field": "cursor", "message": "This is not a cursor that a list gave."}]


@pytest.mark.parametrize("asked", [
    "/incidents?status=,", "/incidents?product=nope", "/hotfixes?status=,", "/hotfixes?product=nope",
    "/rollbacks?status=nope", "/monitors?state=nope", "/monitors?product=nope",
])  # fmt: skip
def test_a_filter_that_cannot_match_is_told_and_no_empty_list(script: Script, asked: str) -> None:
    name = asked.partition("?")[2].partition("=")[0]
    assert problem(script("GET", asked), 422)["errors"][0]["field"] == name


def test_a_list_is_found_by_the_name_a_product_had(script: Script) -> None:
    script.post("/incidents", NEW, status=201)
    script("PATCH", "/products/staff-mobile", {"name": "Staff App"})
    assert [one["product"] for one in script.get("/incidents?product=staff-mobile")["items"]] == ["staff-app"]


def test_what_nobody_knows_is_refused_in_a_body_and_ignored_in_a_query(script: Script) -> None:
    told = problem(script("POST", "/incidents", {**NEW, "colour": 1}), 422)["errors"]
    words = "There is no such field here. See http://localhost:8000/api/v1/docs."
    assert told == [{"field": "colour", "message": words}]
    assert script.get("/incidents?colour=1")["items"] == []
