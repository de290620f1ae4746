"""What somebody may type into the address line: never an error of ours."""

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle.declare import declare
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ada(undone: None) -> User:
    """An administrator of a team with one incident."""
    product = make_product()
    ada = make_user("ada@example.test", is_administrator=True)
    join(ada, product.team)
    declare(product, by=ada, title="Sign-in fails", severity=product.severities().first())
    return ada


@pytest.mark.parametrize(
    "address",
    [
        *(f"/incidents/?{name}=%00" for name in ("q", "status", "product", "severity", "after")),
        *(f"/declare/?{name}=%00" for name in ("product", "title")),
        *(f"/monitoring/?{name}=%00" for name in ("q", "state")),
        *(f"/monitoring/new/?{name}=%00" for name in ("target", "product", "kind")),
        *(f"/settings/people/?{name}=%00" for name in ("q", "after")),
        "/incidents/?after=WyJ4IiwgMV0",  # ["x", 1]
        "/settings/people/?after=WyJcdTAwMDAiLCAxXQ",  # ["\u0000", 1]
        "/incidents/?after=%C3%BC",
        "/incidents/%00/",
        "/monitoring/%00/",
        *(f"/maintenance/?{name}=%00" for name in ("q", "state", "product", "after")),
        "/maintenance/99999999999999999999/",
        "/products/%00/",
        "/processes/%00/",
        "/processes/krow/99999999999999999999/",
        "/incidents/INC-1/events/99999999999999999999999/",
        "/incidents/INC-99999999999999999999999/",
        "/settings/people/99999999999999999999999/",
        f"/declare/?title={'x' * 5000}",
    ],
)
def test_a_strange_address_is_answered(client: Client, ada: User, address: str) -> None:
    client.force_login(ada)
    assert client.get(address).status_code in {200, 302, 404}


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/incidents/", "/incidents/INC-1/", "/incidents/INC-1/note", "/declare/"),
        *("/monitoring/", "/products/", "/products/staff-mobile/", "/processes/", "/processes/krow/"),
        *("/settings/", "/settings/people/", "/settings/teams/", "/incidents/INC-1/events/1/"),
    ],
)
def test_a_page_answers_head_too(client: Client, ada: User, address: str) -> None:
    client.force_login(ada)
    assert client.head(address).status_code == 200
    assert client.get(address).headers["Cache-Control"] == "private, no-store"
