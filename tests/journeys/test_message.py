"""From a killed service to the phone: real processes, a real mail server, a server that takes ntfy's JSON, and the
link in the message tapped in a phone-sized browser that nobody has signed in to."""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fixtures.begun import Begin
from tests.journeys.test_outage import (
    FAIL_AFTER,
    INTERVAL_S,
    RETRY_S,
    add_monitor,
    add_product,
    sign_in,
    sound,
)
from tests.monitoring.conftest import Service
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver
from tests.patience import in_time
from tests.setup.running import EMAIL, Up, up

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 740}


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.kill()


@pytest.fixture
def outside() -> Iterator[tuple[Mailbox, Receiver]]:
    with mailbox() as box, receiver(host="127.0.0.1") as phone:
        yield box, phone


@pytest.fixture
def site(
    tmp_path_factory: pytest.TempPathFactory, outside: tuple[Mailbox, Receiver], begin: Begin
) -> Iterator[tuple[Up, str]]:
    everywhere = "127.0.0.0/8,::1/128"
    with up(
        begin(tmp_path_factory.mktemp("message") / "data"),
        NIGHTDESK_PROBE_NETWORKS=everywhere,
        NIGHTDESK_WEBHOOK_NETWORKS=everywhere,
        MAIL_URL=f"smtp://127.0.0.1:{outside[0].port}",
    ) as found:
        yield found


def test_a_dead_service_rings_and_one_tap_on_the_phone_answers(
    site: tuple[Up, str],
    outside: tuple[Mailbox, Receiver],
    service: Service,
    browser: Browser,
    context: BrowserContext,
    console_errors: list[str],
) -> None:
    _running, address = site
    box, phone = outside
    page = context.new_page()
    sign_in(page, address)
    add_product(page, address, "Staff Mobile")
    add_phone(page, address, f"{phone.url}/ada-7f3a")
    expect(page.get_by_text("went out. Answered 200.")).to_be_visible()
    page.get_by_role("button", name=f"Send a test to {EMAIL}").click()
    expect(page.get_by_text("The mail server took it.")).to_be_visible()
    add_monitor(page, address, service.url)
    before = (len(box.kept), len(phone.got))
    assert before == (1, 1)

    service.kill()
    killed = time.monotonic()
    wait(lambda: len(box.kept) > 1 and len(phone.got) > 1)
    took = time.monotonic() - killed
    assert in_time(took, INTERVAL_S + RETRY_S * (FAIL_AFTER - 1) + 3)

    mail, push = box.kept[1], json.loads(phone.got[1].body)
    assert mail["To"] == EMAIL
    assert push["title"] == mail["Subject"]
    assert re.fullmatch(r"CRITICAL INC-1 Staff Mobile: sign-in is down", push["title"])
    assert (push["priority"], [action["label"] for action in push["actions"]]) == (
        5, ["Acknowledge", "Can't, next person"],
    )  # fmt: skip
    tap(browser, push["actions"][0]["url"], str(mail.get_content()))
    page.goto(f"{address}/incidents/INC-1/")
    expect(page.locator("#timeline-lines .line").first).to_contain_text("by link")
    page.locator("summary", has_text="Who was told").click()
    expect(page.locator("#told")).to_contain_text("acknowledged by link")
    sound(page)


def add_phone(page: Page, address: str, topic: str) -> None:
    page.goto(f"{address}/settings/channels/")
    page.get_by_role("link", name="Add ntfy (phone) for yourself").click()
    page.get_by_label("Name", exact=True).fill("My phone")
    page.get_by_label("Topic address").fill(topic)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send a test to My phone").click()


def wait(arrived: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not arrived():
        assert time.monotonic() < until, "it did not arrive"
        time.sleep(0.02)


def tap(browser: Browser, link: str, text: str) -> None:
    """On a phone without a session and without script: shown first, done by the button, and nothing else by it."""
    phone = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = phone.new_page()
    answer = page.goto(link[:-2] + ("aa" if not link.endswith("aa") else "bb"))
    assert answer
    assert answer.status == 404
    page.goto(link)
    button = page.get_by_role("button", name="Acknowledge")
    box = button.bounding_box()
    assert box
    assert (box["y"] + box["height"] < PHONE["height"], box["height"] >= 44) == (True, True)
    button.click()
    expect(page.get_by_role("heading", name="You have it")).to_be_visible()
    # The mail's own link stands for the same person and incident, and says who has it.
    found = re.search(r"Acknowledge:\s+(http://\S+)", text)
    assert found
    answer = page.goto(found[1])
    assert answer
    assert answer.status == 409
    expect(page.get_by_role("heading", name="You have it")).to_be_visible()
    page.get_by_role("link", name="Open INC-1").click()
    expect(page.get_by_label("Password")).to_be_visible()
    phone.close()
