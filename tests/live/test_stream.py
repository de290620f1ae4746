"""`/live`: who may listen, how a page resumes, when a stream ends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from live import bus, stream
from tests.live.conftest import Rules, Served, Site, Writer
from tests.live.reading import Heard, Reader

pytestmark = pytest.mark.django_db(transaction=True)

KILL_THE_LISTENER = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nightdesk-live'"
)


def test_the_answer_is_a_stream_which_nobody_buffers(listen: Callable[..., Reader]) -> None:
    reader = listen("incident:1")
    assert reader.status == 200
    assert {
        name: reader.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering")
    } == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-store, no-transform",
        "x-accel-buffering": "no",
    }


@pytest.mark.parametrize(
    ("topics", "asked", "status"),
    [
        (("incident:1",), {"cookies": ""}, 401),
        (("incident:1", "incident:2"), {}, 403),
        (("access:1",), {}, 403),
        ((), {}, 400),
        (("incident",), {}, 400),
        (("incident:1 2",), {}, 400),
        (tuple(f"incident:{n}" for n in range(10, 511)), {}, 400),
        (("incident:1",), {"last_event_id": "twelve"}, 400),
        (("incident:1",), {"last_event_id": "9" * 19}, 400),
    ],
)
def test_what_may_not_be_heard_is_refused(
    site: Site, topics: tuple[str, ...], asked: dict[str, Any], status: int
) -> None:
    site.rules.denied = {(1, "incident:2"), (1, "access:1")}
    reader = Reader(site.url, topics, **asked).open()
    assert (reader.status, reader.heard) == (status, [])
    reader.close()


def test_a_beat_comes_while_nothing_happens_and_carries_the_newest_cursor(
    monkeypatch: pytest.MonkeyPatch, listen: Callable[..., Reader]
) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.1)
    reader = listen("incident:1")
    bus.publish("incident:2", "<p>of another page</p>")
    newest = str(bus.cursor())
    end = time.monotonic() + 5
    while reader.beats[-1].id != newest and time.monotonic() < end:
        time.sleep(0.01)
    assert (reader.beats[-1].id, reader.beats[-1].event, reader.heard) == (newest, "beat", [])


class TestResume:
    def test_it_goes_on_after_the_last_event_and_the_header_wins(self, listen: Callable[..., Reader]) -> None:
        for number in range(5):
            bus.publish("incident:1", str(number))
        last = bus.cursor()
        assert listen("incident:1", after=last - 4).until(4) == [
            Heard(str(last - 3 + n), "", str(1 + n)) for n in range(4)
        ]
        resumed = listen("incident:1", after=last - 4, last_event_id=str(last - 1))
        assert resumed.until(1) == [Heard(str(last), "", "4")]

    def test_a_cursor_nobody_knows_any_more_says_reload_and_ends(self, listen: Callable[..., Reader]) -> None:
        bus.publish("incident:1", "something")
        reader = listen("incident:1", last_event_id=str(bus.cursor() + 1000))
        assert reader.ended.wait(5)
        assert reader.heard == [Heard("", "reload", "")]

    def test_nothing_is_lost_while_ids_commit_out_of_order(self, listen: Callable[..., Reader]) -> None:
        """Five writers overlap, each commits after its successor wrote; the page drops its connection in between."""
        writers = [Writer(("incident:1", f"{n}a"), ("incident:1", f"{n}b")) for n in range(5)]
        reader = listen("incident:1")
        writers[3].commit()
        writers[1].commit()
        reader.until(4)
        reader.close()
        last = max(reader.heard, key=lambda heard: int(heard.id)).id
        writers[0].commit()
        writers[4].commit()
        resumed = listen("incident:1", last_event_id=last)
        resumed.until(4)
        writers[2].commit()
        resumed.until(8)  # four of them new, two more which overlapped with the last one seen
        assert {*reader.data(), *resumed.data()} == {f"{n}{x}" for n in range(5) for x in "ab"}
        assert len(set(resumed.ids())) == len(resumed.ids())

    def test_nothing_is_lost_or_doubled_under_a_storm_of_reconnections(self, site: Site) -> None:
        """Three writers publish while a page cuts its connection again and again; it drops what it knows by id."""

        def write(name: str) -> None:
            for number in range(60):
                bus.publish("incident:1", f"{name}{number}")
                time.sleep(0.01)
            connection.close()

        threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        seen: dict[str, str] = {}
        doubled, last, end = 0, "", time.monotonic() + 20
        while len(seen) < 180 and time.monotonic() < end:
            reader = Reader(site.url, last_event_id=last).open()
            time.sleep(0.05)
            reader.close()
            doubled += sum(heard.id in seen for heard in reader.heard)
            seen |= {heard.id: heard.data for heard in reader.heard}
            last = reader.heard[-1].id if reader.heard else last
        for thread in threads:
            thread.join()
        assert sorted(seen.values()) == sorted(f"{name}{number}" for name in "abc" for number in range(60))
        assert doubled <= 10  # only writers which really overlapped


class TestAccess:
    def test_a_revoked_person_hears_nothing_more_and_the_stream_ends_within_two_seconds(
        self, site: Site, listen: Callable[..., Reader]
    ) -> None:
        revoked, other = listen("incident:1", cookies="user=1"), listen("incident:1", cookies="user=2")
        site.rules.denied = {(1, "incident:1")}
        with transaction.atomic():  # all in one batch
            bus.publish("access:1")
            bus.publish("incident:1", "secret")
        assert revoked.ended.wait(2)
        assert revoked.heard == [Heard("", "reload", "")]
        assert [heard.data for heard in other.until(1)] == ["secret"]

    def test_it_is_checked_from_time_to_time_without_being_told(
        self, monkeypatch: pytest.MonkeyPatch, site: Site, listen: Callable[..., Reader]
    ) -> None:
        monkeypatch.setattr(stream, "BEAT_S", 0.1)
        monkeypatch.setattr(stream, "CHECK_S", 0.3)
        reader = listen("incident:1")
        site.rules.denied = {(1, "incident:1")}
        assert reader.ended.wait(2)
        assert reader.heard == [Heard("", "reload", "")]

    def test_who_keeps_access_keeps_the_stream(self, site: Site, listen: Callable[..., Reader]) -> None:
        reader = listen("incident:1")
        asked = site.rules.asked
        bus.publish("access:1")
        bus.publish("incident:1", "for you")
        assert [heard.data for heard in reader.until(1)] == ["for you"]
        assert site.rules.asked == asked + 1


def test_no_stream_keeps_a_database_connection(site: Site, listen: Callable[..., Reader]) -> None:
    def backends() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    listen("incident:1")
    with_one, threads = backends(), threading.active_count()
    for _ in range(29):
        listen("incident:1")
    # The pool may grow a little while it authorises; 29 streams that kept theirs would show.
    assert backends() < with_one + 10
    # 29 are the readers themselves.
    assert threading.active_count() < threads + 29 + 15


def test_a_reader_who_goes_away_is_forgotten(site: Site, listen: Callable[..., Reader]) -> None:
    listen("incident:1").close()
    hub = site.streams.hub
    end = time.monotonic() + 5
    while hub and len(hub) and time.monotonic() < end:
        time.sleep(0.01)
    assert hub is not None
    assert (len(hub), hub.topics()) == (0, [])


def test_a_reader_too_slow_is_cut_and_resumes_where_it_was(
    monkeypatch: pytest.MonkeyPatch, site: Site, listen: Callable[..., Reader]
) -> None:
    monkeypatch.setattr(stream, "SEND_S", 1.0)
    quick = listen("incident:1")
    slow = socket.create_connection(("127.0.0.1", site.served.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    slow.sendall(b"GET /live?topic=incident:1 HTTP/1.1\r\nHost: localhost\r\nCookie: user=2\r\n\r\n")
    hub = site.streams.hub
    assert hub is not None
    while len(hub) < 2:
        time.sleep(0.01)
    for number in range(150):
        bus.publish("incident:1", f"{number} " + "x" * 100_000)
    assert [heard.data.split()[0] for heard in quick.until(150)] == [str(number) for number in range(150)]
    end = time.monotonic() + 10
    while len(hub) > 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(hub) == 1
    received = b""
    while chunk := slow.recv(1_000_000):
        received += chunk
    slow.close()
    ids = [line[4:].decode() for line in received.splitlines() if line.startswith(b"id: ")]
    resumed = listen("incident:1", last_event_id=ids[-1])
    assert [heard.id for heard in resumed.until(150 - len(ids))] == quick.ids()[len(ids) :]


class TestLosingPostgreSQL:
    def test_a_killed_listener_comes_back_without_a_loss(
        self, site: Site, listen: Callable[..., Reader]
    ) -> None:
        reader = listen("incident:1")
        bus.publish("incident:1", "before")
        reader.until(1)
        slow = Writer(("incident:1", "written before, committed while nobody listens"))
        with connection.cursor() as cursor:
            cursor.execute(KILL_THE_LISTENER)
            assert cursor.fetchall() == [(True,)]
        slow.commit()
        bus.publish("incident:1", "meanwhile")
        bus.publish("incident:1", "after")
        expected = {"before", "written before, committed while nobody listens", "meanwhile", "after"}
        reader.until(4)
        time.sleep(0.3)
        bus.publish("incident:1", "listening again")
        reader.until(5)
        assert set(reader.data()) == expected | {"listening again"}
        assert len(reader.data()) == 5

    def test_a_message_nobody_understands_silences_no_page(
        self, site: Site, listen: Callable[..., Reader]
    ) -> None:
        reader = listen("incident:1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('nightdesk_live', 'nonsense')")
        bus.publish("incident:1", "after it")
        assert [heard.data for heard in reader.until(1)] == ["after it"]

    def test_again_and_again(self, site: Site, listen: Callable[..., Reader]) -> None:
        reader = listen("incident:1")
        for number in range(40):
            bus.publish("incident:1", str(number))
            if number % 8 == 0:
                with connection.cursor() as cursor:
                    cursor.execute(KILL_THE_LISTENER)
        reader.until(40)
        assert sorted(map(int, reader.data())) == list(range(40))


def test_a_restarted_web_process_goes_on_with_every_page(rules: Rules, site: Site) -> None:
    before = Reader(site.url).open()
    bus.publish("incident:1", "one")
    before.until(1)
    port = site.served.port
    site.streams.close_streams()
    assert before.ended.wait(5)
    before.close()
    site.served.stop()
    bus.publish("incident:1", "while nobody served")
    site.served = Served(site.application, port)
    bus.publish("incident:1", "after")
    resumed = Reader(site.url, last_event_id=before.ids()[-1]).open()
    assert [heard.data for heard in resumed.until(2)] == ["while nobody served", "after"]
    resumed.close()
