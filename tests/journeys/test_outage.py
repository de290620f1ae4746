"""The whole first path, everything real: a service dies, people answer it in a browser, it comes back. And from the
killed service to the phone: a real mail server, a server that takes ntfy's JSON, and the link in the message tapped in
a phone-sized browser that nobody has signed in to."""

import json
import re
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fixtures.axe import Axe
from tests.fixtures.begun import Begin
from tests.monitoring.conftest import Service
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver
from tests.patience import in_time, until
from tests.setup.running import EMAIL, PASSWORD, Up, command, up

pytestmark = pytest.mark.browser

OPENED = re.compile(r"INC-\d+ is open")
INTERVAL_S, RETRY_S, FAIL_AFTER = 5, 1, 2
PHONE = {"width": 390, "height": 740}


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.kill()


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[Mailbox, Receiver]]:
    with mailbox() as box, receiver(host="127.0.0.1") as phone:
        yield box, phone


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, outside: tuple[Mailbox, Receiver], begin: Begin
) -> Iterator[tuple[Up, str]]:
    everywhere = "127.0.0.0/8,::1/128"
    with up(
        begin(tmp_path_factory.mktemp("journey") / "data"),
        NIGHTDESK_PROBE_NETWORKS=everywhere,
        NIGHTDESK_WEBHOOK_NETWORKS=everywhere,
        MAIL_URL=f"smtp://127.0.0.1:{outside[0].port}",
    ) as found:
        yield found


