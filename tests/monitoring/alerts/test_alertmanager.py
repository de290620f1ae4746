"""Alertmanager's alerts, from the request to the incident: once, in whatever order, never resolved by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import strip_tags

from foundation import moment
from foundation.written import utc
from incidents.lifecycle import transitions
from incidents.models import Alerted, Incident, Status
from incidents.sentences.sentences import sentence
from monitoring.alerts import forgetting, judging
from monitoring.alerts.sources import change, connect, disable, url_of
from monitoring.alerts.tools import READERS
from monitoring.models import Alert, AlertChange, AlertPayload, AlertSource
from notifications.models import Delivery
from products.contacts import add_contact
from products.models import Product
from tests.factories import join, make_user
from tests.monitoring.alerts.conftest import alert, group, post, send, story, work
from tests.monitoring.conftest import let_pass


def ago(minutes: float) -> str:
    return utc(moment.now() - timedelta(minutes=minutes))


def lines(incident: Incident) -> list[str]:
    events = (
        incident.events.filter(kind="alert_received").select_related("payload", "incident").order_by("seq")
    )
    return [strip_tags(sentence(event)) for event in events]


def test_a_firing_alert_opens_an_incident_with_the_product_s_process(source: AlertSource) -> None:
    send(source, group(alert(began=ago(2), severity="high")))
    incident, found = Incident.objects.get(), Alert.objects.get()
    assert (incident.title, incident.status, incident.severity.key) == (
        "Errors: 5 % of requests fail", Status.TRIAGE, "HIGH",
    )  # fmt: skip
    assert incident.detected_at == found.started_at
    assert story(incident) == ["declared", "alert_received"]
    assert incident.events.get(kind="declared").actor_label == "Prometheus"
    assert lines(incident) == [
        "Alert Errors: 5 % of requests fail fires http://prometheus:9090/graph?g0.expr=errors"
    ]
    assert (found.state, found.count, found.incident, found.detail) == (
        "firing", 1, incident.ref, "Since the last release.",
    )  # fmt: skip
    assert found.labels == {"alertname": "Errors", "severity": "high"}
    assert Alerted.objects.get().opened


def test_repeats_write_nothing_twice(source: AlertSource) -> None:
    body = group(alert(began=ago(2)))
    send(source, body, body)
    send(source, body)
    incident = Incident.objects.get()
    assert story(incident) == ["declared", "alert_received"]
    assert (AlertPayload.objects.get().times, Alert.objects.get().count, AlertChange.objects.count()) == (
        3,
        3,
        1,
    )


def test_a_beginning_in_the_future_is_one_firing_however_often_it_is_told(source: AlertSource) -> None:
    body = group(alert(began=ago(-3)))
    for _turn in range(3):
        send(source, body)
        let_pass(120)
    assert (AlertChange.objects.count(), Alert.objects.get().count) == (1, 3)


def test_what_is_over_is_told_and_people_resolve(source: AlertSource) -> None:
    began = ago(9)
    send(source, group(alert(began=began)), group(alert(began=began, ended=ago(1))))
    incident = Incident.objects.get()
    assert incident.status == Status.TRIAGE
    assert lines(incident)[1] == (
        "Alert Errors: 5 % of requests fail is over http://prometheus:9090/graph?g0.expr=errors."
        " None fires any more: if people can work again, resolve."
    )
    assert Alert.objects.get().state == "resolved"


def test_what_came_and_went_before_anybody_looked_is_told_in_its_order(source: AlertSource) -> None:
    for began, ended in ((9, 8), (7, 6), (5, 0)):
        post(source, group(alert(began=ago(began))))
        if ended:
            post(source, group(alert(began=ago(began), ended=ago(ended)), alert("Other", began=ago(9))))
    work()
    incident = Incident.objects.get()
    events = incident.events.filter(kind="alert_received").order_by("seq").select_related("payload")
    assert [(one.data["state"], len(one.data["alerts"]), one.data["all_over"]) for one in events] == [
        ("firing", 2, False),
        *[("resolved", 1, False), ("firing", 1, False)] * 2,
    ]


def test_after_it_was_resolved_it_still_says_that_it_is_over_and_fires_anew_in_a_new_one(
    source: AlertSource, product: Product
) -> None:
    ada = make_user()
    join(ada, product.team)
    send(source, group(alert(began=ago(9))))
    first = Incident.objects.get()
    transitions.resolve(first, by=ada)
    send(source, group(alert(began=ago(9), ended=ago(5))))
    assert story(first)[-1] == "alert_received"
    send(source, group(alert(began=ago(1))))
    assert [one.ref for one in Incident.objects.order_by("number")] == ["INC-1", "INC-2"]
    assert Alert.objects.get().incident == "INC-2"


def test_news_out_of_order(source: AlertSource) -> None:
    began, ended = ago(9), ago(8)
    send(source, group(alert(began=began, ended=ended)))
    send(source, group(alert(began=began)))  # the older one comes late
    assert (Incident.objects.count(), Alert.objects.get().state) == (0, "resolved")
    assert AlertPayload.objects.order_by("pk").last().said == (  # type: ignore[union-attr]
        "1 of 1 came late: newer news of them were here already."
    )
    again = ago(2)
    send(source, group(alert(began=again)), group(alert(began=began, ended=ended)))
    assert Alert.objects.get().state == "firing"
    assert story(Incident.objects.get()) == ["declared", "alert_received"]


def test_a_group_is_one_incident_at_its_worst(source: AlertSource) -> None:
    send(source, group(*(alert(f"A{n}", began=ago(2), severity="medium") for n in range(8)),
                       alert("Worst", began=ago(2), severity="critical")))  # fmt: skip
    incident = Incident.objects.get()
    assert (incident.title, incident.severity.key) == ("Worst: 5 % of requests fail", "CRITICAL")
    assert story(incident) == ["declared", "alert_received"]
    assert lines(incident) == [
        "9 alerts fire: Worst: 5 % of requests fail; A0: 5 % of requests fail; A1: 5 % of requests fail;"
        " A2: 5 % of requests fail; A3: 5 % of requests fail and 4 more"
    ]
    assert Alerted.objects.filter(incident=incident).count() == 9


def test_a_storm_is_one_incident_and_one_page(source: AlertSource, product: Product) -> None:
    ada = make_user()
    join(ada, product.team)
    add_contact(product, label="On call", user=ada, by=ada)
    for n in range(200):
        post(source, group(alert(f"A{n}", began=ago(1), severity="high"), key=f"{{}}:{n}"))
    work()
    incident = Incident.objects.get()
    assert Alerted.objects.filter(incident=incident).count() == 200
    assert len(story(incident)) <= 6
    assert {row.about for row in Delivery.objects.all()} == {f"{incident.ref}/1"}


def test_a_worse_one_opens_its_own_and_an_old_incident_is_not_joined(source: AlertSource) -> None:
    send(source, group(alert("Slow", began=ago(2), severity="high"), key="a"))
    send(source, group(alert("Down", began=ago(2), severity="critical"), key="b"))
    send(source, group(alert("Slower", began=ago(1), severity="high"), key="c"))
    assert [one.title.partition(":")[0] for one in Incident.objects.order_by("number")] == ["Slow", "Down"]
    assert Alert.objects.get(title__startswith="Slower").incident == "INC-2"
    Incident.objects.update(
        declared_at=moment.now() - timedelta(minutes=6), detected_at=moment.now() - timedelta(hours=1)
    )
    send(source, group(alert("Other", began=ago(1), severity="high"), key="d"))
    assert Alert.objects.get(title__startswith="Other").incident == "INC-3"
    send(source, group(alert("Slower still", began=ago(1), severity="high"), key="a"))
    assert Alert.objects.get(title__startswith="Slower still").incident == "INC-1"


@pytest.mark.parametrize("facts", [{"private": True}, {"mode": "drill"}])
def test_a_private_one_and_a_drill_are_left_alone(source: AlertSource, facts: dict[str, object]) -> None:
    send(source, group(alert("Slow", began=ago(2), severity="high"), key="a"))
    Incident.objects.update(**facts)
    send(source, group(alert("Other", began=ago(2), severity="high"), key="a"))
    assert Alert.objects.get(title__startswith="Other").incident == "INC-2"


def test_one_that_opens_none_is_listed_alone(source: AlertSource) -> None:
    change(source, by=make_user(), opens_incident=False)
    send(source, group(alert(began=ago(2))))
    assert (Incident.objects.count(), Alert.objects.get().state, AlertChange.objects.get().outcome) == (
        0,
        "firing",
        "",
    )


def test_while_it_is_off_what_arrives_is_kept_and_nobody_is_told(source: AlertSource) -> None:
    disable(source, by=make_user())
    send(source, group(alert(began=ago(2))))
    assert (Alert.objects.count(), AlertPayload.objects.get().code) == (0, "switched_off")


def test_severities_are_mapped_with_a_default(source: AlertSource) -> None:
    change(source, by=make_user(), severities={"Page": "critical"}, severity="medium")
    for word, key in (("page", "CRITICAL"), ("HIGH", "HIGH"), ("ticket", "MEDIUM")):
        Incident.objects.update(
            declared_at=moment.now() - timedelta(minutes=6), detected_at=moment.now() - timedelta(hours=1)
        )
        send(source, group(alert(f"Of {word}", began=ago(2), severity=word), key=word))
        assert Incident.objects.latest("number").severity.key == key


def test_what_fired_long_before_anybody_listened_is_detected_now(source: AlertSource) -> None:
    send(source, group(alert(began=ago(3000))))
    assert moment.now() - Incident.objects.get().detected_at < timedelta(minutes=1)


def test_a_wrong_key_one_of_another_tool_and_another_method_open_nothing(source: AlertSource) -> None:
    path = url_of(source).removeprefix("http://localhost:8000")
    client = Client()
    for wrong in (path[:-1], path.replace("alertmanager", "grafana"), "/in/generic/%00", "/in/sentry/x"):
        assert client.post(wrong, b"{}", content_type="text/plain").status_code == 404
    assert client.get(path).status_code == 405
    assert AlertPayload.objects.count() == 0


def test_two_of_one_name_are_told_apart_by_their_labels(source: AlertSource) -> None:
    send(source, group(alert(began=ago(2), instance="web1"), alert(began=ago(2), instance="web2")))
    assert lines(Incident.objects.get()) == [
        "2 alerts fire: Errors: 5 % of requests fail (instance=web1); Errors: 5 % of requests fail (instance=web2)"
    ]


def test_a_fault_of_ours_in_one_body_holds_back_none_after_it(
    source: AlertSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(source, b"{}")
    monkeypatch.setitem(READERS, "alertmanager", lambda document: 1 / 0)
    work()
    monkeypatch.undo()
    send(source, group(alert(began=ago(1))))
    assert list(AlertPayload.objects.order_by("pk").values_list("code", flat=True)) == ["internal", ""]


def test_what_is_old_is_forgotten_but_for_what_an_incident_is_about(
    source: AlertSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(source, by=make_user(), opens_incident=False)
    send(source, group(alert("Kept", began=ago(1))))
    Alert.objects.update(incident="INC-1")
    send(source, *(group(alert(f"A{n}", began=ago(1))) for n in range(3)))
    monkeypatch.setattr(forgetting, "KEPT_OF_A_SOURCE", 2)
    assert (forgetting.forget_old(), AlertPayload.objects.count(), Alert.objects.count()) == (2, 2, 4)
    long_ago = moment.now() - timedelta(days=91)
    AlertPayload.objects.update(last_at=long_ago)
    Alert.objects.update(last_seen=long_ago)
    assert (forgetting.forget_old(), [one.title.partition(":")[0] for one in Alert.objects.all()]) == (
        2,
        ["Kept"],
    )


def test_whoever_sends_without_end_keeps_nobody_else_waiting(source: AlertSource, product: Product) -> None:
    other = connect(product, by=None, tool="generic", name="Zabbix")
    post(other, {"title": "Disk full"})
    post(source, group(alert(began=ago(2))))
    assert judging._waiting(set()) == other.pk
