"""A person says that an alert is over; its tool may say that it fires at any time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import User
from foundation import moment
from foundation.written import utc
from incidents.lifecycle import alerting
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from monitoring.alerts.end import end
from monitoring.models import Alert, AlertChange, AlertSource
from products.models import Product
from tests.factories import join, make_user
from tests.monitoring.alerts.conftest import alert, group, send


@pytest.fixture
def ada(product: Product) -> User:
    ada = make_user(name="Ada")
    join(ada, product.team, "responder")
    return ada


def lines(incident: Incident) -> list[str]:
    events = incident.events.filter(kind="alert_received").select_related("payload", "incident")
    return [strip_tags(sentence(event)).partition(" http")[0] for event in events.order_by("seq")]


def test_it_is_over_on_its_incident_s_timeline_and_fires_anew_when_its_tool_says_so(
    source: AlertSource, ada: User
) -> None:
    firing = group(alert(began=utc(moment.now() - timedelta(minutes=9))))
    send(source, firing)
    incident, fires = Incident.objects.get(), Alert.objects.get()
    client = Client()
    client.force_login(ada)
    button = f'action="/alerts/{fires.pk}/end/"'
    pages = ("/alerts/", source.get_absolute_url(), incident.get_absolute_url(), "/products/staff-mobile/")
    assert [button in client.get(path).content.decode() for path in pages] == [True] * 4
    answer = client.post(f"/alerts/{fires.pk}/end/", {"next": incident.get_absolute_url()})
    assert answer.headers["Location"] == f"{incident.get_absolute_url()}#alert-{fires.pk}"
    alerting.take_in()
    assert lines(incident)[1:] == ["Alert Errors: 5 % of requests fail is over, said by Ada"]
    page = client.get(incident.get_absolute_url()).content.decode()
    assert ("<span>said by Ada</span>" in page, button in page) == (True, False)
    send(source, firing)
    assert lines(incident)[2:] == ["Alert Errors: 5 % of requests fail fires"]
    fires.refresh_from_db()
    assert (fires.state, fires.ended_by, fires.count) == ("firing", None, 2)


def test_what_is_over_already_is_not_ended_twice_nor_by_who_looked_before(
    source: AlertSource, ada: User
) -> None:
    began = utc(moment.now() - timedelta(minutes=9))
    send(source, group(alert(began=began)))
    bob = make_user("bob@example.test", name="Bob")
    hers, his = Alert.objects.get(), Alert.objects.get()
    assert [end(hers, by=ada), end(his, by=bob)] == [True, False]
    assert (his.ended_by, AlertChange.objects.count()) == (ada, 2)
    send(source, group(alert(began=began, ended=utc(moment.now()))))
    assert (AlertChange.objects.count(), Alert.objects.get().ended_by) == (2, ada)


def test_who_only_looks_on_has_no_button_and_may_not(source: AlertSource, product: Product) -> None:
    send(source, group(alert(began=utc(moment.now()))))
    viewer, client = make_user(), Client()
    join(viewer, product.team, "viewer")
    client.force_login(viewer)
    assert "/end/" not in client.get("/alerts/").content.decode()
    assert client.post(f"/alerts/{Alert.objects.get().pk}/end/").status_code == 403
    assert Alert.objects.get().is_firing
