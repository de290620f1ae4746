"""A person connects a product to its repository and reads what was found."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from foundation import moment
from hotfixes.git.trouble import Trouble
from hotfixes.models import Mirror
from products.models import Product, Repository
from products.repositories import connect_repository
from tests.factories import make_product, make_user
from tests.hotfixes.connecting.conftest import URL, client_of, connected, manager
from tests.hotfixes.observing.watched import Watched

pytestmark = pytest.mark.django_db
PAGE, POLICY = "/products/staff-mobile/repository/", "/products/staff-mobile/policy/"


def test_one_field_connects(mia: Client, product: Product) -> None:
    answer = mia.post(PAGE, {"url": f"{URL}/pull/3", "token": "ghp_s3cret"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    row = Repository.objects.get()
    assert (row.url, row.forge, row.opened_token) == (URL, "github", "ghp_s3cret")
    assert Mirror.objects.get().due_at <= moment.now()
    page = mia.get(PAGE).text
    assert "It is read as soon as a worker is free" in page
    assert "s3cret" not in page


def test_a_wrong_address_is_told_beside_its_field_and_what_was_typed_stays(
    mia: Client, product: Product
) -> None:
    answer = mia.post(PAGE, {"url": "git@github.com:you/product.git", "token": "ghp_s3cret"})
    assert answer.status_code == 422
    assert "Use https with a token that may read: https://github.com/you/product.git" in answer.text
    assert 'value="git@github.com:you/product.git"' in answer.text
    assert "s3cret" not in answer.text
    assert Repository.objects.count() == 0
    line = mia.post(PAGE, {"url": "http://git.lan/o/r"})
    assert "NIGHTDESK_GIT_PROTOCOLS=https,http" in line.text


def test_the_token_is_kept_replaced_and_removed(mia: Client, product: Product) -> None:
    connected(product)
    page = mia.get(PAGE).text
    assert "One is kept, sealed" in page
    for sent, kept in (
        ({}, "ghp_s3cret"),
        ({"token": "ghp_two"}, "ghp_two"),
        ({"remove_token": "on"}, ""),
    ):
        assert mia.post(PAGE, {"url": URL, "forge": "github", **sent}).status_code == 302
        assert Repository.objects.get().opened_token == kept


def test_who_responds_sees_it_and_changes_nothing(vic: Client, mia: Client, product: Product) -> None:
    row = connected(product)
    page = vic.get(PAGE).text
    assert row.url in page
    assert "/in/forge/" not in page
    assert 'name="token"' not in page
    assert "Save" not in vic.get(POLICY).text
    for action in ("", "look", "main", "disconnect", "secret", "secret/end"):
        assert vic.post(f"{PAGE}{action}", {"url": URL}).status_code == 403
    assert vic.post(POLICY, {"main": "x"}).status_code == 403
    assert client_of(make_user("olga@example.test")).get(PAGE).status_code == 404


def test_a_shared_repository_says_so(mia: Client, product: Product) -> None:
    connected(product)
    connect_repository(make_product(product.team, name="Kitchen Display"), by=manager(), url=URL)
    page = mia.get(PAGE).text
    assert "Shared with" in page
    assert "Kitchen Display" in page
    assert "what is changed here changes there" in page


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_a_sentence_and_ends_in_something_to_do(
    trouble: Trouble, mia: Client, product: Product
) -> None:
    row = connected(product)
    Mirror.objects.filter(repository=row).update(
        state="trouble", trouble=trouble.value, detail="fatal: <b>no</b>", trouble_since=moment.now()
    )
    page = mia.get(f"{PAGE}state").text
    assert "It cannot be read." in page
    assert "fatal: &lt;b&gt;no&lt;/b&gt;" in page
    assert "cannot be read" not in mia.get("/products/staff-mobile/").text


def test_progress_is_shown(mia: Client, product: Product) -> None:
    row = connected(product)
    Mirror.objects.filter(repository=row).update(percent=45, phase="receiving")
    page = mia.get(f"{PAGE}state").text
    assert "45 % · receiving" in page
    assert 'hx-trigger="every 1s"' in page


def test_the_secret_is_shown_once(mia: Client, product: Product) -> None:
    connected(product)
    page = mia.post(f"{PAGE}secret")
    found = re.search(r'id="hook-secret">([\w-]{43})<', page.text)
    assert found
    assert Repository.objects.get().hook_secrets == [found[1]]
    assert "no-store" in page["Cache-Control"]
    again = mia.get(PAGE).text
    assert found[1] not in again
    assert "/in/forge/" in again
    assert "Pull request reviews" in again
    mia.post(f"{PAGE}secret", {"secret": "whsec_made-by-the-forge"})
    assert Repository.objects.get().hook_secrets == ["whsec_made-by-the-forge", found[1]]
    assert "Two secrets are valid" in mia.get(PAGE).text
    mia.post(f"{PAGE}secret/end")
    assert Repository.objects.get().hook_secrets == ["whsec_made-by-the-forge"]


def test_disconnecting_asks_no_more_and_says_what_is_under_way(mia: Client, product: Product) -> None:
    connected(product)
    assert mia.post(f"{PAGE}disconnect").status_code == 302
    product.refresh_from_db()
    assert product.repository is None
    assert Mirror.objects.get().due_at > moment.now()
    assert "Connect and look" in mia.get(PAGE).text


def test_an_archived_product_is_not_read(mia: Client, product: Product) -> None:
    connected(product)
    mia.post("/products/staff-mobile/archive/")
    assert Mirror.objects.get().due_at > moment.now()
    mia.post("/products/staff-mobile/restore/")
    assert Mirror.objects.get().due_at <= moment.now()


def test_what_was_found_is_on_its_pages(watched: Watched) -> None:
    """K33, K36: version file and changelog, with what they state."""
    watched.look()
    client = client_of(watched.ada)
    page = client.get("/products/krow/repository/").text
    assert "1 of 1 tags" in page
    assert "<code>apps/mobile/pubspec.yaml</code>: <b>0.1.0+5</b>" in page
    assert "<b>0.1.0</b> on top" in page
    panel = client.get("/products/krow/").text
    assert "<code>apps/mobile/pubspec.yaml</code> <b>0.1.0+5</b>" in panel
    assert "krow/prod-v0.1.0" in panel


def test_another_main_branch_is_offered_and_taken(watched: Watched) -> None:
    watched.product.policy = {**watched.product.policy, "main": "live"}
    watched.product.save()
    watched.look()
    client = client_of(watched.ada)
    assert "Use main" in client.get("/products/krow/repository/").text
    client.post("/products/krow/repository/main", {"main": "main"})
    watched.look()
    page = client.get("/products/krow/repository/").text
    assert "is not there" not in page
    watched.product.refresh_from_db()
    assert "main" not in watched.product.policy


def test_trouble_of_a_real_repository_is_told(watched: Watched, settings: Settings) -> None:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("https",)
    watched.look()
    page = client_of(watched.ada).get("/products/krow/repository/").text
    assert "This kind of address is not allowed here" in page
    assert "ask who runs this server to allow this kind" in page


def test_files_that_may_be_meant_are_taken_into_the_rules(watched: Watched) -> None:
    Product.objects.update(policy={})
    watched.look()
    client = client_of(watched.ada)
    assert "?found=1" in client.get("/products/krow/repository/").text
    page = client.get("/products/krow/policy/?found=1")
    filled = page.context["form"].initial
    assert filled["version_files"] == "apps/mobile/pubspec.yaml pubspec"
    assert client.post("/products/krow/policy/", filled).status_code == 302
    watched.product.refresh_from_db()
    assert watched.product.policy == {
        "version_files": [{"path": "apps/mobile/pubspec.yaml", "kind": "pubspec"}]
    }
