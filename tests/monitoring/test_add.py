"""Adding, editing and trying a monitor: good guesses, nothing lost, refused to who may not."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from monitoring.add import suggested_name
from monitoring.models import Monitor, StatusChange, Target
from products.models import Product
from tests.factories import make_monitor, make_product, make_team
from tests.monitoring.conftest import Service
from tests.monitoring.test_board import member, put

pytestmark = pytest.mark.django_db
URL = "/monitoring/new/"


def form(**facts: Any) -> dict[str, Any]:
    """What a browser sends for the untouched form with an address."""
    return {
        "kind": "http", "target": "https://shop.example/health", "product": "staff-mobile", "interval_s": "60",
        "opens_incident": "on", **facts,
    }  # fmt: skip


@pytest.fixture
def manager() -> Client:
    return member("manager")[1]


@pytest.mark.parametrize("role", ["viewer", "responder"])
def test_who_manages_nothing_may_not_add(role: str) -> None:
    _, client = member(role)
    assert client.get(URL).status_code == 403
    assert client.post(URL, form()).status_code == 403
    assert Monitor.objects.count() == 0


def test_a_product_of_another_team_is_unknown_to_the_form(manager: Client) -> None:
    make_product(make_team("other"), name="Foreign")
    response = manager.post(URL, form(product="foreign"))
    assert response.status_code == 422
    assert Monitor.objects.count() == 0


def test_an_address_is_enough(manager: Client) -> None:
    response = manager.post(URL, form())
    monitor = Monitor.objects.get()
    assert response["Location"] == "/monitoring/shop-example-health/"
    assert (monitor.name, monitor.kind, monitor.target) == (
        "shop.example/health", "http", "https://shop.example/health",
    )  # fmt: skip
    assert (monitor.interval_s, monitor.retry_s, monitor.fail_after, monitor.recover_after) == (60, 10, 3, 2)
    assert (monitor.opens_incident, monitor.severity, monitor.expect, monitor.mapping) == (True, "", {}, "")
    assert Target.objects.get().state == "unknown"


def test_a_summary_counts_at_once_and_has_no_target_yet(manager: Client) -> None:
    manager.post(URL, form(kind="summary", target="/srv/archy/summary.json"))
    monitor = Monitor.objects.get()
    assert (monitor.name, monitor.fail_after, monitor.recover_after) == ("archy/summary.json", 1, 1)
    assert Target.objects.count() == 0


def test_everything_that_can_be_set_is_kept(manager: Client) -> None:
    response = manager.post(
        URL,
        form(
            name="Shop", severity="CRITICAL", fail_after="5", recover_after="4", retry_s="7", status="200,204",
            body="welcome", json_path="db.ok", json_equals="true", slow_ms="900", certificate_days="14",
        ),
    )  # fmt: skip
    assert response.status_code == 302, response.context["form"].errors
    monitor = Monitor.objects.get()
    assert (monitor.name, monitor.slug, monitor.severity) == ("Shop", "shop", "CRITICAL")
    assert (monitor.fail_after, monitor.recover_after, monitor.retry_s) == (5, 4, 7)
    assert monitor.expect == {
        "status": "200,204", "body": "welcome", "slow_ms": 900, "certificate_days": 14,
        "json": [{"path": "db.ok", "equals": True}],
    }  # fmt: skip


def test_the_board_hands_over_what_was_pasted(manager: Client) -> None:
    page = manager.get(URL + "?kind=http&target=https://www.shop.example/").content.decode()
    assert 'value="https://www.shop.example/"' in page
    assert 'value="shop.example"' in page


WRONG = [
    ({"target": ""}, "target"),
    ({"target": "ftp://shop.example/"}, "target"),
    ({"target": "not an address"}, "target"),
    ({"target": "https://user:secret@shop.example/"}, "target"),
    ({"target": "https://shop.example/" + "a" * 2000}, "target"),
    ({"name": "n" * 121}, "name"),
    ({"name": "bell\x07"}, "name"),
    ({"product": "nothing"}, "product"),
    ({"interval_s": "0"}, "interval_s"),
    ({"interval_s": "1"}, "interval_s"),
    ({"fail_after": "0"}, "fail_after"),
    ({"fail_after": "101"}, "fail_after"),
    ({"retry_s": "-1"}, "retry_s"),
    ({"recover_after": "x"}, "recover_after"),
    ({"severity": "p1"}, "severity"),
    ({"status": "teapot"}, "status"),
    ({"json_path": "a[", "json_equals": "1"}, "json_path"),
    ({"json_path": "a", "json_equals": "[1]"}, "json_equals"),
    ({"body": "welcome" * 200}, "body"),
    ({"json_path": "a.b"}, "json_equals"),
    ({"kind": "telepathy"}, "kind"),
    ({"kind": "summary", "preset": "own", "mapping": "{not json"}, "mapping"),
    ({"kind": "summary", "preset": "own", "mapping": '{"targets": "a["}'}, "mapping"),
    ({"kind": "summary", "preset": "nobody"}, "preset"),
]


def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(manager: Client) -> None:
    for facts, field in WRONG:
        response = manager.post(URL, form(**{"name": "My own name", **facts}))
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field]), facts
        for name in {"target", "name"} - {field}:
            sent = {"target": "https://shop.example/health", "name": "My own name", **facts}[name]
            assert f'value="{sent}"' in response.content.decode(), facts
    assert Monitor.objects.count() == 0


def test_try_now_shows_what_the_probe_saw_and_saves_nothing(manager: Client, service: Service) -> None:
    service.status, service.body = 503, b"<h1>down for <b>maintenance</b></h1>"
    response = manager.post(URL, form(target=service.url, name="Shop", **{"try": "1"}))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Status <b>503</b>" in page
    assert "&lt;h1&gt;down for &lt;b&gt;maintenance" in page
    assert 'value="Shop"' in page
    assert Monitor.objects.count() == 0


def test_try_now_finds_the_format_and_its_targets(manager: Client, service: Service) -> None:
    service.body = json.dumps(
        [
            {
                "name": "Search",
                "slug": "search",
                "url": "https://s.example",
                "status": "down",
                "uptime": "99.40%",
            }
        ]
    ).encode()
    page = manager.post(URL, form(kind="summary", target=service.url, **{"try": "1"})).content.decode()
    assert "Format: <b>upptime</b>" in page
    assert "Search" in page


def test_try_now_prints_the_line_to_set_for_a_refused_address(manager: Client) -> None:
    page = manager.post(URL, form(target="http://127.0.0.1:9/", **{"try": "1"})).content.decode()
    assert "NIGHTDESK_PROBE_NETWORKS=127.0.0.0/8" in page
    assert "refused_address" not in page


def test_try_now_prints_the_line_to_set_for_a_file(
    manager: Client, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "summary.json").write_text("[]")
    facts = form(kind="summary", target=str(tmp_path / "summary.json"), **{"try": "1"})
    assert f"NIGHTDESK_FILE_ROOTS={tmp_path}" in manager.post(URL, facts).content.decode()


def test_editing_keeps_what_the_form_has_no_field_for(manager: Client) -> None:
    product = Product.objects.get()
    monitor = make_monitor(product, expect={"follow_redirects": False, "status": "200"})
    page = manager.get(f"/monitoring/{monitor.slug}/edit/").content.decode()
    assert 'value="200"' in page
    manager.post(f"/monitoring/{monitor.slug}/edit/", form(target=monitor.target, name="Shop", status="204"))
    monitor.refresh_from_db()
    assert (monitor.name, monitor.slug) == ("Shop", "checkout")
    assert monitor.expect == {"follow_redirects": False, "status": "204"}


def test_a_new_name_keeps_the_state_and_a_new_address_does_not(manager: Client) -> None:
    product = Product.objects.get()
    monitor = make_monitor(product)
    put("Checkout", "down")
    url = f"/monitoring/{monitor.slug}/edit/"
    manager.post(url, form(target=monitor.target, name="Shop"))
    assert Target.objects.get().state == "down"
    manager.post(url, form(target="https://elsewhere.example/", name="Shop"))
    target, change = Target.objects.get(), StatusChange.objects.get()
    assert (target.state, target.settled, target.code) == ("unknown", "", "edited")
    assert (change.was, change.state) == ("down", "unknown")


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("https://www.shop.example/", "shop.example"),
        ("https://shop.example:8443/a/b%20c?q=1", "shop.example/a/b c"),
        ("/srv/archy/status/summary.json", "status/summary.json"),
        ("http://", "http:"),
    ],
)
def test_the_address_gives_a_name(target: str, name: str) -> None:
    assert suggested_name(target) == name


def test_two_of_one_name_get_two_slugs_and_no_slug_is_an_address_of_ours() -> None:
    product = make_product()
    slugs = [make_monitor(product, name=name).slug for name in ("Shop", "Shop", "new", "…")]
    assert slugs == ["shop", "shop-2", "new-2", "monitor"]
