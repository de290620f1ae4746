"""Every other tool's messages in the shape of all alerts; from what its own documentation shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from foundation import moment
from incidents.lifecycle import transitions
from incidents.models import Incident
from monitoring.alerts.sources import connect, key_of
from monitoring.alerts.tools import read
from monitoring.models import Alert, AlertPayload
from monitoring.probes.json_text import BadJson
from products.models import Product
from tests.factories import join, make_user
from tests.monitoring.alerts.conftest import post, send, story

ISSUE = {
    "action": "created", "actor": {"type": "application"}, "installation": {"uuid": "x"},
    "data": {"issue": {
        "id": "1170820242", "shortId": "SHOP-1", "title": "TypeError: x is undefined", "culprit": "cart.total",
        "level": "error", "status": "unresolved", "web_url": "https://sentry.example.test/issues/1170820242/",
        "lastSeen": "2026-01-02T03:04:05.6Z", "project": {"id": "1", "slug": "shop"},
    }},
}  # fmt: skip
EVENT = {
    "action": "triggered", "data": {"triggered_rule": "Pages", "event": {
        "event_id": "e4", "issue_id": 1170820242, "title": "TypeError: x is undefined", "level": "fatal",
        "datetime": "2026-01-02T04:00:00Z", "web_url": "https://sentry.example.test/issues/1/events/e4/",
        "tags": [["browser", "Firefox"], ["environment", "production"], "odd"],
    }},
}  # fmt: skip
METRIC = {
    "action": "critical", "data": {
        "description_title": "Critical: Too many errors", "description_text": "1000 events in the last 10 minutes",
        "web_url": "https://sentry.example.test/alerts/9/",
        "metric_alert": {"id": "9", "identifier": "9", "title": "Too many errors",
                         "date_started": "2026-01-02T03:00:00Z", "date_closed": None},
    },
}  # fmt: skip
PLUG_IN = {
    "id": "27379932", "project": "shop", "level": "warning", "culprit": "cart", "message": "Slow cart",
    "url": "https://sentry.example.test/27379932/", "event": {"title": "Slow cart", "timestamp": 1767322800.5},
}  # fmt: skip
TRIGGER = {
    "routing_key": "", "event_action": "trigger", "dedup_key": "disk/db1", "client": "cron",
    "client_url": "javascript:alert(1)", "links": [{"href": "https://run.example.test/disk", "text": "Runbook"}],
    "payload": {"summary": "Disk of db1 is full", "source": "db1", "severity": "critical", "component": "postgres",
                "timestamp": "2026-01-02T03:04:05Z", "custom_details": {"free": "0 B", "deep": {"x": 1}}},
}  # fmt: skip
GRAFANA: dict[str, Any] = {
    "receiver": "nightdesk", "status": "firing", "orgId": 1, "groupKey": "{}:{alertname=\"Slow\"}", "state": "alerting",
    "truncatedAlerts": 3, "version": "1", "title": "[FIRING:1] Slow", "alerts": [{
        "status": "firing", "labels": {"alertname": "Slow", "severity": "page"},
        "annotations": {"summary": "p99 is 4 s"},
        "startsAt": "2026-01-02T04:04:05+01:00", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "c6eadffa33fcdf37",
        "generatorURL": "https://grafana.example.test/alerting/1/view", "values": {"A": 4},
        "panelURL": "https://grafana.example.test/d/1?viewPanel=2", "dashboardURL": "https://grafana.example.test/d/1",
    }],
}  # fmt: skip
MINE = {
    "key": "disk-db1",
    "title": "Disk of db1\nis full",
    "severity": "high",
    "url": "ftp://x/",
    "labels": {"n": 3, "o": {}},
}
MUCH = {
    "sentry-issue": ("sentry", ISSUE, ("1170820242", True, "TypeError: x is undefined", "error",
                     {"project": "shop", "issue": "SHOP-1"}, "https://sentry.example.test/issues/1170820242/")),
    "sentry-event": ("sentry", EVENT, ("1170820242", True, "TypeError: x is undefined", "fatal",
                     {"browser": "Firefox", "environment": "production"},
                     "https://sentry.example.test/issues/1/events/e4/")),
    "sentry-metric": ("sentry", METRIC, ("metric 9", True, "Critical: Too many errors", "critical", {"alert": "9"},
                      "https://sentry.example.test/alerts/9/")),
    "sentry-plug-in": ("sentry", PLUG_IN, ("27379932", True, "Slow cart", "warning", {},
                       "https://sentry.example.test/27379932/")),
    "events": ("events", TRIGGER, ("disk/db1", True, "Disk of db1 is full", "critical",
               {"source": "db1", "component": "postgres", "free": "0 B"}, "https://run.example.test/disk")),
    "grafana": ("grafana", GRAFANA, ("c6eadffa33fcdf37", True, "Slow: p99 is 4 s", "page",
                {"alertname": "Slow", "severity": "page"}, "https://grafana.example.test/d/1?viewPanel=2")),
    "generic": ("generic", MINE, ("disk-db1", True, "Disk of db1 is full", "high", {"n": "3"}, "")),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "body", "expected"), MUCH.values(), ids=MUCH)
def test_each_tool_s_alert_is_read(tool: str, body: Any, expected: tuple[Any, ...]) -> None:
    (one,) = read(tool, json.dumps(body).encode()).alerts
    assert (one.key, one.firing, one.title, one.severity, one.labels, one.link) == expected


RESOLVED = {
    "sentry-issue": ("sentry", {**ISSUE, "action": "resolved"}, "1170820242"),
    "sentry-metric": ("sentry", {**METRIC, "action": "resolved"}, "metric 9"),
    "events": ("events", {"event_action": "resolve", "dedup_key": "disk/db1"}, "disk/db1"),
    "grafana": (
        "grafana",
        {**GRAFANA, "alerts": [{**GRAFANA["alerts"][0], "status": "resolved"}]},
        "c6eadffa33fcdf37",
    ),
    "generic": ("generic", [{"title": "disk-db1", "status": "OK"}], "disk-db1"),
}


@pytest.mark.parametrize(("tool", "body", "key"), RESOLVED.values(), ids=RESOLVED)
def test_each_tool_says_that_it_is_over(tool: str, body: Any, key: str) -> None:
    (one,) = read(tool, json.dumps(body).encode()).alerts
    assert (one.key, one.firing) == (key, False)


NOTHING = {
    "sentry-assigned": ("sentry", {**ISSUE, "action": "assigned"}, "“assigned” says nothing of whether it happens."),
    "events-acknowledge": ("events", {"event_action": "acknowledge", "dedup_key": "x"},
                           "“acknowledge” changes nothing here: people acknowledge the incident."),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "body", "note"), NOTHING.values(), ids=NOTHING)
def test_what_says_nothing_of_it_is_noted(tool: str, body: Any, note: str) -> None:
    assert (read(tool, json.dumps(body).encode()).alerts, read(tool, json.dumps(body).encode()).note) == (
        (),
        note,
    )


def test_what_a_tool_left_out_is_said() -> None:
    assert (
        read("grafana", json.dumps(GRAFANA).encode()).note
        == "It left 3 alerts of the group out (max_alerts)."
    )


ODD: list[Any] = [
    {}, [], 7, "x", None, [7], {"alerts": {}}, {"alerts": [7]}, {"alerts": [{}]}, {"data": 7}, {"data": {"issue": {}}},
    {"data": {"event": {"issue_id": []}}}, {"event": [], "id": 0}, {"event_action": []}, {"event_action": "resolve"},
    {"event_action": "trigger", "payload": {"summary": [], "links": 7}}, {"title": {}, "key": []},
    {"title": "x", "status": "perhaps"}, {"alerts": [{"status": "perhaps"}] * 1001},
]  # fmt: skip


@pytest.mark.parametrize("tool", ["alertmanager", "grafana", "sentry", "events", "generic"])
def test_whatever_comes_is_read_or_refused_with_a_code(tool: str) -> None:
    for body in ODD:
        with pytest.raises(BadJson) as refused:
            read(tool, json.dumps(body).encode())
        assert refused.value.code in ("other_kind", "bad_event"), body


def test_one_odd_field_costs_no_alert() -> None:
    odd: dict[str, Any] = {
        "title": "Full\u0000\ud800", "severity": ["x"], "labels": {str(n): "x" * 999 for n in range(99)}, "url": "http://[",
        "started_at": 1e400, "description": {}, "group": "g" * 5000,
    }  # fmt: skip
    (one,) = read("generic", json.dumps(odd).replace("Infinity", "1e999").encode()).alerts
    assert (one.title, one.severity, one.link, one.started_at, len(one.labels), len(one.group)) == (
        "Full?", "", "", None, 40, 64,
    )  # fmt: skip


def test_the_events_api_answers_as_its_clients_expect(product: Product) -> None:
    source = connect(product, by=None, tool="events")
    key = key_of(source)
    told = post(source, {**TRIGGER, "routing_key": key})
    assert (told.status_code, told.json()) == (
        202, {"status": "success", "message": "Event processed", "dedup_key": "disk/db1"},
    )  # fmt: skip
    nameless = {"routing_key": key, "event_action": "trigger", "payload": {"summary": "No key"}}
    assert post(source, nameless).json()["dedup_key"] == post(source, nameless).json()["dedup_key"]
    send(source, {"routing_key": key, "event_action": "resolve", "dedup_key": "disk/db1"})
    assert sorted(Alert.objects.values_list("title", "state", "count")) == [
        ("Disk of db1 is full", "resolved", 1), ("No key", "firing", 2),
    ]  # fmt: skip
    assert story(Incident.objects.get()) == ["declared", "alert_received", "alert_received"]
    assert key not in "".join(one.head for one in AlertPayload.objects.all())


def test_the_events_api_says_what_is_wrong_and_keeps_it_where_it_knows_whose_it_is(product: Product) -> None:
    source = connect(product, by=None, tool="events")
    refused = {"status": "invalid event", "message": "Event object is invalid"}
    for body, wrong in (
        ({"routing_key": key_of(source), "event_action": "trigger"}, "payload.summary is missing"),
        ({"event_action": "trigger"}, "routing_key is missing"),
        (b"{", "Not JSON at line 1, column 2: Expecting property name enclosed in double quotes."),
    ):
        told = post(source, body)
        assert (told.status_code, told.json()) == (400, {**refused, "errors": [wrong]})
    assert AlertPayload.objects.count() == 1
    assert post(source, {"routing_key": "wrong", "event_action": "trigger"}).status_code == 404


def test_what_happens_again_and_is_never_over_is_news_only_where_no_open_incident_has_it(
    product: Product,
) -> None:
    source = connect(product, by=None, tool="generic")
    send(source, {"title": "Full"})
    for _time in range(2):
        Alert.objects.update(since=moment.now() - timedelta(minutes=2))
        send(source, {"title": "Full"})
    first = Incident.objects.get()
    assert (story(first), Alert.objects.get().count) == (["declared", "alert_received"], 3)
    ada = make_user()
    join(ada, product.team)
    transitions.resolve(first, by=ada)
    Alert.objects.update(since=moment.now() - timedelta(minutes=2))
    send(source, {"title": "Full"})
    assert (Incident.objects.count(), Alert.objects.get().incident) == (2, "INC-2")


LONG = "https://shop.example.test/" + "x" * 300
ALIKE: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "fingerprint": ("alertmanager", lambda end: {"alerts": [{"status": "firing", "fingerprint": LONG + end}]}),
    "labels": ("grafana", lambda end: {"alerts": [{"status": "firing", "labels": {"url": LONG + end}}]}),
    "dedup_key": ("events", lambda end: {**TRIGGER, "dedup_key": LONG + end}),
    "key": ("generic", lambda end: {"title": "Down", "key": LONG + end}),
    "title": ("generic", lambda end: {"title": LONG + end}),
    "issue": ("sentry", lambda end: {"data": {"issue": {"id": LONG + end, "title": "x"}}}),
}  # fmt: skip


@pytest.mark.parametrize(("tool", "body"), ALIKE.values(), ids=ALIKE)
def test_two_whose_long_names_differ_at_the_end_are_two(
    tool: str, body: Callable[[str], dict[str, Any]]
) -> None:
    names = [read(tool, json.dumps(body(end)).encode()).alerts[0].fingerprint for end in ("1", "2", "1")]
    assert (len(set(names)), names[0]) == (2, names[2])


def test_what_cannot_be_seen_names_nothing() -> None:
    unseen = {
        "status": "firing",
        "labels": {"alertname": "\u200b"},
        "annotations": {"summary": "\u2060\u3164"},
    }
    (one,) = read("alertmanager", json.dumps({"alerts": [unseen]}).encode()).alerts
    assert one.title == "An alert without a name"
    over = {"event_action": "resolve", "dedup_key": "disk/db1"}
    assert read("events", json.dumps(over).encode()).alerts[0].title == "disk/db1"


@pytest.mark.parametrize("tool", ["alertmanager", "grafana", "generic"])
def test_one_that_cannot_be_read_and_those_too_many_cost_none_of_the_others(tool: str) -> None:
    def told(*alerts: Any) -> tuple[int, str, str]:
        message = read(tool, json.dumps({"alerts": alerts}).encode())
        return len(message.alerts), message.code, message.note

    good, odd = {"status": "firing", "title": "x"}, {"status": "perhaps", "title": "x"}
    n, code, note = told(odd, good, 7)
    assert (n, code, note[:43]) == (
        1,
        "other_kind",
        "2 of 3 alerts in it could not be read: An a"
        if tool != "generic"
        else "2 of 3 alerts in it could not be read: Its ",
    )
    assert told(*[good] * 1001) == (
        1000,
        "too_many",
        "It tells of 1001 alerts at once; the first 1000 count.",
    )


@pytest.mark.parametrize("what", ["installation", "comment"])
def test_what_sentry_says_of_itself_is_no_problem(what: str) -> None:
    body = {"action": "created", "installation": {"uuid": "x"}, "data": {what: "x", "issue_id": 7}}
    assert read("sentry", json.dumps(body).encode()).code == ""


def test_what_grows_worse_while_it_fires_calls_people_as_for_the_worse_and_once(product: Product) -> None:
    source = connect(product, by=None, tool="generic")
    for severity in ("high", "high", "critical", "high", "critical"):
        send(
            source,
            {"key": "errors", "title": "Errors", "severity": severity, "started_at": "2026-01-02T03:04:05Z"},
        )
    found = [(one.severity.key, story(one)) for one in Incident.objects.order_by("pk")]
    assert found == [
        ("HIGH", ["declared", "alert_received"]), ("CRITICAL", ["declared", "alert_received"]),
    ]  # fmt: skip
    send(source, {"key": "errors", "status": "resolved"})
    assert story(Incident.objects.latest("pk")) == ["declared", "alert_received", "alert_received"]


def test_what_becomes_worse_than_people_said_is_left_to_them_unless_it_grows(product: Product) -> None:
    source = connect(product, by=None, tool="generic")
    send(source, {"title": "Errors", "severity": "critical"})
    ada, incident = make_user(), Incident.objects.get()
    join(ada, product.team, "manager")
    high = product.severities().get(key="HIGH")
    transitions.change_severity(incident, by=ada, severity=high, reason="Few use it")
    Alert.objects.update(since=moment.now() - timedelta(minutes=2))
    send(source, {"title": "Errors", "severity": "critical"})
    assert Incident.objects.count() == 1
