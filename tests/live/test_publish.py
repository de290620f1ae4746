"""An announcement belongs to the transaction it tells of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from live import bus
from live.models import Announcement
from tests.live.conftest import Writer
from tests.live.reading import Heard, Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_page_hears_what_was_committed(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1")
    bus.publish("incident:1", "<p>one\ntwo</p>")
    bus.publish("incident:1", event="refresh")
    first = bus.cursor() - 1
    assert reader.until(2) == [Heard(str(first), "", "two</p>"), Heard(str(first + 1), "refresh", "")]


def test_it_hears_nothing_of_what_was_rolled_back(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1")
    with transaction.atomic():
        bus.publish("incident:1", "<p>never</p>")
        transaction.set_rollback(True)
    bus.publish("incident:1", "<p>kept</p>")
    assert [heard.data for heard in reader.until(1)] == ["<p>kept</p>"]
    assert Announcement.objects.count() == 1


def test_it_hears_its_own_topics_only(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1", "user:7")
    for topic in ("incident:2", "user:8", "board:1", "user:7", "incident:1"):
        bus.publish(topic, f"<p>{topic}</p>")
    assert [heard.data for heard in reader.until(2)] == ["<p>user:7</p>", "<p>incident:1</p>"]


def test_a_thousand_announcements_of_one_transaction_arrive_in_order(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1")
    with transaction.atomic():
        for number in range(1000):
            bus.publish("incident:1", f"<p>{number}</p>")
    assert [heard.data for heard in reader.until(1000)] == [f"<p>{number}</p>" for number in range(1000)]


def test_an_event_is_told_once_by_a_transaction_and_again_by_the_next(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1", "board:1")
    for number in range(2):
        with transaction.atomic():
            bus.publish("incident:1", event="refresh")
            bus.publish("incident:1", f"<p>{number}</p>")
            bus.publish("board:1", event="refresh")
            bus.publish("incident:1", event="refresh")
    assert [heard.event or heard.data for heard in reader.until(6)] == [
        "refresh", "<p>0</p>", "refresh", "refresh", "<p>1</p>", "refresh",
    ]  # fmt: skip
    with transaction.atomic():
        with transaction.atomic():
            bus.publish("incident:1", event="refresh")
            transaction.set_rollback(True)
        with bus.gathered():
            bus.publish("incident:1", event="refresh")
            bus.publish("incident:1", event="refresh")
        bus.publish("incident:1", "<p>2</p>")
    assert [heard.event or heard.data for heard in reader.until(8)][6:] == ["refresh", "<p>2</p>"]


def test_a_megabyte_of_html_passes(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1")
    bus.publish("incident:1", "x" * 1_000_000)
    assert [len(heard.data) for heard in reader.until(1)] == [1_000_000]


@pytest.mark.parametrize(
    ("topic", "html", "event"),
    [
        ("incident:1", "", ""),
        ("incident:1", "<p></p>", "refresh"),
        ("incident", "<p></p>", ""),
        ("incident:1 x", "<p></p>", ""),
        ("incident:1\n", "<p></p>", ""),
        ("incident:١", "<p></p>", ""),
        ("incident:1", "", "two words"),
        ("incident:1", "", "refresh\n"),
    ],
)
def test_what_is_no_announcement_is_refused(topic: str, html: str, event: str) -> None:
    with pytest.raises(ValueError, match=r"^not |^an announcement"):
        bus.publish(topic, html, event=event)


def test_the_cursor_is_the_newest_id_and_pruning_keeps_that_row() -> None:
    assert bus.cursor() == 0
    for number in range(3):
        bus.publish("incident:1", f"<p>{number}</p>")
    last = bus.cursor()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE live_announcement SET at = at - interval '25 hours'")
    assert bus.prune() == 2
    assert bus.cursor() == last
    assert bus.since(last, frozenset({"incident:1"})) == []


def test_pruning_leaves_what_is_younger_than_a_day() -> None:
    bus.publish("incident:1", "<p>old</p>")
    bus.publish("incident:1", "<p>young</p>")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE live_announcement SET at = at - interval '23 hours'")
    assert bus.prune() == 0


def test_redacted_words_leave_what_is_kept() -> None:
    bus.publish("incident:1", "<p>secret word</p>")
    bus.forget("incident:1", containing="secret")
    rows = bus.since(0, frozenset({"incident:1"}))
    assert [(row.html, row.event) for row in rows or []] == [("", "refresh")]


class TestSince:
    """What a page which saw one announcement has missed: whole, and without what it has."""

    topics = frozenset({"incident:1"})

    def missed(self, seen: int) -> list[str]:
        return [row.html for row in bus.since(seen, self.topics) or []]

    def test_a_row_with_a_smaller_id_which_commits_later_is_not_missed(self) -> None:
        slow = Writer(("incident:1", "slow"))
        bus.publish("incident:1", "quick")
        seen = bus.cursor()
        slow.commit()
        assert self.missed(seen) == ["slow"]

    def test_the_length_of_a_transaction_does_not_matter(self) -> None:
        slow = Writer(("incident:1", "slow"))
        for number in range(20):
            bus.publish("incident:1", str(number))
        seen = bus.cursor()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE live_announcement SET at = at - interval '1 hour'")
        slow.commit()
        assert "slow" in self.missed(seen)

    def test_nothing_comes_twice_when_writers_did_not_overlap(self) -> None:
        with transaction.atomic():
            for number in range(5):
                bus.publish("incident:1", str(number))
        bus.publish("incident:1", "next")
        assert self.missed(bus.cursor()) == []
        assert self.missed(bus.cursor() - 1) == ["next"]

    def test_an_unknown_cursor_and_too_much_both_say_load_again(self) -> None:
        for number in range(4):
            bus.publish("incident:1", str(number))
        assert bus.since(bus.cursor() + 1_000_000, self.topics) is None
        assert bus.since(0, self.topics, limit=3) is None
        assert len(bus.since(0, self.topics, limit=4) or []) == 4


def test_what_is_gathered_arrives_in_its_order_and_what_fails_announces_nothing(
    listen: Callable[..., Reader],
) -> None:
    reader = listen("incident:1")
    with bus.gathered():
        bus.publish("incident:1", "<p>one</p>")
        with bus.gathered():
            bus.publish("incident:1", "<p>two</p>")
        with pytest.raises(ValueError, match="not a topic"), bus.gathered():
            _say("incident:1", "nowhere")
        bus.publish("incident:1", "<p>three</p>")
        assert Announcement.objects.count() == 0
    assert [heard.data for heard in reader.until(3)] == ["<p>one</p>", "<p>two</p>", "<p>three</p>"]


def _say(*topics: str) -> None:
    for topic in topics:
        bus.publish(topic, "<p>never</p>")
