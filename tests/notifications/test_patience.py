"""How often a message is tried, what keeps its time, and from when on people hear that it does not arrive."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from foundation import moment
from live.models import Announcement
from notifications import queue, send, ways
from notifications.lanes import Lanes
from notifications.models import Delivery
from notifications.queue import Message, Recipient
from products.models import Product
from tests.notifications.conftest import make_channel, opened, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Take, receiver, saying
from tests.notifications.test_send import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
PAGE = b"<!doctype html><title>Sign in</title>"
DUTY = Recipient("Duty", address="duty@example.test")


@pytest.fixture(autouse=True)
def fresh_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "lanes", Lanes())


def a_page(take: Take) -> None:
    take.say(200, PAGE)


def ago(minutes: float) -> None:
    """As if that had passed since everything that was noted so far."""
    for row in Delivery.objects.all():
        for name in ("due_at", "first_due_at", "refused_at", "created_at"):
            if getattr(row, name):
                setattr(row, name, getattr(row, name) - timedelta(minutes=minutes))
        row.save()
        for attempt in row.tries.all():
            attempt.started_at -= timedelta(minutes=minutes)
            attempt.ended_at = attempt.ended_at and attempt.ended_at - timedelta(minutes=minutes)
            attempt.save()


@pytest.mark.parametrize("kind", ["slack", "ntfy", "teams"])
def test_a_web_page_in_a_rooms_place_alarms_at_once_and_the_room_is_told_three_times_at_most(
    client: Client, product: Product, mia: User, kind: str
) -> None:
    with receiver(a_page) as room:
        channel = make_channel(product, kind, mia, url=f"{room.url}/hook")
        tell(product, Recipient("Room", channel=channel))
        waited = []
        for _n in range(5):
            send.drain()
            row = Delivery.objects.get()
            assert list(Delivery.objects.alarming()) == [row]
            if row.state == "pending":
                waited.append(round((row.due_at - moment.now()).total_seconds() / 60))
            ago(10.1)
    assert (row.state, row.unsure, row.attempts, waited, len(room.got)) == ("dead", True, 3, [1, 10], 3)
    client.force_login(mia)
    assert "<b>1 message</b> may not have arrived." in client.get("/").text
    page = client.get("/settings/channels/").text
    assert ("may have arrived" in page, "given up after 3 attempts" in page) == (True, True)
    # A person may send it again, and it has as many tries as before.
    assert ways.retry(row, by=mia)
    again = Delivery.objects.get()
    assert (again.unsure, again.refused_at, again.stuck_at) == (False, None, None)


def test_a_portal_that_is_gone_a_minute_later_delivers(product: Product, mia: User) -> None:
    answers = [a_page, saying(200)]
    with receiver(lambda take: answers.pop(0)(take)) as phone:
        tell(product, Recipient("Phone", channel=make_channel(product, "ntfy", mia, url=f"{phone.url}/t")))
        send.drain()
        ago(1.1)
        send.drain()
    assert (Delivery.objects.get().state, Delivery.objects.alarming().count()) == ("sent", 0)


def test_a_program_that_answers_with_a_page_has_it(client: Client, product: Product, mia: User) -> None:
    """Standard Webhooks: a 2xx is the receiver's word, whatever stands below it."""
    with receiver(a_page) as program:
        channel = make_channel(product, "webhook", mia, url=f"{program.url}/hook")
        tell(product, Recipient("Program", channel=channel))
        send.drain()
        ago(60)
        send.drain()
        outcome = ways.send_test(channel, by=mia)
    row = Delivery.objects.get(key="opened")
    assert (row.state, len(program.got), Delivery.objects.alarming().count()) == ("sent", 2, 0)
    assert outcome.detail == (
        "Answered 200 with a web page. If your program does not answer so, look at the address."
    )


