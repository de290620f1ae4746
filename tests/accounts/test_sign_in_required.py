"""Every view asks for a sign-in unless it says otherwise."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import make_user

pytestmark = pytest.mark.django_db
OPEN = {
    "healthz",
    "readyz",  # says ok or down; which part, to who is signed in or at the machine
    "metrics",  # a token decides, or loopback
    "no_api",
    "api_page",  # what scripts may ask is no secret
    "nightdesk_push",
    "push",
    "alertmanager_in",
    "events_in",
    "generic_in",
    "grafana_in",
    "sentry_in",
    "forge_hook",  # the key in its address, and where the forge signs its signature, are the proof of a hint
    "slack",  # the key in its address and Slack's signature are the proof
    "tap",  # a link out of a message: its signature is the proof, for one thing and one hour
    "account_login",
    "mfa_authenticate",  # between the password and Nightdesk: without the one it leads back to it
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


def _flat(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _flat(pattern.url_patterns)
        else:
            yield pattern


def test_only_these_pages_open_without() -> None:
    """The whole site's, but for the API, which asks for a token. Whoever adds one here says why in the commit."""
    pages = [each for each in get_resolver().url_patterns if getattr(each, "namespace", None) != "api"]
    views = _flat(pages)
    assert {view.name for view in views if not getattr(view.callback, "login_required", True)} == OPEN


def test_a_page_sends_to_the_sign_in_and_back(client: Client) -> None:
    assert (
        client.get("/settings/people/?q=a")["Location"] == "/accounts/login/?next=/settings/people/%3Fq%3Da"
    )


def test_a_form_comes_back_to_its_page_not_to_its_target(client: Client) -> None:
    response = client.post(
        "/settings/people/1/deactivate/", headers={"Referer": "http://testserver/settings/people/1/"}
    )
    assert response["Location"] == "/accounts/login/?next=/settings/people/1/"


def test_a_foreign_referer_is_not_followed(client: Client) -> None:
    response = client.post("/settings/people/1/deactivate/", headers={"Referer": "https://evil.test/x"})
    assert response["Location"] == "/accounts/login/?next=/"


def test_a_fragment_makes_the_whole_browser_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/people/?q=a"}
    response = client.get("/settings/people/", headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=/settings/people/%3Fq%3Da"


def test_a_deactivated_person_is_signed_out_at_the_next_request(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    response = client.get("/settings/")
    assert response["Location"] == "/accounts/login/?next=/settings/"
    assert get_user(response.wsgi_request).is_anonymous
