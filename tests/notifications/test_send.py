"""Sending: leased, repeated with a rest, given up with an alarm, and never from one lane into another."""

import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import User
from foundation import moment
from notifications import queue, send
from notifications.models import Delivery
from notifications.queue import Message, Recipient
from products.models import Product
from tests.notifications.conftest import make_channel, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import hanging, receiver, saying

HERE = pytest.mark.django_db
THREADS = pytest.mark.django_db(transaction=True)


def tell(product: Product, *to: Recipient, about: str = "INC-1/1", key: str = "opened", rank: int = 1) -> int:
    message = Message(f"CRITICAL {about}", "Sign-in fails", "/incidents/INC-1/")
    return queue.tell(about=about, key=key, to=to, message=message, team=product.team, rank=rank, wake=True)


def only() -> Delivery:
    return Delivery.objects.get(route="email")


def mail_to(product: Product, about: str = "INC-1/1", rank: int = 1) -> None:
    tell(product, Recipient("Duty", address="duty@example.test"), about=about, rank=rank)


@HERE
def test_the_same_cause_is_told_once(product: Product, post: Mailbox) -> None:
    assert tell(product, Recipient("Duty", address="duty@example.test")) == 1
    assert tell(product, Recipient("Duty", address="DUTY@example.test")) == 0
    assert (send.drain(), send.drain(), len(post.kept)) == (1, 0, 1)


@HERE
def test_a_mail_has_subject_page_and_a_message_id_that_stays(product: Product, post: Mailbox) -> None:
    mail_to(product)
    send.drain()
    delivery, mail = only(), post.kept[0]
    assert (mail["To"], mail["Subject"]) == ("duty@example.test", "CRITICAL INC-1/1")
    assert mail["Message-ID"] == f"<{delivery.uid}@localhost>"
    assert "http://localhost:8000/incidents/INC-1/" in mail.get_content()
    assert (delivery.state, delivery.attempts, delivery.lease_token) == ("sent", 1, None)
    attempt = delivery.tries.get()
    assert (attempt.number, attempt.outcome, attempt.ended_at is not None) == (1, "sent", True)


@HERE
@pytest.mark.parametrize(("what", "state", "outcome"), [("4xx", "pending", "retry"), ("5xx", "dead", "dead")])
def test_a_mail_server_says_later_or_never(
    product: Product, settings: Settings, what: str, state: str, outcome: str
) -> None:
    with mailbox(lambda n: what) as box:
        use(settings, box)
        mail_to(product)
        send.drain()
    delivery = only()
    assert (delivery.state, delivery.tries.get().outcome) == (state, outcome)
    assert (
        delivery.reason
        == {"4xx": "The mail server said 451 come again", "5xx": "The mail server said 554 never"}[what]
    )


