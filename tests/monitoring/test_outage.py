"""A real local service dies and comes back; a worker that only calls `probe_due` notices in time."""

import time
from datetime import timedelta

import pytest
from django.db.models import F

from monitoring.models import Monitor, StatusChange, Target
from monitoring.sweep import probe_due
from monitoring.tasks import probe_due as doorbell
from tests.factories import make_monitor
from tests.monitoring.conftest import Service, make_many
from tests.patience import until

pytestmark = pytest.mark.django_db


def looks_until(state: str) -> int:
    """Probes as a worker does, until the target is in `state`; returns how often it looked."""
    looks = 0

    def is_so() -> bool:
        nonlocal looks
        looks += probe_due()
        return Target.objects.get().state == state

    until(is_so, state)
    return looks


def test_a_service_that_dies_and_comes_back_is_noticed_after_one_look_and_its_retries(
    service: Service,
) -> None:
    make_monitor(target=service.url, interval_s=1, retry_s=1, fail_after=2, recover_after=2)
    assert looks_until("up") == 1
    service.kill()
    assert looks_until("down") == 2
    service.start()
    assert looks_until("up") == 2
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
    assert not Monitor.objects.filter(due_at__lte=F("looked_at")).exists()


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
