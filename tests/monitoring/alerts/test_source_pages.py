"""The pages of alert sources: connecting, what to copy, what arrived, and what fires where people look for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import strip_tags
from playwright.sync_api import Page

from foundation import moment
from foundation.written import utc
from incidents.models import Incident
from monitoring.alerts.sources import change, connect, key_of, url_of
from monitoring.models import AlertSource
from products.models import Product
from tests.factories import join, make_product, make_user
from tests.fixtures.looking import look_at
from tests.monitoring.alerts.conftest import alert, group, send
from tests.monitoring.conftest import let_pass
from tests.monitoring.test_live_pages import sign_in


def person(product: Product, role: str) -> Client:
    user = make_user(f"{role}@example.test")
    join(user, product.team, role)
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_manager_connects_a_tool_and_copies_its_lines(product: Product) -> None:
    client = person(product, "manager")
    sent = {
        "tool": "grafana", "name": "", "product": product.slug, "opens_incident": "on",
        "severities": "Page = critical\n\nticket=medium", "severity": "HIGH",
    }  # fmt: skip
    made = client.post("/alerts/new/", sent)
    source = AlertSource.objects.get()
    assert (made.status_code, made.headers["Location"]) == (302, "/alerts/grafana/")
    assert (source.name, source.severities, source.severity, source.opens_incident) == (
        "Grafana", {"page": "critical", "ticket": "medium"}, "HIGH", True,
    )  # fmt: skip
    assert url_of(source) in text(client, "/alerts/grafana/")
    before = key_of(source)
    client.post("/alerts/grafana/rotate_key/")
    assert Client().post(f"/in/grafana/{before}", b"{}", content_type="text/plain").status_code == 404


def test_what_nobody_named_is_called_by_its_tool_in_short_and_once(product: Product) -> None:
    tools = ("alertmanager", "grafana", "sentry", "events", "generic")
    made = [connect(product, by=None, tool=tool) for tool in tools]
    assert [one.slug for one in made] == ["alertmanager", "grafana", "sentry", "events-api", "script"]
    named = connect(product, by=None, tool="generic", name="Cron of db1")
    assert [one.tool_beside for one in (*made, named)] == ["", "", "", "", "", "Script"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("severities", "page", "Write one on each line, such as: page = critical"),
        ("severities", "page = urgent", "Staff Mobile has these severities: CRITICAL, HIGH, MEDIUM."),
    ],
)
def test_what_the_process_does_not_have_is_said_at_its_field(
    product: Product, field: str, value: str, said: str
) -> None:
    sent = {"tool": "generic", "product": product.slug, field: value}
    answer = person(product, "manager").post("/alerts/new/", sent)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert AlertSource.objects.count() == 0


@pytest.mark.parametrize("tool", ["alertmanager", "grafana", "sentry", "events", "generic"])
def test_each_tool_s_page_has_what_to_set_there(product: Product, tool: str) -> None:
    source = connect(product, by=None, tool=tool)
    page = text(person(product, "manager"), source.get_absolute_url())
    assert key_of(source) in page
    assert url_of(source) in page


def test_what_fires_and_what_was_wrong_stands_where_people_look(
    source: AlertSource, product: Product
) -> None:
    reader = person(product, "viewer")
    send(source, group(alert(began=utc(moment.now()), instance="web1")), b"<html>token=s3cret")
    told = "Errors: 5 % of requests fail"
    for path in (
        "/alerts/?state=firing",
        f"/products/{product.slug}/",
        source.get_absolute_url(),
        "/incidents/INC-1/",
    ):
        page = text(reader, path)
        assert told in page, path
        assert "instance=web1" in page, path
        assert "s3cret" not in page, path
    assert told not in text(reader, "/alerts/?state=resolved")
    for path in ("/alerts/", f"/products/{product.slug}/", source.get_absolute_url()):
        assert "This is an HTML or XML page, not JSON." in text(reader, path)
    assert 'href="/incidents/INC-1/"' in text(reader, source.get_absolute_url())
    assert key_of(source) not in text(reader, source.get_absolute_url())
    assert "&lt;html&gt;token=s3cret" in text(person(product, "manager"), source.get_absolute_url())


def test_the_list_is_searched_by_words_labels_and_product_and_paged(
    source: AlertSource, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.alerts.shown.MOST", 2)
    reader = person(product, "viewer")
    began = utc(moment.now())
    send(source, group(*(alert(name, began=began, instance=name[:2]) for name in ("Disk", "Load", "Late"))))

    def listed(query: str) -> list[str]:
        answer = reader.get(f"/alerts/?{query}")
        assert answer.status_code == 200
        return [one.labels["alertname"] for one in answer.context["found"].items]

    first = reader.get("/alerts/?state=firing")
    assert [one.labels["alertname"] for one in first.context["found"].items] == ["Late", "Load"]
    assert listed(f"state=firing&after={first.context['found'].next}") == ["Disk"]
    assert (listed("q=instance%3DDi"), listed("q=disk+prometh"), listed("q=moon")) == (["Disk"], ["Disk"], [])
    assert (listed("q=lo&product=other"), listed(f"q=load&product={product.slug}")) == ([], ["Load"])
    assert reader.get("/alerts/?after=odd").headers["Location"] == "/alerts/"
    assert "No alert fits these words and filters." in text(reader, "/alerts/?q=moon")


def test_what_fires_and_was_long_not_heard_of_says_so(source: AlertSource, product: Product) -> None:
    reader = person(product, "viewer")
    send(source, group(alert(began=utc(moment.now()))))
    let_pass(11 * 3600)
    assert "not heard of" not in text(reader, "/alerts/")
    let_pass(2 * 3600)
    for path in ("/alerts/", source.get_absolute_url(), f"/products/{product.slug}/", "/incidents/INC-1/"):
        assert "not heard of for 13 h" in text(reader, path), path


def test_only_addresses_of_the_web_can_be_pressed(product: Product) -> None:
    source = connect(product, by=None, tool="generic")
    send(source, {"title": "<b>Full</b>", "url": "javascript:alert(1)"})
    page = text(person(product, "viewer"), Incident.objects.get().get_absolute_url())
    assert "&lt;b&gt;Full&lt;/b&gt;" in page
    assert "javascript:alert" not in page


def test_an_incident_s_page_shows_nothing_of_what_became_another_product_s(product: Product) -> None:
    source = connect(product, by=None, tool="generic")
    send(source, {"title": "Full", "description": "Disk of db1"})
    reader, incident = person(product, "viewer"), Incident.objects.get()
    assert "Disk of db1" in text(reader, incident.get_absolute_url())
    change(source, by=make_user("theirs@example.test"), product=make_product(name="Theirs"))
    assert "Disk of db1" not in text(reader, incident.get_absolute_url())


def test_what_never_fired_here_has_a_name_and_says_so(product: Product) -> None:
    source = connect(product, by=None, tool="events")
    send(source, {"routing_key": key_of(source), "event_action": "resolve", "dedup_key": "disk/db1"})
    page = strip_tags(text(person(product, "viewer"), source.get_absolute_url()))
    assert ("disk/db1" in page, "never told to fire, heard" in page, "0 times" in page) == (True, True, False)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_and_nothing_sticks_out(
    page: Page, asgi_server: str, console_errors: list[str]
) -> None:
    product = make_product()
    source = connect(product, by=None, tool="alertmanager", name="Prometheus")
    send(source, group(alert(began=utc(moment.now()), instance="a-long-name-" * 12)), b"x" * 5000)
    user = make_user()
    join(user, product.team, "manager")
    sign_in(page, user, asgi_server)
    for path in ("", "new/", f"{source.slug}/"):
        look_at(page, f"{asgi_server}/alerts/{path}")
