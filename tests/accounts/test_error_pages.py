"""The pages for what went wrong, in plain words and without a template that could break in turn."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("signed_in", [False, True])
def test_nothing_here(client: Client, signed_in: bool) -> None:
    if signed_in:
        client.force_login(make_user())
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_not_allowed(client: Client) -> None:
    client.force_login(make_user())
    response = client.get("/settings/people/")
    assert response.status_code == 403
    assert "You may not do that" in response.text


@pytest.mark.parametrize(
    ("page", "title"), [("400.html", "cannot be answered"), ("500.html", "Something broke")]
)
def test_the_last_resorts_need_nothing(page: str, title: str) -> None:
    assert title in render_to_string(page)
