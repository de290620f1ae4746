"""Signs of life as they are written down: one statement, the loop's own age, and who is gone forgotten in time."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from config.health import facts
from config.health.facts import Waiting
from config.health.judgement import judge
from foundation import heartbeat, moment, room
from foundation.models import Heartbeat
from foundation.pulse import Pulse
from notifications.models import Delivery
from notifications.queue import Message, Recipient, tell
from tests.factories import make_monitor, make_product
from tests.patience import MUST_S

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    heartbeat.forget()
    room.forget()
    yield
    heartbeat.forget()


def read() -> facts.Facts:
    with connection.cursor() as cursor:
        return facts.read(cursor, time.perf_counter)


def test_a_loop_that_hangs_keeps_its_own_old_beat_while_the_process_goes_on() -> None:
    heartbeat.beat("ticker", 3)
    heartbeat._loops["ticker"].at -= 40  # type: ignore[operator]
    pulse = Pulse("worker", lambda: {"requests": 7})
    pulse.write()
    ticker, worker = Heartbeat.objects.get(name="ticker"), Heartbeat.objects.get(name="worker")
    assert round((ticker.pulse_at - ticker.beat_at).total_seconds()) == 40
    assert (ticker.progress, worker.figures, ticker.figures) == (3, {"requests": 7}, {})
    pulse.write()
    assert Heartbeat.objects.count() == 2
    pulse.end("stopped")
    assert set(Heartbeat.objects.values_list("ending", flat=True)) == {"stopped"}


def test_work_under_way_without_a_sign_is_written_with_its_beginning() -> None:
    done = threading.Event()
    begun = threading.Event()

    def work() -> None:
        with heartbeat.working("prober"):
            begun.set()
            done.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait(5)
    heartbeat.beat("prober", 1)  # another thread's sign does not speak for this one
    pulse = Pulse("worker")
    pulse.write()
    assert Heartbeat.objects.get(name="prober").silent_since is not None
    done.set()
    thread.join()
    pulse.write()
    assert Heartbeat.objects.get(name="prober").silent_since is None
    pulse.end("stopped")


def test_what_somebody_else_s_server_may_take_is_no_silence() -> None:
    with heartbeat.working("sender"):
        heartbeat.allow("sender", 30)
        assert heartbeat.signs()["sender"].silent_s == 0
        heartbeat.allow("sender", -20)
        assert (heartbeat.signs()["sender"].silent_s or 0) >= 20
        heartbeat.beat("sender")
        assert (heartbeat.signs()["sender"].silent_s or 0) < 20
    heartbeat.allow("sender", 30)  # nothing is under way
    assert heartbeat.signs()["sender"].silent_s is None


def test_a_process_that_is_gone_stays_until_another_has_taken_over() -> None:
    old = Pulse("worker")
    old.write()
    old._drop()
    Heartbeat.objects.update(pulse_at=moment.now() - timedelta(hours=9))
    alone = judge(read())
    assert alone.part("worker").summary.startswith("Nightdesk's worker has been gone since")
    new = Pulse("worker")
    new.write()
    assert [beat.process for beat in Heartbeat.objects.all()] == [new.process]
    new.end("stopped")


def test_a_process_that_is_frozen_still_holds_its_session() -> None:
    pulse = Pulse("worker")
    pulse.write()
    Heartbeat.objects.update(pulse_at=moment.now() - timedelta(minutes=1))
    assert "has been frozen since" in judge(read()).part("worker").summary
    pulse._drop()
    until = time.monotonic() + MUST_S
    while "frozen" in judge(read()).part("worker").summary and time.monotonic() < until:
        time.sleep(0.02)
    assert "has been gone since" in judge(read()).part("worker").summary


def test_what_is_due_is_read_from_the_rows_themselves() -> None:
    product = make_product()
    monitor = make_monitor(product)
    tell(
        about="INC-9/1", key="opened", to=[Recipient("x", address="x@example.test")],
        message=Message("It", "is"), team=product.team, rank=1, wake=True,
    )  # fmt: skip
    Delivery.objects.update(state="pending")
    found = read()
    assert (found.watched, found.monitors.count, found.messages.count) == (1, 1, 1)
    assert found.unclaimed == found.messages.since
    assert (found.stuck, found.unmailed) == (Waiting(0, None), 0)
    Delivery.objects.filter(route="email").update(stuck_at=moment.now())
    assert (read().stuck.count, read().unmailed) == (1, 1)
    Delivery.objects.update(noted_at=moment.now())
    assert (read().stuck.count, read().unmailed) == (0, 0)
    assert (found.clocks, found.changes, found.unstored.count) == (Waiting(0, None), Waiting(0, None), 0)
    type(monitor).objects.update(looked_at=moment.now() - timedelta(hours=1), lease_token="0" * 32)
    assert read().unstored.count == 1
    type(product).objects.update(archived_at=moment.now())
    assert (read().watched, read().unstored.count) == (0, 0)
