"""Addresses whose path is the key: pushes, one-tap links, resets; and /metrics, which asks for a token."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.limits import household
from accounts.models import Counted
from notifications.models import Delivery
from tests.security.asking import ask, kind_of, leaks
from tests.security.world import World, tap_token

pytestmark = pytest.mark.django_db


def test_a_push_needs_the_key_and_nothing_else(world: World) -> None:
    assert ask(Client(), "POST", world.push_path).status_code == 200
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert ask(Client(), method, world.push_path).status_code == 405


@pytest.mark.parametrize("key", ["x", "A" * 43, "%00", "%F0%9F%98%80", "é" * 50, "A" * 5000, ".."])
def test_a_wrong_key_is_not_there_whatever_it_looks_like(key: str, world: World) -> None:
    path = f"/in/push/{key}"
    found = ask(Client(), "POST", path)
    assert (found.status_code, leaks(found, path)) == (404, [])
    assert kind_of(found, path)[2] == kind_of(ask(Client(), "POST", "/in/push/B" + "A" * 42), "-")[2]


def test_a_session_adds_nothing_to_a_wrong_key(world: World) -> None:
    assert ask(world.clients["administrator"], "POST", "/in/push/" + "A" * 43).status_code == 404


def test_a_link_of_a_private_incident_says_no_title_to_who_may_not_do_it(world: World) -> None:
    """Its person left the incident's circle meanwhile: the link is over, and tells nothing of what it was about."""
    path = f"/l/{tap_token(world, 'private delivery')}"
    assert ask(Client(), "GET", path).status_code == 200
    delivery = Delivery.objects.get(pk=world.things["private delivery"].named["pk"])
    Delivery.objects.filter(pk=delivery.pk).update(user=world.people["responder"])
    for method in ("GET", "POST"):
        answer = ask(Client(), method, path)
        assert (answer.status_code, leaks(answer, path)) == (403, [])


def test_a_link_of_a_deactivated_person_does_nothing(world: World) -> None:
    path = f"/l/{tap_token(world, 'delivery')}"
    Delivery.objects.filter(pk=world.things["delivery"].named["pk"]).update(user=world.people["deactivated"])
    assert ask(Client(), "POST", path).status_code == 403
    world.incident.refresh_from_db()
    assert world.incident.acknowledged_at is None


@pytest.mark.parametrize(
    "damage", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: "x", lambda t: "a:b:c"]
)
def test_a_damaged_link_is_none(damage: object, world: World) -> None:
    path = f"/l/{damage(tap_token(world, 'delivery'))}"  # type: ignore[operator]
    for method in ("GET", "POST"):
        assert ask(Client(), method, path).status_code == 404


def test_looking_at_a_link_changes_nothing_and_no_cookie_is_needed_to_act(world: World) -> None:
    """Mail scanners open links; browsers without our cookies must still be able to press the button."""
    path = f"/l/{tap_token(world, 'delivery')}"
    for _n in range(3):
        assert ask(Client(), "GET", path).status_code == 200
    world.incident.refresh_from_db()
    assert world.incident.acknowledged_at is None
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(path).content.decode()
    assert "csrfmiddlewaretoken" in page


def test_who_guesses_from_another_address_of_the_same_ipv6_network_is_the_same_one() -> None:
    assert household("2001:db8:1:2:aaaa::1") == household("2001:db8:1:2::7") != household("2001:db8:1:3::7")
    assert (household("192.0.2.7"), household("::ffff:192.0.2.7")) == ("192.0.2.7", "::ffff:192.0.2.7")


def test_figures_are_for_this_machine_or_for_a_token(world: World, settings: Settings) -> None:
    settings.METRICS_TOKEN = "figures-please"
    for path in ("/metrics", "/readyz"):
        assert ask(Client(), "GET", path).status_code in (200, 503)
    away = {"REMOTE_ADDR": "203.0.113.9"}
    assert ask(Client(), "GET", "/metrics", **away).status_code in (401, 403, 404)
    assert ask(Client(), "GET", "/metrics", HTTP_AUTHORIZATION="Bearer wrong", **away).status_code in (
        401,
        403,
        404,
    )
    assert b"parts" not in ask(Client(), "GET", "/readyz", **away).content
    proxied = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert ask(Client(), "GET", "/metrics", **proxied).status_code in (401, 403, 404)


def test_too_many_wrong_links_and_keys_are_told_to_wait(world: World, settings: Settings) -> None:
    settings.NIGHTDESK_REFUSED_A_MINUTE = 3
    for path, method, ours in (
        ("/l/nothing", "GET", f"/l/{tap_token(world, 'delivery')}"),
        ("/in/push/nothing", "POST", world.push_path),
    ):
        answers = [Client().generic(method, path).status_code for _n in range(5)]
        assert answers == [404, 404, 404, 429, 429]
        assert ask(Client(), method, ours).status_code == 200  # who has a key is never kept waiting
        Counted.objects.all().delete()
