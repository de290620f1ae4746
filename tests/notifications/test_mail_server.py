"""A mail server that says later, says never, stalls, drips or hangs up: nothing is lost, and people hear of it."""

import base64
import smtplib
import ssl
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from foundation import moment
from network import authorities, mail
from notifications import patience, send
from notifications.channels import email
from notifications.lanes import SILENT_AFTER, Lanes
from notifications.models import Delivery
from notifications.queue import Recipient
from products.models import Product
from tests.certificates import self_signed
from tests.notifications.conftest import opened, use
from tests.notifications.mailbox import Mailbox, mailbox, rude
from tests.notifications.test_send import mail_to, only, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]


def after(product: Product, settings: Settings, what: str) -> Delivery:
    """The one delivery after one attempt at a server that answers `what`."""
    with mailbox(lambda n: what) as box:
        use(settings, box)
        mail_to(product)
        send.drain()
    return only()


@pytest.mark.parametrize(
    ("what", "state", "outcome", "said"),
    [
        ("4xx", "pending", "retry", "451 come again"),
        ("5xx", "pending", "refused", "554 never"),
        ("450 4.2.0 greylisted", "pending", "retry", "450 4.2.0 greylisted"),
        ("550 no", "pending", "refused", "550 no"),
        ("550 5.7.1 relaying denied", "pending", "refused", "550 5.7.1 relaying denied"),
        ("552 5.2.2 mailbox full", "pending", "refused", "552 5.2.2 mailbox full"),
        ("550 5.1.1 no such user", "dead", "dead", "550 5.1.1 no such user"),
        ("550 5.1.10 null mx", "dead", "dead", "550 5.1.10 null mx"),
        ("550 5.2.1 switched off", "dead", "dead", "550 5.2.1 switched off"),
    ],
)
def test_later_never_and_no_such_address(
    product: Product, settings: Settings, what: str, state: str, outcome: str, said: str
) -> None:
    delivery = after(product, settings, what)
    assert (delivery.state, delivery.tries.get().outcome, delivery.reason) == (
        state, outcome, f"The mail server said {said}",
    )  # fmt: skip
    alarmed = list(Delivery.objects.alarming())
    assert alarmed == ([delivery] if outcome != "retry" else [])


def test_a_refusal_alarms_at_once_is_tried_for_an_hour_and_then_given_up(
    product: Product, settings: Settings
) -> None:
    first = after(product, settings, "5xx")
    assert first.refused_at is not None
    since = first.refused_at - patience.PATIENCE_WITH_REFUSALS
    Delivery.objects.update(due_at=first.created_at, refused_at=since)
    with mailbox(lambda n: "5xx") as box:
        use(settings, box)
        send.drain()
    assert (only().state, only().refused_at, list(Delivery.objects.alarming())) == ("dead", since, [only()])


def test_a_refusal_that_was_a_mistake_of_the_server_arrives(product: Product, settings: Settings) -> None:
    after(product, settings, "5xx")
    Delivery.objects.update(due_at=only().created_at)
    with mailbox() as box:
        use(settings, box)
        send.drain()
    assert (only().state, len(box.kept), Delivery.objects.alarming().count()) == ("sent", 1, 0)


@pytest.mark.parametrize(
    ("greeting", "outcome", "said"),
    [
        (b"421 4.3.2 closing\r\n", "retry", "The mail server said 421 4.3.2 closing"),
        (b"554 no service\r\n", "refused", "The mail server said 554 no service"),
        (
            b"HTTP/1.1 400 Bad Request\r\n",
            "retry",
            "What answers at MAIL_URL does not speak as a mail server does.",
        ),
    ],
)
def test_a_server_that_is_rude_from_the_start(
    product: Product, settings: Settings, greeting: bytes, outcome: str, said: str
) -> None:
    with rude(greeting) as port:
        box = Mailbox(lambda n: "ok")
        box.port = port
        use(settings, box)
        mail_to(product)
        send.drain()
    assert (only().state, only().tries.get().outcome, only().reason) == ("pending", outcome, said)


@pytest.mark.parametrize(
    ("what", "rest_ends"),
    [
        ("450 4.2.0 full", False),
        ("550 5.1.1 no such user", False),
        ("4xx", False),
        ("421 4.3.2 closing", True),
    ],
)
def test_what_one_recipient_meets_says_nothing_of_the_way(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str, rest_ends: bool
) -> None:
    """Only a way that failed and works again ends the rests of all."""
    monkeypatch.setattr(send, "lanes", Lanes())
    with mailbox(lambda n: what if n <= SILENT_AFTER else "ok") as box:
        use(settings, box)
        for number in range(SILENT_AFTER):
            mail_to(product, f"INC-{number + 1}/1")
        assert send.drain() == SILENT_AFTER
        Delivery.objects.waiting().update(due_at=moment.now() + timedelta(minutes=5))
        waiting = Delivery.objects.waiting().count()
        mail_to(product, "INC-9/1")
        assert send.drain() == (1 + waiting if rest_ends else 1)


