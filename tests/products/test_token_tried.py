"""The line to try a new token with works with what that token may."""

import pytest
from django.test import Client

from accounts.models import Role, Scope
from products.token_products import make_narrow_token
from products.views.tokens import readable
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope != Scope.DECIDE])
def test_the_line_works_with_each_scope(scope: Scope, client: Client) -> None:
    join(ada := make_user(), make_product().team, Role.MANAGER)
    token, text = make_narrow_token(ada, by=ada, name="ci", scopes=[scope])
    answer = client.get(f"/api/v1{readable(token)}", headers={"authorization": f"Bearer {text}"})
    assert (answer.status_code, bool(readable(token))) == (200, True)


def test_a_token_that_only_decides_shows_no_line() -> None:
    join(ada := make_user(), make_product().team, Role.MANAGER)
    token, _text = make_narrow_token(ada, by=ada, name="phone", scopes=[Scope.DECIDE])
    assert readable(token) == ""
