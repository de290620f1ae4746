"""Open pages of a product and the list of products follow what is brought out, and fetch nothing for anything else."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from hotfixes.reported.deployments import report_deployment
from incidents.lifecycle.declare import declare
from live.models import Announcement
from products.edit_product import edit_product
from products.models import Product
from tests.factories import join, make_product, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def product(transactional_db: None) -> Product:
    return make_product(name="Kitchen", version="1.0.0")


@pytest.fixture
def ada(product: Product) -> User:
    user = make_user("ada@example.test")
    join(user, product.team)
    return user


@pytest.fixture
def opened(ada: User, context: BrowserContext, asgi_server: str) -> Callable[[str], tuple[Page, list[str]]]:
    client = Client()
    client.force_login(ada)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": asgi_server}])

    def start(path: str) -> tuple[Page, list[str]]:
        page, fetched = context.new_page(), list[str]()
        with page.expect_response("**/live?*"):
            page.goto(f"{asgi_server}{path}")
        page.on("request", lambda request: fetched.append(request.url.removeprefix(asgi_server)))
        return page, fetched

    return start


def out(product: Product, version: str) -> None:
    report_deployment(product, product.environments.get(), version=version, status="succeeded", by=None)


def test_both_follow_a_deployment(
    product: Product, ada: User, opened: Callable[[str], tuple[Page, list[str]]], console_errors: list[str]
) -> None:
    (listed, of_list), (its_page, of_page) = opened("/products/"), opened("/products/kitchen/")
    (deployments, _fetched) = opened("/products/kitchen/deployments/")
    other = make_product(product.team, name="Till")
    out(product, "1.0.1")
    expect(listed.get_by_role("listitem").filter(has_text="Kitchen")).to_contain_text("1.0.1 by deployments")
    expect(its_page.locator("header .facts")).to_contain_text("In production 1.0.1 by deployments")
    expect(its_page.get_by_text("Production: 1.0.1")).to_be_visible()
    expect(deployments.get_by_text("1.0.1, Production")).to_be_visible()
    of_page.clear()
    declare(product, by=ada, title="Orders vanish", severity=product.severities()[0])
    out(other, "3.0.0")
    expect(listed.get_by_role("listitem").filter(has_text="Till")).to_contain_text("3.0.0")
    of_list.clear()
    assert [one for one in of_page if one.startswith("/products")] == []
    declare(product, by=ada, title="Prices vanish", severity=product.severities()[0])
    edit_product(
        product, by=ada, name="Kitchen", process=product.process, version="1.0.0", call="https://meet.test/7"
    )
    expect(its_page.get_by_role("link", name="Call for what cannot wait")).to_be_visible()
    its_page.wait_for_timeout(1500)
    assert [one for one in of_page if one.startswith("/products")] == ["/products/kitchen/"]
    assert [one for one in of_list if one.startswith("/products")] == ["/products/"]


def test_one_report_is_told_once(product: Product) -> None:
    before = Announcement.objects.count()
    out(product, "1.0.1")
    told = Announcement.objects.order_by("pk")[before:].values_list("topic", "event")
    assert list(told) == [(f"product:{product.pk}", "product"), (f"board:{product.team_id}", "products")]