def test_a_test_that_meets_a_page_says_that_nobody_knows(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    with receiver(a_page) as room:
        channel = make_channel(product, "slack", mia, url=f"{room.url}/hook")
        said = client.post(f"/settings/channels/{channel.pk}/test/", follow=True).text
    assert (
        "The test to slack room: Answered 200 with a web page: it may or may not have been delivered." in said
    )
    assert "failed" not in said.partition('id="messages"')[2].partition("</div>")[0]
    assert Delivery.objects.alarming().count() == 0


def hangs_up(take: Take) -> None:
    """It has read all of it."""
    take.close_connection = True


def half_done(take: Take) -> None:
    take.say(200, b'{"ok": false, "error": "fatal_error"}')


def minutes_of_an_hour() -> list[float]:
    """When it is tried within one hour, in minutes."""
    at, tried = 0.0, []
    while at < 60:
        tried.append(round(at, 1))
        send.drain()
        rest = (Delivery.objects.get().due_at - moment.now()).total_seconds() / 60
        ago(rest + 0.001)
        at += rest
    return tried


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("slack", hangs_up),
        ("ntfy", hangs_up),
        ("teams", hangs_up),
        ("slack", saying(504)),
        ("ntfy", saying(524)),
        ("slack", half_done),
    ],
)
def test_who_takes_a_message_and_never_says_so_is_told_ever_more_rarely(
    client: Client, product: Product, mia: User, kind: str, answer: Callable[[Take], None]
) -> None:
    """Each may have arrived: it came 17 times in an hour, and three hundred in a day."""
    with receiver(answer) as room:
        tell(product, Recipient("Room", channel=make_channel(product, kind, mia, url=f"{room.url}/x")))
        assert minutes_of_an_hour() == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
        row = Delivery.objects.get()
        assert (row.state, row.trouble, len(room.got)) == ("pending", "unsure", 7)
    client.force_login(mia)
    assert "<b>1 message</b> may not have arrived." in client.get("/").text


@pytest.mark.parametrize(
    ("kind", "answer"), [("webhook", hangs_up), ("slack", saying(503)), ("ntfy", saying(502))]
)
def test_a_program_that_knows_repeats_and_who_says_no_are_asked_as_often_as_before(
    product: Product, mia: User, kind: str, answer: Callable[[Take], None]
) -> None:
    with receiver(answer) as room:
        tell(product, Recipient("Room", channel=make_channel(product, kind, mia, url=f"{room.url}/x")))
        assert len(minutes_of_an_hour()) == 17
    assert Delivery.objects.get().trouble == "stuck"


def test_where_nobody_listens_nothing_can_have_arrived(product: Product, mia: User) -> None:
    with receiver() as gone:
        url = gone.url
    tell(product, Recipient("Room", channel=make_channel(product, "slack", mia, url=f"{url}/x")))
    assert len(minutes_of_an_hour()) == 17
    assert Delivery.objects.get().trouble == "stuck"


def test_a_mail_server_that_hangs_up_after_the_text_gets_it_ever_more_rarely(
    product: Product, settings: Settings
) -> None:
    with mailbox(lambda n: "close") as box:
        use(settings, box)
        tell(product, DUTY)
        assert minutes_of_an_hour() == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
        assert (len(box.kept), len(set(box.ids)), Delivery.objects.get().trouble) == (7, 1, "unsure")


def test_a_mail_server_that_refuses_the_text_for_now_is_asked_as_before(
    product: Product, settings: Settings
) -> None:
    with mailbox(lambda n: "4xx") as box:
        use(settings, box)
        tell(product, DUTY)
        assert (len(minutes_of_an_hour()), Delivery.objects.get().unsure) == (17, False)


def planned(product: Product, to: Recipient, about: str, key: str = "owed") -> Delivery:
    """For the morning: nobody is woken by it."""
    at = moment.now() + timedelta(minutes=7)
    message = Message(f"{about} {key}", "Tomorrow")
    queue.tell(about=about, key=key, to=[to], message=message, team=product.team, rank=1, wake=False)
    row = Delivery.objects.get(about=about, key=key)
    row.due_at = row.first_due_at = at
    row.save()
    return row


def test_what_is_planned_for_later_keeps_its_time_when_its_server_asks_us_to_wait(
    product: Product, mia: User
) -> None:
    with receiver(saying(429, **{"Retry-After": "600"})) as server:
        room = Recipient("Room", channel=make_channel(product, "slack", mia, url=f"{server.url}/x"))
        morning = planned(product, room, "INC-2/1")
        tell(product, room, about="INC-1/1")
        tell(product, room, about="INC-3/1")
        assert send.drain() == 1
    found = Delivery.objects.get(pk=morning.pk)
    assert (found.due_at, found.reason) == (morning.due_at, "")
    assert Delivery.objects.filter(reason="Answered 429.").count() == 2


