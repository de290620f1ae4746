"""The API as scripts meet it: an address, a token, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from products.models import Product
from products.token_products import make_narrow_token
from tests.factories import join, make_product, make_user

# An incident as a script declares it.
NEW = {"title": "Sign-in fails", "product": "staff-mobile", "severity": "critical"}


@dataclass
class Script:
    """One script with its token."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = (
            {} if body is None else {"data": body if isinstance(body, str) else json.dumps(body)}
        )
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Client().generic(
            method, f"/api/v1{path}", content_type="application/json", headers={**bearer, **named}, **sent
        )

    def get(self, path: str) -> Any:
        answer = self("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self("POST", path, body, **headers)
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


@pytest.fixture
def ada(product: Product) -> User:
    user = make_user("ada@example.test", name="Ada")
    join(user, product.team, "manager")
    return user


@pytest.fixture
def script_of() -> Callable[..., Script]:
    """A script of that person, with every scope unless told otherwise."""

    def make(
        user: User,
        *scopes: str,
        name: str = "deploy-bot",
        products: tuple[str, ...] = (),
        days: int | None = None,
    ) -> Script:
        _token, text = make_narrow_token(
            user, by=None, name=name, scopes=scopes or Scope.values, products=products, days=days
        )
        return Script(text)

    return make


@pytest.fixture
def script(ada: User, script_of: Callable[..., Script]) -> Script:
    """Of Ada, a manager of the product's team."""
    return script_of(ada)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem details of a refusal: media type, the five members, the same status inside."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "errors"} <= told.keys()
    assert told["status"] == status
    return told


@pytest.fixture
def opened(script: Script) -> dict[str, Any]:
    made: dict[str, Any] = script.post("/incidents", NEW, status=201)
    return made
