"""Sending: leased, repeated with a rest, given up with an alarm, and never from one lane into another."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from foundation import moment
from notifications import queue, send
from notifications.models import Delivery
from notifications.queue import Message, Recipient
from products.models import Product
from tests.notifications.conftest import make_channel, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Take, receiver, saying

pytestmark = pytest.mark.usefixtures("house")

HERE = pytest.mark.django_db
# Claim: two savepoints, read, is it still theirs, is there an older one, lease, attempt. Mark: two, attempt, message.
A_MESSAGE = 8


def tell(
    product: Product,
    *to: Recipient,
    about: str = "INC-1/1",
    key: str = "opened",
    rank: int = 1,
    subject: str = "",
) -> int:
    message = Message(subject or f"CRITICAL {about}", "Sign-in fails", "/incidents/INC-1/")
    return queue.tell(about=about, key=key, to=to, message=message, team=product.team, rank=rank, wake=True)


def only() -> Delivery:
    return Delivery.objects.get(route="email")


def mail_to(product: Product, about: str = "INC-1/1", rank: int = 1) -> None:
    tell(product, Recipient("Duty", address="duty@example.test"), about=about, rank=rank)


@HERE
@pytest.mark.parametrize("unseen", ["\u2028", "\u2029", "\x85", "\x0b", "\u00a0\u2028"])
def test_a_title_with_a_line_break_that_nobody_sees_is_told_by_mail(
    product: Product, post: Mailbox, unseen: str
) -> None:
    tell(
        product,
        Recipient("Duty", address="duty@example.test"),
        subject=f"CRITICAL INC-1: Sign-in{unseen}fails",
    )
    assert (send.drain(), only().state) == (1, "sent")
    assert post.kept[0]["Subject"] == "CRITICAL INC-1: Sign-in fails"


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
    said = post.kept[0].get_content()
    assert said.startswith("Delayed 17 min: Nightdesk was not running, or busy.")


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


def _breaks_off(take: Take) -> None:
    """A 200, and a body that never comes whole."""
    take.send_response(200)
    take.send_header("Content-Length", "100")
    take.end_headers()
    take.wfile.write(b"o")
    take.close_connection = True


@HERE
@pytest.mark.parametrize("kind", ["slack", "ntfy", "webhook", "teams"])
def test_who_said_200_and_breaks_off_has_it_and_gets_it_once(product: Product, mia: User, kind: str) -> None:
    with receiver(_breaks_off) as room:
        channel = make_channel(product, kind, mia, url=f"{room.url}/hook")
        tell(product, Recipient("Room", channel=channel))
        send.drain()
        Delivery.objects.waiting().update(due_at=moment.now())
        send.drain()
    assert (Delivery.objects.get().state, len(room.got)) == ("sent", 1)


@HERE
@pytest.mark.parametrize(
    ("body", "state", "said"),
    [
        ("invalid_payload", "dead", "invalid_payload"),
        ('{"ok": false, "error": "channel_not_found"}', "dead", "channel_not_found"),
        ('{"ok": false, "error": "invalid_auth"}', "dead", "invalid_auth"),
        ('{"ok": false, "error": "ratelimited"}', "pending", "ratelimited"),
        ('{"ok": false, "error": "fatal_error"}', "pending", "fatal_error"),
        ('{"ok": false, "error": "internal_error"}', "pending", "internal_error"),
        ('{"ok": false, "error": "service_unavailable"}', "pending", "service_unavailable"),
        ("rollup_error", "pending", "rollup_error"),
        ('{"success": false, "error": "no\\nroom"}', "dead", "no room"),
        ('{"result": "error", "msg": "Stream gone"}', "dead", "Stream gone"),
        ('{"code": 40009, "http": 400, "error": "invalid request: topic invalid"}', "dead", "topic invalid"),
        ('{"code": 42908, "http": 429, "error": "limit reached"}', "pending", "limit reached"),
        ('{"ok": false, "error": "odd: /l/WzEsImFja25vd2xlZGdlIl0:1xYz"}', "dead", "odd: /l/…"),
        ("<!doctype html><title>Sign in</title>", "pending", "may or may not have been delivered"),
        ("\ufeff<!-- proxy -->\n<HTML><body>Sign in", "pending", "may or may not have been delivered"),
        ("<!--" * 20_000, "sent", ""),
        ("<!---->" * 280, "sent", ""),
        ('<?xml version="1.0"?><response>taken</response>', "sent", ""),
        # What those that take it say.
        ("ok", "sent", ""),
        ("", "sent", ""),
        ('{"success": true}', "sent", ""),
        ('{"id": "xE7", "event": "message", "topic": "house", "message": "invalid_payload"}', "sent", ""),
        ("[" * 60_000, "sent", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["slack", "ntfy"])
def test_a_200_that_says_no_is_no_delivery(
    product: Product, mia: User, kind: str, body: str, state: str, said: str
) -> None:
    with receiver(lambda take: take.say(200, body.encode())) as room:
        channel = make_channel(product, kind, mia, url=f"{room.url}/hook")
        tell(product, Recipient("Room", channel=channel))
        send.drain()
    delivery = Delivery.objects.get()
    assert (delivery.state, said in delivery.reason) == (state, True)


@HERE
@pytest.mark.parametrize(
    ("packed", "page", "unsure"),
    [
        (True, b"<html>Sign in", True),
        (False, "<html>Sign in".encode("utf-16"), True),
        (True, b" " * 10**7 + b"<html>", False),
    ],
    ids=["packed", "wide", "a bomb"],
)
def test_a_page_is_one_also_where_it_comes_packed_or_wide(
    product: Product, mia: User, packed: bool, page: bytes, unsure: bool
) -> None:
    body = gzip.compress(page)[:20_000] if packed else page
    with receiver(lambda take: take.say(200, body)) as room:
        tell(product, Recipient("R", channel=make_channel(product, "ntfy", mia, url=f"{room.url}/x")))
        send.drain()
    assert Delivery.objects.get().unsure == unsure


@HERE
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"no_service", "Answered 404: nothing takes messages at this address (any more). Enter a new one. "
         "(no_service)"),
        (410, b"channel_is_archived", "Answered 410: nothing takes messages at this address (any more). Enter a new "
         "one. (channel_is_archived)"),
        (403, b'{"code":40301,"http":403,"error":"forbidden"}', "Answered 403: it does not let us write there. Look "
         "at the address and its token. (forbidden)"),
        (401, b"<html>Sign in</html>", "Answered 401: it does not let us write there. Look at the address and its "
         "token."),
        (413, b"", "Answered 413: the message is too long for it."),
    ],
)  # fmt: skip
def test_who_takes_nothing_more_says_what_is_to_be_done(
    product: Product, mia: User, status: int, body: bytes, said: str
) -> None:
    with receiver(lambda take: take.say(status, body)) as room:
        channel = make_channel(product, "ntfy", mia, url=f"{room.url}/hook")
        tell(product, Recipient("Room", channel=channel))
        send.drain()
    assert (Delivery.objects.get().state, Delivery.objects.get().reason) == ("dead", said)


@HERE
def test_what_rings_goes_before_what_only_says_that_it_is_over(product: Product, post: Mailbox) -> None:
    """In a backlog the newest breach of a small one goes before yesterday's news of a big one, and both before what
    could wait for the morning."""
    to = Recipient("Duty", address="duty@example.test")
    same: dict[str, Any] = {"to": [to], "team": product.team}
    queue.tell(about="INC-1/1", key="opened", message=Message("breach", ""), rank=3, wake=True, **same)
    queue.tell(
        about="INC-2/1", key="resolved", message=Message("over", "", over=True), rank=1, wake=True, **same
    )
    queue.tell(about="INC-3/1", key="owed", message=Message("owed", ""), rank=1, wake=False, **same)
    Delivery.objects.update(due_at=moment.now())
    send.drain()
    assert [mail["Subject"] for mail in post.kept] == ["breach", "over", "owed"]


@HERE
def test_what_a_message_asks_of_the_database_does_not_grow_with_what_waits(
    product: Product, post: Mailbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Nothing is asked twice, and nothing of what carries no others, tries for the first time and is in no thread."""
    for number in range(30):
        mail_to(product, f"INC-{number + 1}/1")
    with django_assert_max_num_queries(A_MESSAGE):
        claimed = send.claim("email")
        assert claimed
        send.deliver(claimed)
    assert (len(post.kept), Delivery.objects.waiting().count()) == (1, 29)
