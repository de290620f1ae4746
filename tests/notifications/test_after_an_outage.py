"""After an outage: the worst and newest first, one message per incident and person, and how late it is and why."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import User
from foundation import moment
from notifications import queue, send, ways
from notifications.lanes import SILENT_AFTER, Lanes
from notifications.models import Attempt, Delivery, State
from notifications.queue import Recipient
from products.models import Product
from tests.notifications.conftest import make_channel, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import receiver, saying
from tests.notifications.test_send import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
DUTY = Recipient("Duty", address="duty@example.test")


@pytest.fixture(autouse=True)
def fresh_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "lanes", Lanes())


def nobody_listens(settings: Settings) -> None:
    use(settings, Mailbox(lambda n: "ok"))
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS["default"]["OPTIONS"]["port"] = 9


def minutes_ago(minutes: int, **which: str) -> None:
    then = moment.now() - timedelta(minutes=minutes)
    Delivery.objects.filter(**which).update(due_at=then, first_due_at=then, created_at=then)


def test_one_message_per_incident_and_person_says_what_was_not_told(
    product: Product, settings: Settings
) -> None:
    nobody_listens(settings)
    tell(product, DUTY, about="INC-1/1", key="opened", subject="CRITICAL INC-1: Sign-in fails")
    tell(product, DUTY, about="INC-2/1", key="opened", subject="CRITICAL INC-2: Payments fail")
    minutes_ago(14)
    assert send.drain() == 2
    tell(product, DUTY, about="INC-1/response.1", key="warned", subject="CRITICAL INC-1: time is running out")
    tell(product, DUTY, about="INC-1/2", key="breached", subject="CRITICAL INC-1: time ran out")
    assert send.drain() == 1
    Delivery.objects.waiting().update(due_at=moment.now())
    with mailbox() as box:
        use(settings, box)
        assert send.drain() == 2
    texts = {mail["Subject"]: str(mail.get_content()) for mail in box.kept}
    assert set(texts) == {"CRITICAL INC-1: time ran out", "CRITICAL INC-2: Payments fail"}
    said = texts["CRITICAL INC-1: time ran out"].splitlines()
    assert said[0] == "Delayed 14 min: the mail server takes no connections."
    told = said.index("Not told before:")
    assert [line.split(" ", 2)[2] for line in said[told + 1 : told + 3]] == [
        "CRITICAL INC-1: Sign-in fails", "CRITICAL INC-1: time is running out",
    ]  # fmt: skip
    assert "Not told before" not in texts["CRITICAL INC-2: Payments fail"]
    carried = Delivery.objects.filter(about__startswith="INC-1/").exclude(key="breached")
    assert {(row.state, row.reason, row.carrier and row.carrier.key) for row in carried} == {
        ("cancelled", "The newer message says it too.", "breached")
    }


ALL = ("opened", "warned", "breached", "passed")


def four(product: Product) -> None:
    for key in ALL:
        tell(product, DUTY, about=f"INC-1/{key}", key=key, subject=f"INC-1 {key}")


def states() -> dict[str, str]:
    return dict(Delivery.objects.order_by("pk").values_list("key", "state"))


def test_what_a_message_carried_is_told_when_that_one_becomes_moot(
    product: Product, settings: Settings
) -> None:
    nobody_listens(settings)
    four(product)
    assert send.drain() == 1
    assert queue.cancel("INC-1", reason="acknowledged by Ada", keys=["opened", "passed", "stranded"]) == 1
    assert states() == {
        "opened": "cancelled",
        "warned": "pending",
        "breached": "pending",
        "passed": "cancelled",
    }
    assert {row.carrier for row in Delivery.objects.waiting()} == {None}
    minutes_ago(14, state=State.PENDING)
    with mailbox() as box:
        use(settings, box)
        assert send.drain() == 1
    (mail,) = box.kept
    said = str(mail.get_content()).splitlines()
    assert (mail["Subject"], said[0]) == (
        "INC-1 breached", "Delayed 14 min: the mail server takes no connections.",
    )  # fmt: skip
    told = said.index("Not told before:")
    assert said[told + 1].endswith("INC-1 warned")
    assert "INC-1 opened" not in said[told + 2 :]


def test_what_is_over_takes_everything_along(product: Product, settings: Settings) -> None:
    nobody_listens(settings)
    four(product)
    send.drain()
    queue.cancel("INC-1", reason="resolved")
    assert set(states().values()) == {"cancelled"}


def test_what_a_held_message_carried_is_held_when_that_one_becomes_moot(
    product: Product, settings: Settings
) -> None:
    nobody_listens(settings)
    four(product)
    send.drain()
    Delivery.objects.waiting().update(state=State.HELD)
    queue.cancel("INC-1", reason="acknowledged by Ada", keys=["opened", "passed"])
    assert states() == {"opened": "cancelled", "warned": "held", "breached": "held", "passed": "cancelled"}


def test_what_becomes_moot_on_its_way_and_arrives_has_said_what_it_carried(
    product: Product, post: Mailbox
) -> None:
    four(product)
    claimed = send.claim("email")
    assert claimed is not None
    queue.cancel("INC-1", reason="acknowledged by Ada", keys=["opened", "passed"])
    assert (states()["breached"], send.drain()) == ("pending", 0)
    send.deliver(claimed)
    Delivery.objects.update(due_at=moment.now())
    assert (send.drain(), len(post.kept), states()["breached"]) == (0, 1, "cancelled")


def test_what_becomes_moot_on_its_way_and_is_lost_there_leaves_what_it_carried(
    product: Product, settings: Settings
) -> None:
    nobody_listens(settings)
    four(product)
    claimed = send.claim("email")
    assert claimed is not None
    queue.cancel("INC-1", reason="acknowledged by Ada", keys=["opened", "passed"])
    send.deliver(claimed)
    Delivery.objects.update(due_at=moment.now())
    with mailbox() as box:
        use(settings, box)
        assert send.drain() == 1
    assert [mail["Subject"] for mail in box.kept] == ["INC-1 breached"]


def test_two_people_each_have_their_own(product: Product, post: Mailbox) -> None:
    other = Recipient("Night", address="night@example.test")
    for key in ("opened", "breached"):
        tell(product, DUTY, other, about=f"INC-1/{key}", key=key)
    assert send.drain() == 2
    assert sorted(mail["To"] for mail in post.kept) == ["duty@example.test", "night@example.test"]


def test_a_program_gets_every_event(product: Product, mia: User) -> None:
    with receiver() as server:
        hook = make_channel(product, "webhook", mia, url=f"{server.url}/hook")
        for key in ("opened", "breached"):
            tell(product, Recipient("Hook", channel=hook), about=f"INC-1/{key}", key=key)
        send.drain()
    assert len(server.got) == 2


def test_what_is_being_sent_at_the_moment_is_not_taken_along(product: Product, post: Mailbox) -> None:
    tell(product, DUTY, about="INC-1/1", key="opened")
    first = send.claim("email")
    assert first is not None
    tell(product, DUTY, about="INC-1/2", key="breached")
    assert send.drain() == 1
    send.deliver(first)
    assert [row.state for row in Delivery.objects.order_by("pk")] == ["sent", "sent"]
    assert all("Not told before" not in str(mail.get_content()) for mail in post.kept)


def test_when_it_answers_again_the_worst_goes_first_and_none_waits_for_its_rest(
    product: Product, settings: Settings
) -> None:
    nobody_listens(settings)
    for number, rank in ((1, 3), (2, 1), (3, 2), (4, 1)):
        tell(product, DUTY, about=f"INC-{number}/1", rank=rank)
    assert send.drain() == 4 > SILENT_AFTER
    later = moment.now() + timedelta(minutes=5)
    Delivery.objects.update(due_at=later)
    Delivery.objects.filter(about="INC-1/1").update(due_at=moment.now())
    with mailbox() as box:
        use(settings, box)
        assert send.drain() == 4
    assert [mail["Subject"] for mail in box.kept] == [
        "CRITICAL INC-1/1", "CRITICAL INC-4/1", "CRITICAL INC-2/1", "CRITICAL INC-3/1",
    ]  # fmt: skip


def test_what_was_never_tried_is_our_own_fault(product: Product, post: Mailbox) -> None:
    tell(product, DUTY)
    minutes_ago(200)
    send.drain()
    first = str(post.kept[0].get_content()).splitlines()[0]
    assert first == "Delayed 200 min: Nightdesk was not running, or busy."


def test_what_a_person_sends_again_is_as_late_as_it_is(
    product: Product, settings: Settings, mia: User
) -> None:
    nobody_listens(settings)
    tell(product, DUTY)
    send.drain()
    minutes_ago(20 * 60 + 5)
    Attempt.objects.update(started_at=moment.now() - timedelta(hours=20, minutes=5))
    Delivery.objects.update(state="dead")
    with mailbox() as box:
        use(settings, box)
        assert ways.retry(Delivery.objects.get(), by=mia)
        send.drain()
    first = str(box.kept[0].get_content()).splitlines()[0]
    assert first == "Delayed 20 h: the mail server takes no connections."


def test_two_minutes_are_no_delay(product: Product, post: Mailbox) -> None:
    tell(product, DUTY)
    minutes_ago(1)
    send.drain()
    assert "Delayed" not in str(post.kept[0].get_content())


def test_a_night_that_was_waited_through_on_purpose_is_no_delay(product: Product, post: Mailbox) -> None:
    tell(product, DUTY)
    Delivery.objects.update(created_at=moment.now() - timedelta(hours=9))
    send.drain()
    assert "Delayed" not in str(post.kept[0].get_content())


def test_a_room_says_what_it_answered(product: Product, mia: User) -> None:
    answers = [saying(503), saying(200)]
    with receiver(lambda take: answers.pop(0)(take)) as server:
        room = make_channel(product, "slack", mia, url=f"{server.url}/x")
        tell(product, Recipient("Room", channel=room))
        send.drain()
        minutes_ago(3)
        send.drain()
    assert b"Delayed 3 min: answered 503." in server.got[1].body
