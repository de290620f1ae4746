"""Sign out: by POST only, this device only, and open pages of that person are told."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_asks_first_and_ends_the_session_by_post(client: Client, announced: Callable[[], list[str]]) -> None:
    user = make_user()
    client.force_login(user)
    assert "Sign out?" in client.get("/accounts/logout/").text
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert announced() == [f"access:{user.pk}"]
    assert "You are signed out." in client.get("/accounts/login/").text


def test_refuses_a_post_from_elsewhere_in_plain_words() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    response = client.post("/accounts/logout/")
    assert response.status_code == 403
    assert "This page was too old to send" in response.text
    assert "_auth_user_id" in client.session
