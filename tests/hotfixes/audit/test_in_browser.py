"""Meeting Nightdesk by an audit, in Chromium: asked, followed live, read on a phone and at a desk, proof opened."""

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from hotfixes.audit import running
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look
from tests.hotfixes.checks.stories import NOTED, RAISED, Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]


@pytest.fixture
def ada(transactional_db: None) -> User:
    join(ada := make_user("ada@example.test"), make_product().team)
    return ada


@pytest.fixture
def site(asgi_server: str, ada: User, context: BrowserContext) -> str:
    client = Client()
    client.force_login(ada)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    return asgi_server


@pytest.fixture
def worker() -> Iterator[threading.Event]:
    """Reads what waits once it is told to."""
    go, stop = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(30)
        while not stop.wait(0.05):
            running.audit_due()
        connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield go
    stop.set()
    go.set()
    thread.join(10)


def test_from_the_address_to_the_proof(site: str, page: Page, story: Story, worker: threading.Event) -> None:
    """K32, K36, K50: a second hotfix without an entry, merged by a merge commit, is seen as such."""
    repository = story.repository
    main = repository.tips["refs/heads/main"]
    side = repository.commit(RAISED, "fix: more\n", parents=[main])
    merge = repository.commit(RAISED | {"b": "1"}, "Merge\n", parents=[main, side])
    repository.branch("main", merge)
    repository.tag("krow/prod-v0.1.2", merge, "HOTFIX: more")
    web = repository.commit(NOTED, "feat: web\n", on="main")
    repository.tag("web-site/prod-v10.20.30", web, "Release")
    page.goto(f"{site}/audit/")
    look(page, "audits")
    page.get_by_label("Address of the repository").fill("nonsense")
    page.get_by_role("button", name="Audit", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("must begin with")
    look(page, "audits-wrong", 390)
    page.get_by_label("Address of the repository").fill(repository.url)
    page.get_by_label("Process", exact=True).select_option(label="Krow hotfix process")
    page.get_by_role("button", name="Audit", exact=True).click()
    expect(page.get_by_role("heading", name="Waits for a worker")).to_be_visible()
    look(page, "audit-waiting", 390)
    worker.set()
    expect(page.get_by_role("heading", name="1 of 2 hotfix tags kept")).to_be_visible()
    look(page, "audit")
    cell = (
        page.get_by_role("row", name="krow/prod-v0.1.2").get_by_role("cell").filter(has_text="Fast-forward")
    )
    cell.locator("summary").click()
    expect(cell.get_by_text("There is a merge commit since krow/prod-v0.1.1")).to_be_visible()
    look(page, "audit-proof")
    cell.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(cell.get_by_text("There is a merge commit")).to_be_hidden()
