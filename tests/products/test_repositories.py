"""Connecting a product to its repository: one row per team and address, a token that stays where it belongs."""

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.models import Team, User
from products import policy_overrides
from products.models import Product, Repository
from products.policies import policy_of
from products.repositories import (
    change_repository,
    connect_repository,
    disconnect_repository,
    end_old_secret,
    replace_secret,
    shared_with,
)
from tests.factories import make_product

pytestmark = pytest.mark.django_db
URL = "https://git.example.org/you/product.git"


@pytest.fixture
def other(team: Team) -> Product:
    return make_product(team, name="Kitchen Display")


def test_a_token_is_sealed_and_the_address_holds_none(product: Product, manager: User) -> None:
    row = connect_repository(product, by=manager, url="https://ada:s3cret@git.example.org/you/product.git")
    row.refresh_from_db()
    assert (row.url, row.username, row.opened_token) == (URL, "ada", "s3cret")
    assert "s3cret" not in row.token
    assert (row.hook_key != "", row.secret) == (True, "")
    assert Product.objects.get(pk=product.pk).repository == row


def test_what_is_typed_beside_it_counts_before_what_stood_in_it(product: Product, manager: User) -> None:
    row = connect_repository(product, by=manager, url="https://ada:old@git.example.org/you/product.git",
                             username="ben", token=" new ")  # fmt: skip
    assert (row.username, row.opened_token) == ("ben", "new")


def test_products_of_a_team_share_the_row_and_its_token(
    product: Product, other: Product, manager: User
) -> None:
    first = connect_repository(product, by=manager, url=URL, token="one")
    second = connect_repository(other, by=manager, url="https://git.example.org/you/product/")
    assert (first.pk, second.opened_token) == (second.pk, "one")
    assert shared_with(product) == [other]
    change_repository(other, by=manager, token="two")
    assert Repository.objects.get(pk=first.pk).opened_token == "two"
    disconnect_repository(product, by=manager)
    assert Repository.objects.get(pk=first.pk).opened_token == "two"


def test_another_team_has_a_row_of_its_own(product: Product, manager: User) -> None:
    elsewhere = make_product(name="Elsewhere", team=None)
    elsewhere.team = Team.objects.create(slug="elsewhere", name="Elsewhere")
    elsewhere.save(update_fields=["team"])
    one = connect_repository(product, by=manager, url=URL, token="one")
    two = connect_repository(elsewhere, by=manager, url=URL)
    assert one.pk != two.pk
    assert two.token == ""


def test_a_token_never_goes_to_another_host(product: Product, manager: User) -> None:
    """Whoever may change the address may not read the token by it."""
    first = connect_repository(product, by=manager, url=URL, username="ada", token="one")
    moved = change_repository(product, by=manager, url="https://git.example.org/you/renamed.git")
    assert (moved.username, moved.opened_token, moved.pk == first.pk) == ("ada", "one", False)
    for url in ("https://evil.example.org/you/product.git", "https://git.example.org:8443/you/product.git"):
        assert change_repository(product, by=manager, url=url).token == ""
    first.refresh_from_db()
    assert (first.token, first.username) == ("", "")


def test_a_token_is_replaced_and_removed(product: Product, manager: User) -> None:
    connect_repository(product, by=manager, url=URL, token="one")
    assert change_repository(product, by=manager, forge="gitea").opened_token == "one"
    assert change_repository(product, by=manager, token="two").opened_token == "two"
    row = change_repository(product, by=manager, token="")
    assert (row.token, row.forge) == ("", "gitea")


def test_the_last_product_that_goes_takes_the_secrets_with_it(product: Product, manager: User) -> None:
    row = connect_repository(product, by=manager, url=URL, token="one")
    replace_secret(row, by=manager)
    digest = row.hook_digest
    disconnect_repository(product, by=manager)
    row.refresh_from_db()
    assert (row.token, row.secret, row.secret_before, row.hook_digest == digest) == ("", "", "", False)
    disconnect_repository(product, by=manager)
    again = connect_repository(product, by=manager, url=URL)
    assert (again.pk, again.token) == (row.pk, "")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"url": "nothing"}, "url"),
        ({"url": "http://git.example.org/o/r"}, "url"),
        ({"url": URL, "forge": "bitbucket"}, "forge"),
        ({"url": URL, "username": "a b"}, "username"),
        ({"url": URL, "token": "two words"}, "token"),
        ({"url": URL, "token": "ä"}, "token"),
        ({"url": URL, "main": "no branch"}, "main"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    facts: dict[str, str], field: str, product: Product, manager: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        connect_repository(product, by=manager, **facts)  # type: ignore[arg-type]
    assert set(refused.value.message_dict) == {field}


def test_a_folder_needs_no_token(product: Product, manager: User, settings: Settings) -> None:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("https", "file")
    assert connect_repository(product, by=manager, url="file:///srv/git/x.git").url == "file:///srv/git/x.git"
    with pytest.raises(ValidationError, match="needs no token"):
        connect_repository(product, by=manager, url="file:///srv/git/x.git", token="one")


def test_two_secrets_are_valid_while_one_replaces_the_other(product: Product, manager: User) -> None:
    row = connect_repository(product, by=manager, url=URL)
    first = replace_secret(row, by=manager)
    second = replace_secret(row, by=manager, secret="whsec_made-by-the-forge")
    assert Repository.objects.get(pk=row.pk).hook_secrets == [second, first]
    end_old_secret(row, by=manager)
    assert Repository.objects.get(pk=row.pk).hook_secrets == [second]
    with pytest.raises(ValidationError, match="16 to 200"):
        replace_secret(row, by=manager, secret="short")


def test_the_main_branch_is_an_override_only_where_it_differs(product: Product, manager: User) -> None:
    connect_repository(product, by=manager, url=URL, main="master")
    assert (product.policy, policy_of(product).main) == ({"main": "master"}, "master")
    change_repository(product, by=manager, main="main")
    assert product.policy == {}


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"merge": "squash"}, "policy.merge"),
        ({"branch": "fix/{nothing}"}, "policy.branch"),
        ({"version_files": [{"path": "../x", "kind": "npm"}]}, "policy.version_files.0.path"),
        ({"version_files": [{"path": "x", "kind": "maven"}]}, "policy.version_files.0.kind"),
        ({"changelog": {"path": "/etc/passwd", "style": "table"}}, "policy.changelog.path"),
        ({"changlog": None}, "policy.changlog"),
        ({"main": "-x"}, "policy.main"),
        ({"branch": "\ud800"}, "policy.branch"),
    ],
)
def test_an_override_that_the_policy_refuses_is_told_by_its_place(
    overrides: dict[str, object], field: str, product: Product, manager: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        policy_overrides.set_policy(product, overrides, by=manager)
    assert set(refused.value.message_dict) == {field}
    assert Product.objects.get(pk=product.pk).policy == {}


def test_an_override_replaces_the_entry_of_its_name(product: Product, manager: User) -> None:
    files = [{"path": "package.json", "kind": "npm"}]
    policy_overrides.set_policy(product, {"version_files": files, "changelog": None}, by=manager)
    spec = policy_of(product)
    assert ([file.path for file in spec.version_files], spec.changelog, spec.merge) == (
        ["package.json"], None, "ff-only",
    )  # fmt: skip
