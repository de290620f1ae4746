"""What is due is claimed once, whoever asks at the same time; a dead worker's comes back."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from foundation import moment
from monitoring.archive import archive
from monitoring.claim import claim_due, next_due
from monitoring.models import Monitor
from monitoring.switch import disable
from products.archive_product import archive_product, restore_product
from tests.factories import make_monitor, make_product, make_user
from tests.monitoring.conftest import let_pass


@pytest.mark.django_db
def test_what_is_due_longest_comes_first_and_only_once() -> None:
    product = make_product()
    third, second, first = (make_monitor(product, name=name) for name in ("c", "b", "a"))
    for late, monitor in ((3, first), (2, second), (1, third)):
        Monitor.objects.filter(pk=monitor.pk).update(due_at=moment.now() - timedelta(minutes=late))
    assert {monitor.pk for monitor in claim_due(2).monitors} == {first.pk, second.pk}
    assert [monitor.pk for monitor in claim_due(2).monitors] == [third.pk]
    assert claim_due(2).monitors == []


@pytest.mark.django_db
def test_a_lease_ends_after_thirty_seconds() -> None:
    monitor = make_monitor()
    lost = claim_due(10)
    let_pass(29)
    assert claim_due(10).monitors == []
    let_pass(2)
    again = claim_due(10)
    assert [m.pk for m in again.monitors] == [monitor.pk]
    assert again.token != lost.token


@pytest.mark.django_db
def test_what_is_off_or_archived_is_not_claimed() -> None:
    product, ada = make_product(), make_user()
    on, off, archived = (make_monitor(product, name=name) for name in ("on", "off", "archived"))
    disable(off, by=ada)
    archive(archived, by=ada)
    assert [monitor.pk for monitor in claim_due(10).monitors] == [on.pk]


@pytest.mark.django_db
def test_the_ticker_is_told_when_something_is_due_or_a_lease_ends() -> None:
    assert next_due() is None
    monitor = make_monitor()
    monitor.refresh_from_db()
    assert next_due() == monitor.due_at <= moment.now()
    claim_due(10)
    due = next_due()
    assert due is not None
    assert timedelta(seconds=29) < due - moment.now() <= timedelta(seconds=30)


@pytest.mark.django_db
def test_what_is_due_is_one_range_of_the_index() -> None:
    make_monitor()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM monitoring_monitor WHERE enabled AND archived_at IS NULL "
            "AND due_at <= (SELECT clock_timestamp()) ORDER BY due_at LIMIT 5"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using monitor_due" in plan
    assert "Index Cond: (due_at <= (InitPlan" in plan


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_never_get_the_same_monitor() -> None:
    product = make_product()
    expected = sorted(make_monitor(product, name=f"m{number}").pk for number in range(60))
    barrier, got = threading.Barrier(6), list[int]()

    def work() -> None:
        barrier.wait()
        try:
            while claimed := claim_due(7).monitors:
                got.extend(monitor.pk for monitor in claimed)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == expected
    assert Monitor.objects.filter(lease_token=None).count() == 0


@pytest.mark.django_db
def test_monitors_of_an_archived_product_are_left_alone_until_it_comes_back() -> None:
    product, ada = make_product(), make_user()
    monitor = make_monitor(product)
    archive_product(product, by=ada)
    assert (claim_due(10).monitors, next_due()) == ([], None)
    assert not Monitor.objects.watched().exists()
    restore_product(product, by=ada)
    assert [found.pk for found in claim_due(10).monitors] == [monitor.pk]
