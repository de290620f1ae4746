"""Passkeys: made on the person's own page in Chromium, kept by what the browser signed, removed; nobody else's."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_user
from tests.fixtures.authenticator import plug_in
from tests.fixtures.looking import look


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_phone_makes_a_passkey_and_loses_it_again(asgi_server: str, page: Page) -> None:
    """Asked for before what weighs much."""
    make_user("olga@example.test", password=PASSWORD)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{asgi_server}/accounts/passkeys/")
    page.get_by_label("E-mail").fill("olga@example.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    plug_in(page)
    look(page, "passkeys")
    page.get_by_label("What do you call it?").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look(page, "codes")
    assert Authenticator.objects.get(type="webauthn").wrap().name == "My phone"
    page.get_by_role("link", name="Kept").click()
    expect(page.get_by_text("10 codes left")).to_be_visible()
    look(page, "second-step")
    # From now on it is the second step of a sign-in.
    page.goto(f"{asgi_server}/settings/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{asgi_server}/accounts/passkeys/")
    page.get_by_label("E-mail").fill("olga@example.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Use your passkey")).to_be_visible()
    look(page, "second-step-asked")
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("link", name="Remove My phone").click()
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_text("That passkey is removed.")).to_be_visible()
    assert Authenticator.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "{",
        "[]",
        "{}",
        "NaN",
        "[" * 20_000,
        json.dumps({"id": "\0"}),
        json.dumps({"id": "\ud800"}),
        json.dumps({"id": "x", "type": "public-key"}),
    ],
)
def test_what_no_authenticator_made_is_not_kept(answer: str) -> None:
    client, olga = Client(), make_user("olga@example.test", password=PASSWORD)
    client.force_login(olga)
    client.get("/accounts/passkeys/")
    sent = {"name": "x", "credential": answer, "password": PASSWORD}
    assert client.post("/accounts/passkeys/", sent).status_code == 422
    assert Authenticator.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x" * 61, "At most 60 characters; these are 61. Shorten it."),
        (
            "My\u202ephone",
            "This contains a control character (U+202E at position 3). Remove it and send again.",
        ),
        ("My\nphone", "This must be one line."),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_its_field(name: str, words: str) -> None:
    client, olga = Client(), make_user("olga@example.test", password=PASSWORD)
    client.force_login(olga)
    answer = client.post("/accounts/passkeys/", {"name": name, "credential": "{}", "password": PASSWORD})
    page = answer.content.decode()
    assert (answer.status_code, f'<p class="error" id="id_name_error">{words}</p>' in page) == (422, True)


@pytest.mark.django_db
def test_an_old_sign_in_gives_the_password_again() -> None:
    """A phone that lies about gets no key of its own."""
    client, olga = Client(), make_user("olga@example.test", password=PASSWORD)
    client.force_login(olga)
    page = client.get("/accounts/passkeys/").content.decode()
    assert "Your password, once more" in page
    refused = client.post("/accounts/passkeys/", {"name": "x", "credential": "{}", "password": "wrong"})
    assert (refused.status_code, "This is not your present password." in refused.content.decode()) == (
        422,
        True,
    )


@pytest.mark.django_db
def test_browsers_make_none_for_a_bare_address() -> None:
    client = Client()
    client.force_login(make_user())
    page = client.get("/accounts/passkeys/", headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "Browsers make passkeys for a name only." in page