def test_a_server_that_quotes_the_mail_tells_nobody_a_link_that_acts(
    product: Product, ada: User, settings: Settings
) -> None:
    with mailbox(lambda n: "quote") as box:
        use(settings, box)
        opened(product)
        send.drain()
    told = Delivery.objects.get(route="email", user=ada).reason
    assert told == "The mail server said 554 5.7.1 blocked: http://localhost:8000/l/…"


def test_a_server_that_quotes_the_sign_in_tells_nobody_the_password(settings: Settings) -> None:
    settings.MAILERS = mailers("smtp://night:hunter-2-canary@127.0.0.1")
    both = base64.b64encode(b"\0night\0hunter-2-canary").decode()
    told = email._answered(535, f"5.7.8 no: AUTH PLAIN {both} (night/hunter-2-canary)").detail
    assert told == "The mail server said 535 5.7.8 no: AUTH PLAIN … (night/…)"


def test_a_server_without_a_sign_in_that_fits_is_said(settings: Settings) -> None:
    problem = smtplib.SMTPException("No suitable authentication method found.")
    assert email._silent(problem) == (
        "The mail server cannot be used: No suitable authentication method found."
    )


def test_a_server_that_drips_is_cut_off(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, the line never: no wait of smtplib's would end."""
    monkeypatch.setattr(mail, "WHOLE_S", 1.0)
    with rude(b"", drip_s=0.2) as port:
        box = Mailbox(lambda n: "ok")
        box.port = port
        use(settings, box)
        mail_to(product)
        began = time.monotonic()
        send.drain()
        took = time.monotonic() - began
    assert (only().state, only().tries.get().outcome, took < 20) == ("pending", "retry", True)


def test_a_server_that_is_silent_after_the_text_is_waited_for(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaving early would make two of one message: that wait is longer than the others."""
    monkeypatch.setattr(mail, "AFTER_DATA_S", 5.0)
    with mailbox(lambda n: "slow") as box:
        use(settings, box)
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 0.3
        mail_to(product)
        send.drain()
    assert (only().state, only().attempts, len(box.kept)) == ("sent", 1, 1)


def test_a_server_that_is_not_there_is_said_in_words(product: Product, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS = mailers(settings.MAIL_URL)
    mail_to(product)
    send.drain()
    assert (only().state, only().reason) == ("pending", "The mail server takes no connections.")
    with pytest.raises(ImproperlyConfigured):
        mailers("http://127.0.0.1")


def test_words_that_would_break_a_header_go_as_one_line(product: Product, post: Mailbox, mia: User) -> None:
    spoilt = "CRITICAL\r\nBcc: eve@example.test\u2028 Grüße 🚨"
    tell(product, Recipient("Duty", address="duty@example.test"), subject=spoilt)
    send.drain()
    mail_kept = post.kept[0]
    assert (mail_kept["Subject"], mail_kept["Bcc"]) == ("CRITICAL Bcc: eve@example.test Grüße 🚨", None)


@pytest.mark.parametrize(
    "address", ["a@example.test\r\nBcc: eve@example.test", "käse@example.test", "a@b, c@d"]
)
def test_an_address_that_cannot_be_written_is_dead_and_says_so(
    product: Product, post: Mailbox, address: str
) -> None:
    tell(product, Recipient("Duty", address=address))
    send.drain()
    assert (only().state, post.kept) == ("dead", [])
    assert only().reason == "The address or the subject cannot be written in a mail: correct it."


def test_headers_for_machines_and_for_filters(product: Product, post: Mailbox, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Nightdesk <night@desk.example.test>"
    mail_to(product)
    send.drain()
    found = post.kept[0]
    assert (found["From"], found["Auto-Submitted"], found["References"]) == (
        "Nightdesk <night@desk.example.test>", "auto-generated", "<inc-1@desk.example.test>",
    )  # fmt: skip
    assert found["Message-ID"] == f"<{only().uid}@desk.example.test>"
    assert abs(found["Date"].datetime.timestamp() - time.time()) < 60
    assert (found.get_content_type(), found["List-Unsubscribe"]) == ("text/plain", None)


@pytest.mark.parametrize(
    ("whom", "said"),
    [
        ("DNS:other.example.test", "The mail server's certificate is not good: Hostname mismatch"),
        ("DNS:localhost", ""),
        ("", "The mail server's certificate is not good: self-signed certificate."),
    ],
)
def test_a_certificate_that_is_not_good_is_said_in_words(
    product: Product,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whom: str,
    said: str,
) -> None:
    """Judged by the authorities that the web is judged by."""
    made = self_signed(tmp_path, whom or "DNS:localhost")
    if whom:
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
    authorities.bundle.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made)
    with mailbox(tls=context) as box:
        settings.MAIL_URL = f"smtps://localhost:{box.port}"
        settings.MAILERS = mailers(settings.MAIL_URL)
        mail_to(product)
        send.drain()
    authorities.bundle.cache_clear()
    assert (only().state, len(box.kept)) == (("pending", 0) if said else ("sent", 1))
    assert only().reason.startswith(said or "The mail server took it.")
