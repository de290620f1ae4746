"""Nobody makes an account alone."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_page_says_whom_to_ask(client: Client) -> None:
    response = client.get("/accounts/signup/")
    assert response.status_code == 200
    assert "Accounts are by invitation" in response.text


def test_a_post_makes_nobody(client: Client) -> None:
    password = "correct horse battery"
    facts = {"email": "eve@example.test", "password1": password, "password2": password}
    assert "Accounts are by invitation" in client.post("/accounts/signup/", facts).text
    assert User.objects.count() == 0
