"""The database goes between "accepted there" and "marked here", and comes back: nobody is told twice. And who marks
waits for nobody."""

import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from foundation import moment
from notifications import send
from notifications.lanes import SILENT_AFTER, Lanes
from notifications.models import Delivery
from products.models import Product
from tests.notifications.conftest import use
from tests.notifications.mailbox import mailbox
from tests.notifications.test_send import mail_to, only

# Not pg_stat_activity: that stays for a whole transaction as it was first seen.
WAITING_FOR_US = (
    "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def end_who_waits_for_us() -> None:
    """Ends the one session that waits for a row which this one holds."""
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(WAITING_FOR_US)
            if found := cursor.fetchall():
                cursor.execute("SELECT pg_terminate_backend(%s)", [found[0][0]])
                return
            time.sleep(0.02)
    raise AssertionError("nobody came to mark it")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_cut_in_the_mark_makes_no_second_message(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "lanes", Lanes())
    with mailbox(lambda n: "slow") as box:
        use(settings, box)
        mail_to(product)
        assert send.start_due() == 1
        until = time.monotonic() + 20
        while not box.asked and time.monotonic() < until:
            time.sleep(0.02)
        with transaction.atomic():
            Delivery.objects.select_for_update().get(pk=only().pk)
            end_who_waits_for_us()
        assert send.wait(30)
    assert (only().state, only().attempts, only().lease_token, len(box.kept)) == ("sent", 1, None, 1)
    assert only().tries.get().outcome == "sent"


@pytest.mark.django_db(transaction=True)
def test_who_wakes_a_lane_waits_for_no_verb_that_holds_a_row_of_it(
    product: Product, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verb that makes two of them moot holds one and comes to the other: waiting for it would be a deadlock."""
    lanes = Lanes()
    monkeypatch.setattr(send, "lanes", lanes)
    for _n in range(SILENT_AFTER):
        lanes.heard("email", works=False)
    later = moment.now() + timedelta(minutes=5)
    verb = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor})
    with mailbox() as box, verb, connection.cursor() as cursor:
        use(settings, box)
        for number in (1, 2, 3):
            mail_to(product, f"INC-{number}/1")
        Delivery.objects.exclude(about="INC-1/1").update(due_at=later, attempts=1)
        cursor.execute("SET lock_timeout = '3s'")
        verb.execute("SELECT 1 FROM notifications_delivery WHERE about = 'INC-2/1' FOR UPDATE")
        claimed = send.claim("email")
        assert claimed is not None
        send.deliver(claimed)
        cursor.execute("SET lock_timeout = 0")
    due = dict(Delivery.objects.waiting().values_list("about", "due_at"))
    assert (due["INC-2/1"], due["INC-3/1"] < later) == (later, True)