@HERE
def test_a_mail_server_that_is_not_there_is_asked_again(product: Product, settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    use(settings, Mailbox(lambda n: "ok"))
    mail_to(product)
    assert send.drain() == 1
    assert (only().state, only().tries.get().outcome) == ("pending", "retry")


@HERE
def test_the_rest_grows_from_5_s_to_5_min(product: Product) -> None:
    assert [send.rest(n).total_seconds() for n in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]


@HERE
def test_after_24_hours_it_is_dead(product: Product, settings: Settings) -> None:
    with mailbox(lambda n: "4xx") as box:
        use(settings, box)
        mail_to(product)
        Delivery.objects.update(first_due_at=moment.now() - timedelta(hours=24))
        send.drain()
    assert only().state == "dead"
    assert list(Delivery.objects.alarming()) == [only()]


@HERE
def test_a_lease_keeps_others_away_until_it_ends(product: Product, post: Mailbox) -> None:
    mail_to(product)
    first = send.claim("email")
    assert first is not None
    assert (send.claim("email"), send.drain()) == (None, 0)
    Delivery.objects.update(lease_until=moment.now() - timedelta(seconds=1))
    assert send.drain() == 1
    # The slow one comes back and finds that it is no longer its to mark.
    before = only().sent_at
    send.deliver(first)
    assert (only().sent_at, only().attempts, len(post.kept)) == (before, 2, 2)
    assert len(set(post.ids)) == 1


@HERE
def test_what_became_moot_while_it_was_sent_did_arrive(product: Product, post: Mailbox) -> None:
    mail_to(product)
    claimed = send.claim("email")
    assert claimed is not None
    assert queue.cancel("INC-1", reason="resolved") == 1
    send.deliver(claimed)
    assert only().state == "sent"


@HERE
def test_what_became_moot_is_not_tried_again(product: Product, settings: Settings) -> None:
    with mailbox(lambda n: "4xx") as box:
        use(settings, box)
        mail_to(product)
        claimed = send.claim("email")
        assert claimed is not None
        queue.cancel("INC-1", reason="resolved")
        send.deliver(claimed)
    assert (only().state, only().reason) == ("cancelled", "resolved")


@HERE
def test_cancelling_one_incident_leaves_its_namesakes_alone(product: Product, post: Mailbox) -> None:
    mail_to(product, "INC-1/1")
    mail_to(product, "INC-12/1")
    assert queue.cancel("INC-1", reason="resolved") == 1
    assert Delivery.objects.waiting().get().ref == "INC-12"


@HERE
def test_the_worst_and_then_the_newest_goes_first(product: Product, post: Mailbox) -> None:
    for about, rank in (("INC-1/1", 2), ("INC-2/1", 1), ("INC-3/1", 1)):
        mail_to(product, about, rank)
    send.drain()
    assert [mail["Subject"] for mail in post.kept] == [
        "CRITICAL INC-3/1", "CRITICAL INC-2/1", "CRITICAL INC-1/1",
    ]  # fmt: skip


@HERE
def test_a_late_message_says_how_late(product: Product, post: Mailbox) -> None:
    mail_to(product)
    Delivery.objects.update(first_due_at=moment.now() - timedelta(minutes=17))
    send.drain()
    assert "Sent 17 min late." in post.kept[0].get_content()


@HERE
@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "sent"), (204, "sent"), (301, "dead"), (400, "dead"), (401, "dead"), (404, "dead"), (410, "dead"),
        (408, "pending"), (425, "pending"), (429, "pending"), (500, "pending"), (503, "pending"),
    ],
)  # fmt: skip
def test_what_an_answer_means(product: Product, mia: User, status: int, state: str) -> None:
    with receiver(saying(status)) as room:
        channel = make_channel(product, "slack", mia, url=f"{room.url}/hook")
        tell(product, Recipient("Room", channel=channel))
        send.drain()
    assert (Delivery.objects.get().state, len(room.got)) == (state, 1)


@THREADS
def test_one_dead_channel_delays_no_other(product: Product, mia: User, post: Mailbox) -> None:
    """A hanging room with a long queue beside a phone and a mailbox: both have theirs within a second."""
    with receiver(hanging) as dead, receiver() as phone:
        stuck = make_channel(product, "slack", mia, url=f"{dead.url}/hook")
        good = make_channel(product, "ntfy", mia, url=f"{phone.url}/topic")
        for n in range(20):
            tell(product, Recipient("Dead", channel=stuck), about=f"INC-{n + 10}/1")
        send.start_due()
        time.sleep(0.3)
        began = time.monotonic()
        tell(product, Recipient("Phone", channel=good), Recipient("Duty", address="duty@example.test"))
        while time.monotonic() - began < 5 and not (phone.got and post.kept):
            send.start_due()
            time.sleep(0.02)
        took = time.monotonic() - began
        assert (len(phone.got), len(post.kept), took < 1) == (1, 1, True)
        assert len(dead.got) <= send.RUNNERS_PER_LANE
        # What the busy runners will get to is no reason to look again and again.
        due = send.next_due()
        assert due is None or due > moment.now()
        Delivery.objects.waiting().delete()
    assert send.wait(30)


@THREADS
def test_sixty_mails_through_a_bad_server_all_arrive(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4xx, a stall and a line cut after DATA among them: repeats only after the cut, with the same Message-ID."""
    monkeypatch.setattr(send, "FIRST_REST_S", 0.05)
    moods = {3: "4xx", 7: "close", 11: "stall", 16: "close", 20: "4xx", 33: "close", 41: "4xx"}
    with mailbox(lambda n: moods.get(n, "ok")) as box:
        use(settings, box)
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 1
        for n in range(60):
            mail_to(product, f"INC-{n + 1}/1")
        until = time.monotonic() + 45
        while Delivery.objects.waiting().exists() and time.monotonic() < until:
            send.start_due()
            time.sleep(0.05)
        assert send.wait(10)
    assert Delivery.objects.filter(state="sent").count() == 60
    ids = box.ids
    assert (len(set(ids)), len(ids)) == (60, 63)
