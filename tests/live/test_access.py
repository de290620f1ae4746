"""Whose session hears which topic."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from config.http.live_access import authorise
from incidents.lifecycle.declare import declare
from live.stream import Grant
from products.models import Product
from tests.factories import join, make_product, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product()


@pytest.fixture
def ada(product: Product) -> User:
    user = make_user("ada@example.test")
    join(user, product.team, "viewer")
    return user


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"other=1; {settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def heard(user: User, *topics: str) -> set[str]:
    grant = authorise(session_of(user), frozenset(topics))
    assert grant is not None
    assert grant.user_id == user.pk
    return set(grant.topics)


@pytest.mark.parametrize(
    "cookies", ["", "sessionid=", "sessionid=nobody", "x", "sessionid=a; sessionid=b", "=;;="]
)
def test_without_a_session_there_is_no_grant(cookies: str) -> None:
    assert authorise(cookies, frozenset({"user:1"})) is None


def test_a_person_hears_their_own_topic_and_nobody_elses(ada: User) -> None:
    other = make_user("ben@example.test")
    assert heard(ada, f"user:{ada.pk}", f"user:{other.pk}") == {f"user:{ada.pk}"}


def test_the_boards_of_their_teams_only(ada: User, product: Product) -> None:
    foreign = make_team("foreign")
    assert heard(ada, f"board:{product.team.pk}", f"board:{foreign.pk}") == {f"board:{product.team.pk}"}


def test_the_products_of_their_teams_only(ada: User, product: Product) -> None:
    foreign = make_product(make_team("foreign"), name="Others")
    assert heard(ada, f"product:{product.pk}", f"product:{foreign.pk}") == {f"product:{product.pk}"}


def test_the_incidents_they_may_see_only(ada: User, product: Product) -> None:
    ben = make_user("ben@example.test")
    join(ben, product.team)
    stranger = make_user("olga@example.test")
    severity = product.severities().get(key="CRITICAL")
    shared = declare(product, by=ben, title="Sign-in fails", severity=severity)
    secret = declare(product, by=ben, title="A leak", severity=severity, private=True)
    topics = (f"incident:{shared.pk}", f"incident:{secret.pk}", "incident:999999")
    assert heard(ada, *topics) == {f"incident:{shared.pk}"}
    assert heard(ben, *topics) == {f"incident:{shared.pk}", f"incident:{secret.pk}"}
    assert heard(stranger, *topics) == set()


def test_an_administrator_hears_every_board_but_no_private_incident(product: Product, ada: User) -> None:
    root = make_user("root@example.test", is_administrator=True)
    severity = product.severities().get(key="CRITICAL")
    secret = declare(product, by=ada, title="A leak", severity=severity, private=True)
    topics = (f"board:{product.team.pk}", f"incident:{secret.pk}")
    assert heard(root, *topics) == {f"board:{product.team.pk}"}


@pytest.mark.parametrize("topic", ["access:1", "admin:1", "user:0", f"board:{10**18}"])
def test_no_other_topic_is_heard_by_anybody(ada: User, topic: str) -> None:
    assert heard(ada, topic) == set()


class TestTheSessionEnds:
    def test_when_the_person_is_deactivated(self, ada: User) -> None:
        cookies = session_of(ada)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        assert authorise(cookies, frozenset({f"user:{ada.pk}"})) is None

    def test_when_the_password_changes(self, ada: User) -> None:
        cookies = session_of(ada)
        ada.set_password("a new correct horse")
        ada.save(update_fields=["password"])
        assert authorise(cookies, frozenset({f"user:{ada.pk}"})) is None

    def test_when_they_sign_out(self, ada: User) -> None:
        client = Client()
        client.force_login(ada)
        cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        assert authorise(cookies, frozenset({f"user:{ada.pk}"})) == Grant(
            ada.pk, frozenset({f"user:{ada.pk}"})
        )
        client.logout()
        assert authorise(cookies, frozenset({f"user:{ada.pk}"})) is None
