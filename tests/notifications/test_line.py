"""Mail after mail over one line to the server, and what happens when that line is no good any more."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from network import mail
from notifications import send
from notifications.lanes import Lanes
from notifications.models import Delivery
from products.models import Product
from tests.notifications.conftest import use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.test_send import mail_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "lanes", Lanes())


@pytest.fixture
def box(settings: Settings) -> Iterator[Callable[[list[str]], Mailbox]]:
    """A server that answers the n-th recipient as listed, and "ok" afterwards."""
    moods: list[str] = []
    with mailbox(lambda n: moods[n - 1] if n <= len(moods) else "ok") as server:
        use(settings, server)

        def answering(listed: list[str]) -> Mailbox:
            moods.extend(listed)
            return server

        yield answering


def sent(product: Product, count: int) -> list[str]:
    """The outcomes of that many mails that one runner sends, in their order."""
    for number in range(count):
        mail_to(product, f"INC-{number + 1}/1")
    with mail.line_kept():
        send.drain()
    tries = [one.tries.get() for one in Delivery.objects.order_by("-pk")]
    return [attempt.outcome for attempt in tries]


def test_a_backlog_goes_over_one_line(product: Product, box: Callable[[list[str]], Mailbox]) -> None:
    server = box([])
    assert sent(product, 5) == ["sent"] * 5
    assert (len(set(server.ids)), server.lines) == (5, 1)


def test_what_the_server_says_of_one_mail_costs_no_other_its_line(
    product: Product, box: Callable[[list[str]], Mailbox]
) -> None:
    server = box(["ok", "450 4.2.0 later", "550 5.1.1 unknown", "4xx", "ok"])
    assert sent(product, 5) == ["sent", "retry", "dead", "retry", "sent"]
    assert (server.asked, server.lines) == (5, 1)


def test_a_line_that_is_hung_up_is_no_answer_about_a_mail(
    product: Product, box: Callable[[list[str]], Mailbox]
) -> None:
    """Before the mail was given away another line is tried at once; nothing came twice."""
    server = box(["ok", "421 4.3.2 that was enough", "ok"])
    assert sent(product, 2) == ["sent", "sent"]
    assert (len(server.kept), len(set(server.ids)), server.lines) == (2, 2, 2)


def test_a_line_that_breaks_behind_the_mail_is_not_asked_again_at_once(
    product: Product, box: Callable[[list[str]], Mailbox]
) -> None:
    """The server may have it: the next attempt comes after the rest, with the same Message-ID."""
    server = box(["ok", "close", "ok"])
    assert sent(product, 3) == ["sent", "retry", "sent"]
    assert (len(server.kept), server.asked, server.lines) == (3, 3, 2)


def test_a_first_line_that_says_no_is_believed(product: Product, box: Callable[[list[str]], Mailbox]) -> None:
    server = box(["421 4.3.2 closing"])
    assert sent(product, 1) == ["retry"]
    assert (server.asked, server.lines) == (1, 1)


def test_no_line_is_used_for_ever(
    product: Product, box: Callable[[list[str]], Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers count what comes over one."""
    monkeypatch.setattr(mail, "MOST_ON_A_LINE", 2)
    server = box([])
    assert sent(product, 5) == ["sent"] * 5
    assert server.lines == 3
