"""A phone-sized person connects a repository in under a minute and watches what is found come in; every page by axe."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from hotfixes.forges.signatures import REASONS
from hotfixes.models import Mirror
from hotfixes.observing.looking import look_due
from products.models import Product, Repository
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look_at
from tests.hotfixes.checks.stories import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(transactional_db: None, tmp_path: Path, settings: Settings) -> Story:
    settings.NIGHTDESK_GIT_PROTOCOLS = ("https", "file")
    settings.NIGHTDESK_DATA = tmp_path / "data"
    return Story.begun(tmp_path)


@pytest.fixture
def product(story: Story) -> Product:
    return make_product(name="Krow", slug="krow", version="0.1.0")


@pytest.fixture
def page(product: Product, context: BrowserContext, asgi_server: str, console_errors: list[str]) -> Page:
    manager = make_user("mia@example.test")
    join(manager, product.team, "manager")
    client = Client()
    client.force_login(manager)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": asgi_server}])
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_it_is_connected_on_a_phone(page: Page, asgi_server: str, story: Story) -> None:
    began = time.monotonic()
    page.goto(f"{asgi_server}/products/krow/")
    page.get_by_role("link", name="Connect the repository").click()
    page.get_by_label("Address of the repository").fill(story.repository.url)
    page.get_by_role("button", name="Connect and look").click()
    expect(page.get_by_text("It is read as soon as a worker is free")).to_be_visible()
    assert look_due()
    expect(page.get_by_text("krow/prod-v0.1.0")).to_be_visible()
    expect(page.get_by_text("0.1.0 on top")).to_be_visible()
    assert time.monotonic() - began < 60


def test_every_page_is_accessible(page: Page, asgi_server: str, story: Story, product: Product) -> None:
    site = f"{asgi_server}/products/krow"
    look_at(page, f"{site}/repository/", "repository-none")
    page.goto(f"{site}/repository/")
    page.get_by_label("Address of the repository").fill(story.repository.url)
    page.get_by_role("button", name="Connect and look").click()
    page.wait_for_selector("#repository-state")
    Mirror.objects.update(percent=45, phase="receiving")
    look_at(page, f"{site}/repository/", "repository-reading")
    Mirror.objects.update(percent=None, phase="")
    assert look_due()
    Repository.objects.update(forge="github")
    Mirror.objects.update(
        hook={"at": "2026-11-21T02:00:00+00:00", "event": "push", "reason": next(iter(REASONS))}
    )
    # As long as they are in a repository of several apps.
    mirror = Mirror.objects.get()
    seen = mirror.found[str(product.pk)]
    seen["main"] = "release/2026-11-krow-withus-worker-mobile"
    seen["newest"][0]["name"] = "krow-withus-worker-mobile/prod-v0.1.0+2026112201"
    seen["files"] = [
        {"path": "apps/mobile/apps/staff_with_us/pubspec.yaml", "kind": "pubspec", "version": "0.1.0+5"}
    ]
    mirror.save()
    for name, path in (
        ("repository", "repository/"),
        ("rules", "policy/"),
        ("set-up-repository", "setup/repository/"),
        ("product-repository", ""),
    ):
        look_at(page, f"{site}/{path}", name)
    page.goto(f"{site}/repository/")
    page.get_by_role("button", name="Make the secret").click()
    expect(page.get_by_text("It is shown only now.")).to_be_visible()
    Mirror.objects.update(state="trouble", trouble="credentials_refused", detail="HTTP 401")
    look_at(page, f"{site}/repository/", "repository-trouble")
