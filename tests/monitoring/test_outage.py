"""A real local service dies and comes back; a worker that only calls `probe_due` notices in time."""

import time
from datetime import timedelta

import pytest

from monitoring.models import Monitor, StatusChange, Target
from monitoring.sweep import probe_due
from monitoring.tasks import probe_due as doorbell
from tests.factories import make_monitor
from tests.monitoring.conftest import Service, make_many

pytestmark = pytest.mark.django_db


def watch_until(state: str, *, at_most_s: float) -> float:
    """Probes as a worker does, until the target is in `state`; returns the seconds that took."""
    start = time.monotonic()
    while Target.objects.get().state != state:
        assert time.monotonic() - start < at_most_s, f"not {state} after {at_most_s} s"
        probe_due()
        time.sleep(0.02)
    return time.monotonic() - start


def test_a_service_that_dies_and_comes_back_is_noticed_within_interval_and_retries(service: Service) -> None:
    interval, retry = 1, 1
    make_monitor(target=service.url, interval_s=interval, retry_s=retry, fail_after=2, recover_after=2)
    watch_until("up", at_most_s=2)
    service.kill()
    watch_until("down", at_most_s=interval + retry + 2)
    service.start()
    watch_until("up", at_most_s=interval + retry + 2)
    changes = list(StatusChange.objects.order_by("pk"))
    assert [(change.was, change.state, change.code) for change in changes] == [
        ("unknown", "up", ""),
        ("up", "down", "connect"),
        ("down", "up", ""),
    ]
    assert changes[1].detail != ""


def test_a_wrong_status_counts_like_no_answer(service: Service) -> None:
    make_monitor(target=service.url, fail_after=1)
    service.status = 503
    assert probe_due() == 1
    target = Target.objects.get()
    assert (target.state, target.code) == ("down", "status")
    monitor = Monitor.objects.get()
    assert monitor.latency_ms is not None
    assert monitor.due_at - monitor.looked_at <= timedelta(seconds=60)  # type: ignore[operator]


def test_one_batch_looks_at_everything_that_is_due(service: Service) -> None:
    make_many(61, target=service.url)
    doorbell()
    assert Target.objects.filter(state="up").count() == 61
    assert service.asked == 61
    assert probe_due() == 0


def test_a_target_that_hangs_does_not_delay_the_news_of_one_that_answers(service: Service) -> None:
    """What is ready is stored while the slow one is still waited for."""
    slow = make_monitor(target=service.url + "slow", name="slow")
    quick = make_monitor(slow.product, target=service.url, name="quick")
    service.delays["/slow"] = 2.0
    start = time.monotonic()
    probe_due()
    assert time.monotonic() - start >= 2.0
    slow.refresh_from_db()
    quick.refresh_from_db()
    assert slow.looked_at is not None
    assert quick.looked_at is not None
    assert slow.looked_at - quick.looked_at > timedelta(seconds=1.5)