def test_what_is_planned_for_the_morning_does_not_leave_tonight_with_what_rings(
    product: Product, post: Mailbox
) -> None:
    tell(product, DUTY, about="INC-1/1", key="opened", subject="It is open")
    morning = planned(product, DUTY, "INC-1/2")
    assert (send.drain(), [one["Subject"] for one in post.kept]) == (1, ["It is open"])
    found = Delivery.objects.get(pk=morning.pk)
    assert (found.state, found.due_at) == ("pending", morning.due_at)


def test_an_update_for_the_morning_keeps_its_time_when_the_one_before_it_leaves(
    product: Product, post: Mailbox
) -> None:
    tell(product, DUTY, about="INC-1/1", key="update", subject="The first")
    morning = planned(product, DUTY, "INC-1/2", key="update")
    send.drain()
    found = Delivery.objects.get(pk=morning.pk)
    assert (found.state, found.due_at, len(post.kept)) == ("pending", morning.due_at, 1)


def nobody_listens(settings: Settings) -> None:
    use(settings, Mailbox(lambda n: "ok"))
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS["default"]["OPTIONS"]["port"] = 9


def test_a_server_that_is_not_there_is_said_on_the_pages_within_two_minutes_and_tried_on(
    client: Client, product: Product, settings: Settings, ada: User
) -> None:
    nobody_listens(settings)
    incident = opened(product, "CRITICAL")
    Delivery.objects.exclude(route="email").delete()
    client.force_login(ada)
    path = f"/incidents/{incident.ref}/"

    def pages() -> tuple[bool, bool, bool]:
        return (
            "<b>1 message</b> has not arrived yet." in client.get("/").text,
            "1 message has not arrived yet" in client.get(path).text,
            "does not get through" in client.get("/settings/channels/").text,
        )

    send.drain()
    ago(0.25)
    send.drain()
    # A server that starts anew takes seconds.
    assert (pages(), Delivery.objects.get().attempts) == ((False, False, False), 2)
    ago(1.75)
    send.drain()
    row = Delivery.objects.get()
    assert (pages(), row.state, row.attempts) == ((True, True, True), "pending", 3)
    Delivery.objects.update(due_at=moment.now())
    with mailbox() as box:
        use(settings, box)
        send.drain()
    assert (pages(), Delivery.objects.get().state) == ((False, False, False), "sent")


def test_open_pages_hear_when_the_first_gets_stuck_and_when_the_last_is_through(
    product: Product, settings: Settings, ada: User, ben: User
) -> None:
    nobody_listens(settings)
    incident = opened(product, "CRITICAL")
    Delivery.objects.exclude(route="email").delete()

    def told_by_sending() -> int:
        # Within one transaction the same is told once.
        Announcement.objects.all().delete()
        send.drain()
        return Announcement.objects.filter(topic=f"incident:{incident.pk}", event="refresh").count()

    assert told_by_sending() == 0
    ago(2)
    assert (told_by_sending(), Delivery.objects.exclude(stuck_at=None).count()) == (1, 2)
    Delivery.objects.update(due_at=moment.now())
    assert told_by_sending() == 0
    Delivery.objects.update(due_at=moment.now())
    with mailbox() as box:
        use(settings, box)
        assert (told_by_sending(), len(box.kept)) == (1, 2)


def test_who_asks_for_ten_minutes_makes_what_waits_there_late_at_once(product: Product, mia: User) -> None:
    with receiver(saying(429, **{"Retry-After": "600"})) as server:
        room = Recipient("Room", channel=make_channel(product, "slack", mia, url=f"{server.url}/x"))
        for n in (1, 2):
            tell(product, room, about=f"INC-{n}/1")
        queue.tell(
            about="INC-3/1",
            key="owed",
            to=[room],
            message=Message("s", "b"),
            team=product.team,
            rank=1,
            wake=False,
        )
        Delivery.objects.filter(key="owed").update(due_at=moment.now(), first_due_at=moment.now())
        assert send.drain() == 1
    assert sorted(Delivery.objects.alarming().values_list("about", flat=True)) == ["INC-1/1", "INC-2/1"]


def test_what_wakes_nobody_may_take_a_quarter_of_an_hour(product: Product, settings: Settings) -> None:
    nobody_listens(settings)
    tell(product, DUTY)
    Delivery.objects.update(urgency=2)
    send.drain()
    ago(10)
    send.drain()
    assert Delivery.objects.alarming().count() == 0
    ago(5)
    send.drain()
    assert Delivery.objects.alarming().count() == 1