def sound(page: Page) -> None:
    """axe finds nothing, of any impact."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    # The page of signing in has a heading, too: what is done next would end the signing in half-way.
    expect(page).to_have_url(f"{address}/")


def add_product(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/products/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("radio", name=re.compile("Krow")).check()
    page.get_by_role("button", name="Add product").click()
    # What its process proposes can wait.
    expect(page).to_have_title(re.compile(rf" · {re.escape(name)} · "))


def add_monitor(page: Page, address: str, product: str, watched: str) -> None:
    page.goto(f"{address}/monitoring/new/")
    page.get_by_label("Product", exact=True).select_option(label=product)
    page.get_by_label(re.compile("^Address")).fill(watched)
    page.get_by_label("Name").fill("sign-in")
    page.get_by_label("Look every").select_option(str(INTERVAL_S))
    page.locator("summary", has_text="More").click()
    page.get_by_label("Failures in a row").fill(str(FAIL_AFTER))
    page.get_by_label("Good looks in a row").fill("1")
    page.get_by_label("Seconds to the next look").fill(str(RETRY_S))
    page.get_by_role("button", name="Try it now").click()
    expect(page.get_by_role("heading", name="What Nightdesk sees now")).to_be_visible()
    page.get_by_role("button", name="Watch it").click()
    expect(page.locator(".chip.up").first).to_be_visible()


def test_a_real_outage_becomes_an_incident_and_is_resolved(
    site: tuple[Up, str], service: Service, context: BrowserContext, console_errors: list[str]
) -> None:
    running, address = site
    page = context.new_page()
    sign_in(page, address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is watched yet")
    add_product(page, address, "Staff Mobile")
    add_monitor(page, address, "Staff Mobile", service.url)

    page.goto(address)
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    service.kill()
    killed, allowed_s = time.monotonic(), INTERVAL_S + RETRY_S * (FAIL_AFTER - 1) + 2
    expect(page.get_by_role("link", name="sign-in is down", exact=True)).to_be_visible()
    assert in_time(time.monotonic() - killed, allowed_s)

    page.get_by_role("link", name="sign-in is down", exact=True).click()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("sign-in")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("Acknowledged")
    page.get_by_role("button", name="Confirm CRITICAL").click()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("CRITICAL confirmed")

    half_typed = page.get_by_label("Note")
    half_typed.fill("The cache was")
    service.start()
    back = time.monotonic()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("is up again")
    assert in_time(time.monotonic() - back, allowed_s)
    expect(half_typed).to_have_value("The cache was")
    expect(half_typed).to_be_focused()
    half_typed.fill("The cache was full")
    page.get_by_role("button", name="Post").click()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("The cache was full")
    expect(half_typed).to_have_value("")

    page.get_by_role("link", name="Resolve").first.click()
    page.get_by_label("What ended it?").fill("The cache was emptied")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#timeline-lines .line").first).to_contain_text("Resolved")
    sound(page)
    assert command(running.data, "verify_timeline").returncode == 0


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
    add_product(page, address, "Tills")
    add_phone(page, address, f"{phone.url}/ada-7f3a")
    expect(page.get_by_text("went out. Answered 200.")).to_be_visible()
    page.get_by_role("button", name=f"Send a test to {EMAIL}").click()
    expect(page.get_by_text("The mail server took it.")).to_be_visible()
    add_monitor(page, address, "Tills", service.url)
    # The house is other tests' too: what they left watched may ring as well.
    told = re.compile(r"CRITICAL (INC-\d+) Tills: sign-in is down")

    def rung() -> list[dict[str, Any]]:
        return [push for push in (json.loads(one.body) for one in phone.got) if told.fullmatch(push["title"])]

    assert not rung()

    service.kill()
    killed = time.monotonic()
    [mail] = until(
        lambda: [one for one in box.kept if told.fullmatch(one["Subject"])], "the mail", seconds=90
    )
    [push] = until(rung, "the phone rings", seconds=90)
    took = time.monotonic() - killed
    assert in_time(took, INTERVAL_S + RETRY_S * (FAIL_AFTER - 1) + 3)

    assert mail["To"] == EMAIL
    assert push["title"] == mail["Subject"]
    assert (push["priority"], [action["label"] for action in push["actions"]]) == (
        5, ["Acknowledge", "Can't, next person"],
    )  # fmt: skip
    ref = push["title"].split()[1]
    tap(browser, push["actions"][0]["url"], str(mail.get_content()), ref)
    page.goto(f"{address}/incidents/{ref}/")
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


def tap(browser: Browser, link: str, text: str, ref: str) -> None:
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
    page.get_by_role("link", name=f"Open {ref}").click()
    expect(page.get_by_label("Password")).to_be_visible()
    phone.close()


def test_the_keyboard_alone_declares_acknowledges_and_resolves(
    site: tuple[Up, str], context: BrowserContext, console_errors: list[str]
) -> None:
    _running, address = site
    page = context.new_page()
    sign_in(page, address)
    add_product(page, address, "Web")
    page.goto(f"{address}/declare/")
    expect(page.get_by_label("What is broken?")).to_be_focused()
    page.keyboard.type("Payments fail")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(OPENED)
    press(page, re.compile(r"Go to INC-\d+"))
    expect(page).to_have_url(re.compile(r"/incidents/INC-\d+/$"))
    press(page, "Acknowledge")
    expect(page.locator("#timeline-lines .line").first).to_contain_text("Acknowledged")
    press(page, "Confirm CRITICAL")
    expect(page.locator("#timeline-lines .line").first).to_contain_text("CRITICAL confirmed")
    page.goto(f"{page.url}resolve")
    press(page, "Resolve")
    expect(page.locator("#timeline-lines .line").first).to_contain_text("Resolved")


def press(page: Page, words: str | re.Pattern[str]) -> None:
    """Tab until the focus is on what reads `words`, then Enter."""
    for _ in range(200):  # round the whole page, if need be
        page.keyboard.press("Tab")
        if re.fullmatch(words, page.evaluate("document.activeElement.innerText || ''").strip()):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard never reached {words!r}")


def test_two_taps_and_a_sentence_from_now_on_a_phone(
    site: tuple[Up, str], context: BrowserContext, console_errors: list[str]
) -> None:
    _running, address = site
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address)
    add_product(page, address, "Client Mobile")
    page.goto(address)
    page.locator(".bar").get_by_role("link", name="Declare").click()
    expect(page.get_by_label("What is broken?")).to_be_focused()
    page.keyboard.type("Sign-in fails")
    page.locator(".sheet-foot").get_by_role("button", name="Declare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(OPENED)


def test_a_commit_elsewhere_is_on_the_page_at_once(
    site: tuple[Up, str], context: BrowserContext, console_errors: list[str]
) -> None:
    """Not a benchmark: only that it is live. The median is measured by `./run bench live`."""
    _running, address = site
    page, other = context.new_page(), context.new_page()
    sign_in(page, address)
    add_product(page, address, "Backend")
    page.goto(f"{address}/declare/")
    expect(page.get_by_label("What is broken?")).to_be_focused()
    page.keyboard.type("Payments fail")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Go to INC-")).click()
    expect(page).to_have_url(re.compile(r"/incidents/INC-\d+/$"))
    other.goto(page.url)
    took = []
    for number in range(3):
        page.get_by_label("Note").fill(f"Note {number}")
        page.get_by_role("button", name="Post").click()
        began = time.monotonic()
        expect(other.locator("#timeline-lines .line").first).to_contain_text(f"Note {number}")
        took.append(time.monotonic() - began)
        # The other page may be faster than our own answer, and a form that is under way drops a second tap.
        expect(page.get_by_label("Note")).to_have_value("")
    assert in_time(median(took), 2)
