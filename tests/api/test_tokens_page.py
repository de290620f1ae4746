"""/settings/tokens/: make one (shown once), see them, revoke."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from products.models import Product
from tests.api.conftest import Script, problem
from tests.factories import PASSWORD, make_user

FORM = {"name": "ci", "scopes": ["read", "incidents"], "products": ["staff-mobile"], "days": "30"}


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    """Ada, who has just typed her password."""
    client.force_login(ada)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def test_there_are_none_at_first(page: Client) -> None:
    assert "No tokens yet" in page.get("/settings/tokens/").content.decode()
    assert "Make the token" in page.get("/settings/tokens/add/").content.decode()


def test_a_token_is_shown_once_and_works(page: Client, product: Product) -> None:
    answer = page.post("/settings/tokens/add/", FORM)
    text = re.search(r"nd_[\w-]{43}", answer.content.decode())
    assert text
    assert "no-store" in answer["Cache-Control"]
    assert [p["slug"] for p in Script(text[0]).get("/products")["items"]] == ["staff-mobile"]
    listed = page.get("/settings/tokens/").content.decode()
    assert (text[0] in listed, text[0][:8] in listed, "read, incidents" in listed) == (False, True, True)
    token = ApiToken.objects.get()
    assert page.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    problem(Script(text[0])("GET", "/products"), 401)
    assert "Revoke" not in page.get("/settings/tokens/").content.decode()


def test_what_is_missing_is_said_and_nothing_is_made(page: Client) -> None:
    changes: tuple[dict[str, object], ...] = (
        {"name": ""},
        {"scopes": []},
        {"products": ["gone"]},
        {"days": "7"},
    )
    for change in changes:
        assert page.post("/settings/tokens/add/", {**FORM, **change}).status_code == 422
    assert ApiToken.objects.count() == 0


def test_making_one_asks_for_the_password_again(client: Client, ada: User) -> None:
    ada.set_password(PASSWORD)
    ada.save(update_fields=["password"])
    client.force_login(ada)
    answer = client.post("/settings/tokens/add/", FORM)
    assert (answer.status_code, answer["Location"].startswith("/accounts/reauthenticate/")) == (302, True)
    assert ApiToken.objects.count() == 0


def test_somebody_elses_is_not_found(page: Client, product: Product) -> None:
    page.post("/settings/tokens/add/", FORM)
    olga = Client()
    olga.force_login(make_user("olga@example.test", is_administrator=True))
    assert olga.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "ci" not in re.findall(r'row-title">(\w+)', olga.get("/settings/tokens/").content.decode())
