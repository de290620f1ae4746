"""One dead channel, or fifty, delay no other by a second; and the threads stay bounded."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from accounts.models import User
from config.schedule import PROMPT
from config.ticker import TickerLoop
from foundation import moment
from notifications import lanes, send
from notifications.lanes import Lanes
from notifications.models import Delivery
from notifications.queue import Recipient
from products.models import Product
from tests.notifications.conftest import make_channel, use
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Receiver, receiver
from tests.notifications.test_send import mail_to, tell
from tests.patience import MUST_S, until

THREADS = pytest.mark.usefixtures("sender")


@pytest.fixture
def sender(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing known from before; none runs on into the next test."""
    fresh = Lanes()
    monkeypatch.setattr(send, "lanes", fresh)
    yield
    Delivery.objects.waiting().update(state="cancelled")
    assert fresh.wait(60)


@contextmanager
def dead_end() -> Iterator[Receiver]:
    """Takes messages and is silent until the test has seen what it wants to see; who waits gives up after 10 s."""
    over = threading.Event()
    with receiver(lambda _take: void(over.wait(60))) as dead:
        try:
            yield dead
        finally:
            over.set()


def void(_answer: object) -> None:
    return


def seconds_until(arrived: Callable[[], object], *, at_most: float = MUST_S) -> float:
    """How long it takes until `arrived()`, while the sender is woken as the ticker does."""
    began = time.monotonic()
    while not arrived():
        assert time.monotonic() - began < at_most, "it did not arrive"
        send.start_due()
        time.sleep(0.02)
    return time.monotonic() - began


def quickest(say: Callable[[int], None], arrived: Callable[[int], object]) -> float:
    """Of up to three one after another, while the dead hang: a machine that is busy with something else for a moment
    is not what is measured. Each has come before the first of the dead is given up."""
    took: list[float] = []
    while len(took) < 3 and min(took, default=1.0) >= 1:
        say(len(took) + 1)
        took.append(seconds_until(lambda: arrived(len(took) + 1), at_most=8 - sum(took)))
    return min(took)


@THREADS
def test_one_dead_channel_delays_no_other(product: Product, mia: User, post: Mailbox) -> None:
    """A hanging room with a long queue beside a phone and a mailbox: both have theirs within a second."""
    with dead_end() as dead, receiver() as phone:
        stuck = make_channel(product, "slack", mia, url=f"{dead.url}/hook")
        good = make_channel(product, "ntfy", mia, url=f"{phone.url}/topic")
        for n in range(20):
            tell(product, Recipient("Dead", channel=stuck), about=f"INC-{n + 10}/1")
        send.start_due()
        seconds_until(lambda: dead.got)
        both = Recipient("Phone", channel=good), Recipient("Duty", address="duty@example.test")
        took = quickest(
            lambda n: void(tell(product, *both, about=f"INC-{n}/9")),
            lambda n: (len(phone.got), len(post.kept)) == (n, n),
        )
        assert took < 1
        assert len(dead.got) <= lanes.PER_LANE
        # What the busy runners will get to is no reason to look again and again.
        due = send.next_due()
        assert due is None or due > moment.now()


@THREADS
def test_a_mail_server_that_stalls_delays_no_phone(
    product: Product, mia: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.mail.AFTER_DATA_S", 3.0)
    with mailbox(lambda n: "stall") as box, receiver() as phone:
        use(settings, box)
        settings.MAILERS["default"]["OPTIONS"]["timeout"] = 3
        good = make_channel(product, "ntfy", mia, url=f"{phone.url}/topic")
        for n in range(30):
            mail_to(product, f"INC-{n + 10}/1")
        send.start_due()
        seconds_until(lambda: box.asked)
        took = quickest(
            lambda n: void(tell(product, Recipient("Phone", channel=good), about=f"INC-{n}/9")),
            lambda n: len(phone.got) == n,
        )
        assert (took < 1, box.asked <= lanes.MAIL) == (True, True)


@THREADS
def test_sixty_dead_channels_at_once_delay_no_phone_and_no_mail(
    product: Product, mia: User, post: Mailbox
) -> None:
    """All of them fresh, nothing known of them yet, each with three messages that wait."""
    with dead_end() as dead, receiver() as phone:
        good = make_channel(product, "ntfy", mia, url=f"{phone.url}/topic")
        for n in range(60):
            stuck = make_channel(product, "slack", mia, url=f"{dead.url}/{n}")
            for m in range(3):
                tell(product, Recipient("Dead", channel=stuck), about=f"INC-{m + 10}/1")
        began = time.monotonic()
        send.start_due()
        assert time.monotonic() - began < 5  # it hands over; waiting for one of the dead would take ten
        seconds_until(lambda: len(dead.got) >= 60)
        both = Recipient("Phone", channel=good), Recipient("Duty", address="duty@example.test")
        took = quickest(
            lambda n: void(tell(product, *both, about=f"INC-{n}/9")),
            lambda n: (len(phone.got), len(post.kept)) == (n, n),
        )
        assert took < 1
        assert len([one for one in threading.enumerate() if one.name.startswith("send ")]) <= lanes.MOST


def test_a_lane_has_three_runners_mail_six_and_a_silent_one_a_single_one() -> None:
    found = Lanes()
    assert [found.enlist("slack:1") for _n in range(4)] == [True, True, True, False]
    assert [found.enlist("email") for _n in range(7)] == [True] * 6 + [False]
    for _n in range(lanes.SILENT_AFTER):
        assert not found.heard("slack:2", works=False)
    assert [found.enlist("slack:2") for _n in range(2)] == [True, False]
    assert found.heard("slack:2", works=True)
    assert not found.heard("slack:2", works=True)
    assert found.enlist("slack:2")
    assert sorted(found.full() or []) == ["email", "slack:1"]


def test_dead_lanes_leave_places_to_the_living_and_mail_always_has_one() -> None:
    found = Lanes()
    for n in range(lanes.MOST + 10):
        found.heard(f"dead:{n}", works=False)
    assert sum(found.enlist(f"dead:{n}") for n in range(lanes.MOST + 10)) == lanes.MOST - lanes.KEPT
    assert found.full() is None
    assert sum(found.enlist(f"live:{n}") for n in range(lanes.MOST)) == lanes.KEPT
    assert (found.enlist("one more"), found.enlist("email")) == (False, True)


@THREADS
def test_mail_leaves_within_a_second_where_so_many_hang_that_nothing_is_called_due(
    product: Product, mia: User, post: Mailbox
) -> None:
    loop = TickerLoop(tuple(one for one in PROMPT if one.name == "messages"), ())
    loop.tick(woken=True)
    hanging = [f"dead:{n}" for n in range(lanes.MOST - lanes.KEPT)]
    assert sum(map(send.lanes.enlist, hanging)) == len(hanging)
    mail_to(product, "INC-1/1")
    assert send.next_due() is None
    loop.last_run["messages"] -= 1
    loop.tick(woken=True)
    until(lambda: post.kept, "the mail")
    for lane in hanging:
        send.lanes.leave(lane)


@THREADS
def test_sixty_rooms_ask_for_no_more_connections_than_the_database_has(product: Product, mia: User) -> None:
    with receiver() as quick:
        for n in range(60):
            tell(product, Recipient("R", channel=make_channel(product, "slack", mia, url=f"{quick.url}/{n}")))
        seconds_until(lambda: len(quick.got) == 60, at_most=60)
        assert send.wait(60)
    assert (len(quick.got), Delivery.objects.exclude(state="sent").count()) == (60, 0)
