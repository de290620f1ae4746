"""Maintenance of the whole product holds alerts back; what still fires at its end opens its incident then, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from config.health import facts
from foundation import moment
from foundation.written import utc
from incidents.lifecycle import alerting
from incidents.models import Alerted, Incident
from monitoring.alerts.judging import judge_due
from monitoring.alerts.sources import connect
from monitoring.maintenance.verbs import end, set_maintenance
from monitoring.models import Alert, AlertChange, AlertSource, Maintenance
from products.models import Product
from tests.factories import join, make_monitor, make_user
from tests.monitoring.alerts.conftest import alert, group, post, send, story, work
from tests.monitoring.conftest import let_pass

HOUR = timedelta(hours=1)


@pytest.fixture
def ada(product: Product) -> User:
    ada = make_user()
    join(ada, product.team, "manager")
    return ada


@pytest.fixture
def window(product: Product, ada: User) -> Maintenance:
    return set_maintenance(product, by=ada, lasts=HOUR, reason="New database")


def test_it_is_listed_and_opens_its_incident_at_the_window_s_end_once(
    source: AlertSource, product: Product, ada: User, window: Maintenance
) -> None:
    send(source, group(alert(began=utc(moment.now()), severity="critical")))
    assert (Alert.objects.firing().count(), Incident.objects.count(), alerting.take_in()) == (1, 0, 0)
    client = Client()
    client.force_login(ada)
    for path in ("/alerts/", source.get_absolute_url(), f"/products/{product.slug}/"):
        assert "maintenance holds it back until" in client.get(path).content.decode(), path
    assert "held back" in client.get(window.get_absolute_url()).content.decode()
    let_pass(3700)
    assert (alerting.take_in(), alerting.take_in()) == (1, 0)
    window.refresh_from_db()
    incident = Incident.objects.get()
    told = incident.events.get(kind="alert_received")
    assert (incident.detected_at, told.occurred_at, told.data["held"]) == (
        window.ends_at,
        window.ends_at,
        True,
    )
    assert "holds it back" not in client.get("/alerts/").content.decode()


def test_one_that_ended_within_it_opens_nothing_and_counts_anew_when_it_fires_again(
    source: AlertSource, ada: User, window: Maintenance
) -> None:
    began = utc(moment.now())
    send(source, group(alert(began=began)))
    send(source, group(alert(began=began, ended=utc(moment.now()))))
    assert AlertChange.objects.filter(handled_at=None).count() == 0
    send(source, group(alert(began=utc(moment.now()))))
    assert Incident.objects.count() == 0
    end(window, by=ada)
    alerting.take_in()
    assert story(Incident.objects.get()) == ["declared", "alert_received"]
    assert Alerted.objects.count() == 1


@pytest.mark.parametrize("still", [True, False])
def test_a_worker_that_comes_after_the_end_does_the_same(
    source: AlertSource, window: Maintenance, still: bool
) -> None:
    began = utc(moment.now())
    post(source, group(alert(began=began)))
    judge_due()
    if not still:
        post(source, group(alert(began=began, ended=utc(moment.now()))))
        judge_due()
    let_pass(7200)
    work()
    window.refresh_from_db()
    assert list(Incident.objects.values_list("detected_at", flat=True)) == [window.ends_at] * still


def test_an_alert_of_an_open_incident_goes_on_and_chosen_monitors_hold_none_back(
    source: AlertSource, product: Product, ada: User
) -> None:
    set_maintenance(product, by=ada, lasts=HOUR, monitors=[make_monitor(product)])
    began = utc(moment.now())
    send(source, group(alert(began=began)))
    incident = Incident.objects.get()
    set_maintenance(product, by=ada, lasts=HOUR)
    send(source, group(alert(began=began, ended=utc(moment.now()))))
    send(source, group(alert(began=utc(moment.now()))))
    told = incident.events.filter(kind="alert_received").order_by("seq")
    assert [event.data["state"] for event in told] == ["firing", "resolved", "firing"]


@pytest.mark.parametrize("calms_down", [False, True])
def test_what_grew_worse_within_it_is_told_at_its_end_if_it_still_is(
    product: Product, ada: User, calms_down: bool
) -> None:
    source = connect(product, by=None, tool="generic")
    slow = {"key": "cart", "title": "Slow cart", "severity": "medium"}
    send(source, slow)
    first = Incident.objects.get()
    window = set_maintenance(product, by=ada, lasts=HOUR)
    send(source, slow | {"severity": "critical"})
    assert (Incident.objects.count(), story(first)) == (1, ["declared", "alert_received"])
    client = Client()
    client.force_login(ada)
    assert "maintenance holds it back until" in client.get(first.get_absolute_url()).content.decode()
    if calms_down:
        send(source, slow)
    end(window, by=ada)
    assert (alerting.take_in(), alerting.take_in()) == (1, 0)
    severities = ["MEDIUM"] if calms_down else ["MEDIUM", "CRITICAL"]
    assert list(Incident.objects.order_by("number").values_list("severity__key", flat=True)) == severities
    assert story(first) == ["declared", "alert_received"]


def test_nobody_is_told_that_what_it_holds_back_reaches_no_incident(
    source: AlertSource, ada: User, window: Maintenance
) -> None:
    def waiting() -> tuple[int, datetime | None]:
        with connection.cursor() as cursor:
            found, _unread = facts._alerts(cursor)
        return found.count, found.since

    send(source, group(alert(began=utc(moment.now()))))
    assert waiting() == (0, None)
    end(window, by=ada)
    assert waiting() == (1, window.ends_at)
