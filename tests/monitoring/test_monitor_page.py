"""One monitor: what it shows, and who may do what with it."""

import pytest
from django.test import Client

from foundation import moment
from monitoring.models import Monitor, StatusChange, Target
from tests.factories import join, make_monitor, make_product, make_team, make_user
from tests.monitoring.conftest import let_pass
from tests.monitoring.test_board import member, put

pytestmark = pytest.mark.django_db
VERBS = ("check", "disable", "enable", "archive")


def test_another_team_gets_404_everywhere() -> None:
    monitor = make_monitor()
    outsider = make_user("eve@example.test")
    join(outsider, make_team("other"), "admin")
    client = Client()
    client.force_login(outsider)
    assert client.get(f"/monitoring/{monitor.slug}/").status_code == 404
    assert client.get(f"/monitoring/{monitor.slug}/edit/").status_code == 404
    assert [client.post(f"/monitoring/{monitor.slug}/{verb}/").status_code for verb in VERBS] == [404] * 4
    monitor.refresh_from_db()
    assert (monitor.enabled, monitor.archived_at) == (True, None)


@pytest.mark.parametrize(("role", "codes"), [("viewer", [403] * 4), ("responder", [302, 403, 403, 403])])
def test_verbs_are_refused_to_who_may_only_look(role: str, codes: list[int]) -> None:
    monitor = make_monitor()
    _, client = member(role, monitor.product)
    assert client.get(f"/monitoring/{monitor.slug}/").status_code == 200
    assert [client.post(f"/monitoring/{monitor.slug}/{verb}/").status_code for verb in VERBS] == codes


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_refuse_get(verb: str) -> None:
    monitor = make_monitor()
    _, client = member("manager", monitor.product)
    assert client.get(f"/monitoring/{monitor.slug}/{verb}/").status_code == 405


def test_it_shows_the_last_look_the_changes_and_what_became_of_them() -> None:
    monitor = make_monitor()
    put("Checkout", "down", code="status", detail="It answered 503 <b>.")
    target = Target.objects.get()
    StatusChange.objects.create(
        target=target,
        was="up",
        state="down",
        at=moment.now(),
        code="status",
        detail="It answered 503 <b>.",
        outcome="INC-42",
    )
    _, client = member("viewer", monitor.product)
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert "It answered 503 &lt;b&gt;." in page
    assert '<a class="proof" href="/incidents/INC-42/">INC-42</a>' in page


def test_percentages_leave_out_what_nobody_watched_and_say_so() -> None:
    """A5: never a bare 100 %."""
    monitor = make_monitor()
    target = Target.objects.get()
    StatusChange.objects.create(target=target, was="unknown", state="up", at=moment.now())
    put("Checkout", "up")
    let_pass(6 * 3600)
    StatusChange.objects.create(target=target, was="up", state="down", at=moment.now())
    let_pass(2 * 3600)
    _, client = member("viewer", monitor.product)
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert "<b>75.00 %</b> <small>of 8 h 00</small>" in page.replace("74.99 %", "75.00 %")
    assert "16 h 00" in page.replace("15 h 59", "16 h 00")


def test_a_new_monitor_has_no_figure_yet() -> None:
    monitor = make_monitor()
    StatusChange.objects.create(target=Target.objects.get(), was="unknown", state="up", at=moment.now())
    put("Checkout", "up")
    _, client = member("viewer", monitor.product)
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert (page.count("no figure yet"), page.count("100 %")) == (3, 0)


def test_bodies_are_shown_to_editors_only() -> None:
    monitor = make_monitor()
    Monitor.objects.update(kept="<h1>secret</h1>", kept_code="not_json", kept_at=moment.now())
    _, viewer = member("responder", monitor.product)
    _, manager = member("manager", monitor.product)
    assert "secret" not in viewer.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert "&lt;h1&gt;secret&lt;/h1&gt;" in manager.get(f"/monitoring/{monitor.slug}/").content.decode()


def test_check_now_makes_it_due_and_says_so() -> None:
    monitor = make_monitor()
    Monitor.objects.update(due_at=moment.now().replace(year=2100))
    _, client = member("responder", monitor.product)
    response = client.post(f"/monitoring/{monitor.slug}/check/", follow=True)
    assert "Looking now." in response.content.decode()
    assert Monitor.objects.get().due_at <= moment.now()


def test_switching_off_is_unknown_at_once_and_on_again_is_due_at_once() -> None:
    monitor = make_monitor()
    put("Checkout", "up")
    user, client = member("manager", monitor.product)
    client.post(f"/monitoring/{monitor.slug}/disable/")
    target, change = Target.objects.get(), StatusChange.objects.get()
    assert (target.state, target.code, target.detail) == (
        "unknown",
        "switched_off",
        f"Switched off by {user}",
    )
    assert (change.was, change.state) == ("up", "unknown")
    client.post(f"/monitoring/{monitor.slug}/disable/")
    assert StatusChange.objects.count() == 1
    Monitor.objects.update(due_at=moment.now().replace(year=2100))
    client.post(f"/monitoring/{monitor.slug}/enable/")
    monitor.refresh_from_db()
    assert (monitor.enabled, monitor.due_at <= moment.now()) == (True, True)


def test_archiving_leaves_the_board_and_keeps_the_history() -> None:
    monitor = make_monitor()
    put("Checkout", "down")
    _, client = member("manager", monitor.product)
    response = client.post(f"/monitoring/{monitor.slug}/archive/")
    assert (response.status_code, response["Location"]) == (302, "/monitoring/")
    assert 'class="row-title"' not in client.get("/monitoring/").content.decode()
    page = client.get(f"/monitoring/{monitor.slug}/")
    assert page.status_code == 200
    assert "Archived by" in page.content.decode()
    assert client.get(f"/monitoring/{make_monitor(monitor.product).slug}/").status_code == 200


def test_a_summary_without_targets_says_why() -> None:
    monitor = make_monitor(make_product(), kind="summary", target="/srv/summary.json", name="archy")
    Monitor.objects.update(code="not_json", detail="This is not JSON.")
    _, client = member("viewer", monitor.product)
    page = client.get(f"/monitoring/{monitor.slug}/").content.decode()
    assert "This is not JSON." in page
    assert "No target was seen yet." in page
