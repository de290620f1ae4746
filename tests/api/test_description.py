"""The description of the API is whole, told in words, and valid to other people's readers.

That it is kept is shown in test_every_operation.py.
"""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
import schemathesis
from django.test import Client
from ninja import Schema

from accounts.models import User


@pytest.mark.usefixtures("db")
def test_it_is_served_without_a_token_and_names_every_part(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    paths = json.loads(answer.content)["paths"]
    assert {path.removeprefix("/api/v1").split("/")[1] for path in paths} == {
        "alert_sources", "alerts", "audits", "channels", "deliveries", "deployments", "evidence", "hotfixes",
        "incidents", "insights", "maintenance", "me", "messages", "monitors", "people", "postmortems", "processes",
        "products", "rollbacks", "tallies", "teams", "tokens",
    }  # fmt: skip


def test_nothing_is_added_to_the_description_by_accident(ada: User, client: Client) -> None:
    """Every operation names a token as its key, and problem details as its refusals."""
    paths = json.loads(client.get("/api/v1/openapi.json").content)["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["security"] == [{"Bearer": []}], (method, path)
            refusals = [text for status, text in operation["responses"].items() if int(status) >= 400]
            assert {next(iter(each["content"])) for each in refusals} == {"application/problem+json"}


def test_every_operation_is_told_in_words_with_its_scope(client: Client, db: None) -> None:
    described = json.loads(client.get("/api/v1/openapi.json").content)
    told = {
        f"{method} {path}": operation
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }
    for call, operation in told.items():
        words, _blank, scope = operation["description"].rpartition("\n\n")
        assert (len(words) > 10, scope.startswith("Scope: "), scope.endswith(".")) == (True, True, True), call
        assert operation["summary"][0].isupper(), call
        assert all(each["description"] for each in operation["parameters"] if each["in"] == "path"), call
    ids = [operation["operationId"] for operation in told.values()]
    assert sorted(set(ids)) == sorted(ids)
    keyed = [call for call, o in told.items() if any(p["name"] == "Idempotency-Key" for p in o["parameters"])]
    assert keyed == [call for call in keyed if call.startswith("post ")]
    for name, model in described["components"]["schemas"].items():
        if any(f'/{name}"' in json.dumps(o.get("requestBody", {})) for o in told.values()) and model.get(
            "required"
        ):
            assert model["examples"], name


def test_two_things_never_share_a_name_in_the_description() -> None:
    """Models are told apart by their names alone there: a second `State` would take the place of the first."""
    # Once each: a shape may descend on two ways.
    known = dict.fromkeys(descendants(Schema))
    shapes = [one for one in known if re.match(r"\w+\.(api|products|tokens)", one.__module__)]
    names = [one.__name__ for one in shapes if "[" not in one.__name__]
    assert sorted(set(names)) == sorted(names)


def descendants(kind: type[Schema]) -> list[type[Schema]]:
    return [one for child in kind.__subclasses__() for one in (child, *descendants(child))]


def test_it_is_openapi_3_1(client: Client, db: None) -> None:
    """By schemathesis' own reading of the document, and each of its schemas by an independent JSON Schema validator."""
    text = client.get("/api/v1/openapi.json").content
    schemathesis.openapi.from_dict(json.loads(text)).validate()
    described = json.loads(text)
    assert described["openapi"].startswith("3.1")
    for name, model in described["components"]["schemas"].items():
        whole = {**model, "components": described["components"]}
        assert jsonschema_rs.meta.is_valid(whole), name
        for example in model.get("examples", []):
            jsonschema_rs.validator_for(whole).validate(example)


def test_the_page_shows_every_operation_and_takes_nothing_from_elsewhere(client: Client, db: None) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    paths = json.loads(client.get("/api/v1/openapi.json").content)["paths"]
    for path, operations in paths.items():
        for method in operations:
            assert f"<code>{method.upper()} {path.removeprefix('/api/v1')}</code>" in page
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []
    assert (" style=" in page, "<script>" in page) == (False, False)
