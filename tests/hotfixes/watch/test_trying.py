"""Smoke tests, counts and the panel: on a phone, without JavaScript (K58–K60, K62, K63, K98)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from hotfixes.checks import evaluate
from hotfixes.git.unreadable import NOWHERE
from hotfixes.judging.surroundings import context
from hotfixes.models import Hotfix, Tally
from hotfixes.watch import smoke, tallies
from incidents.models import Incident
from incidents.roles.roles import claim
from incidents.work.report import report
from tests.hotfixes.watch.conftest import NIGHT, Night

ALL = {"item_launches": "passed", "item_core": "passed", "item_errors": "passed"}


@pytest.fixture
def phone(night: Night) -> Client:
    client = Client()
    client.force_login(night.ada)
    return client


def page(night: Night, phone: Client) -> str:
    answer = phone.get(f"/incidents/{night.incident.ref}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def post(night: Night, phone: Client, verb: str, sent: dict[str, Any]) -> int:
    return phone.post(f"/incidents/{night.incident.ref}/{verb}", sent).status_code


def judged(night: Night, *keys: str) -> dict[str, str]:
    hotfix = Hotfix.objects.for_page().get()
    return {key: str(one.verdict) for key, one in evaluate(context(hotfix, NOWHERE), keys).items()}


def test_what_was_tried_is_ticked_and_all_of_it_passes_the_smoke_tests_k58_k59_k60(
    night: Night, phone: Client
) -> None:
    night.deploy()
    assert "Say how the smoke tests went" in page(night, phone)
    assert post(night, phone, "try_smoke", {"item_launches": "passed"}) == 302
    assert [one.passed for one in smoke.items(night.watch)] == [True, None, None]
    assert judged(night, "smoke") == {"smoke": "PENDING"}
    assert night.event("noted").text == "Tried: The app starts: works."
    assert post(night, phone, "try_smoke", {**ALL, "text": "Two phones"}) == 302
    assert night.event("smoke_passed").text.endswith("There are no new errors: works.\nTwo phones")
    assert night.told() == ["watch_opened -10"]
    assert judged(night, "smoke") == {"smoke": "STATED"}
    assert "✓ works" in page(night, phone)


def test_one_that_does_not_work_fails_them_and_offers_the_decision_a37(night: Night, phone: Client) -> None:
    night.deploy()
    assert post(night, phone, "try_smoke", {**ALL, "item_core": "failed", "text": "Menu is empty"}) == 302
    assert "Core features work: does not work" in night.event("smoke_failed").text
    assert judged(night, "smoke") == {"smoke": "FAIL"}
    assert "✕ does not work" in page(night, phone)


def test_who_says_that_all_passed_says_so_of_each_until_one_does_not_work(
    night: Night, phone: Client
) -> None:
    night.deploy()
    assert page(night, phone).count("not tried yet") == len(ALL)
    night.pass_smoke()
    shown = page(night, phone)
    assert (shown.count("✓ works"), shown.count("not tried yet")) == (len(ALL), 0)
    assert [one.passed for one in smoke.items(night.watch)] == [None] * len(ALL)
    assert post(night, phone, "try_smoke", {"item_core": "failed"}) == 302
    shown = page(night, phone)
    assert (shown.count("✕ does not work"), shown.count("not tried yet")) == (1, len(ALL) - 1)


def test_nothing_tried_and_nothing_deployed_is_said_in_the_form(night: Night, phone: Client) -> None:
    refused = phone.post(f"/incidents/{night.incident.ref}/try_smoke", ALL)
    assert "Nothing has been deployed yet that could be tried." in refused.content.decode()
    night.deploy()
    refused = phone.post(f"/incidents/{night.incident.ref}/try_smoke", {"text": ""})
    assert "Say of at least one how it went." in refused.content.decode()


def test_the_panel_says_how_far_it_is_and_who_watches(watched: Night, phone: Client) -> None:
    watched.go(72)
    shown = page(watched, phone)
    assert "<b>1 h 12 min of 2 h</b>" in shown
    assert '<progress id="watched-' in shown
    assert "<b>Nobody watches.</b> The role “DevOps” is empty." in shown
    assert ("errors: not counted" in shown, "100 % watched" in shown) == (True, True)
    claim(watched.incident, "devops", by=watched.ada)
    tallies.add(watched.incident, kind="errors", count=0, since=NIGHT, by=watched.ada)
    tallies.add(watched.incident, kind="user_reports", count=2, since=NIGHT, by=watched.ada)
    shown = page(watched, phone)
    assert ("Nobody watches." in shown, "Ada watches" in shown) == (False, True)
    assert ("0 errors" in shown, "2 user reports" in shown) == (True, True)


def test_a_hole_and_a_failure_are_loud_on_the_page(watched: Night, phone: Client) -> None:
    watched.go(10)
    watched.to(18)
    watched.go(22)
    shown = page(watched, phone)
    assert "10 min without a good look between" in shown
    assert "watched until" in shown
    watched.go(26, "down")
    shown = page(watched, phone)
    assert "API failed the watch" in shown
    assert f'<a href="/decisions/{watched.incident.ref}/">Decide: mend it or roll back</a>' in shown


def test_counts_by_hand_are_stated_by_script_proven_and_more_than_before_is_not_right(watched: Night) -> None:
    """K62, K63: none counted is not none there."""
    keys = ("errors", "user_reports")
    watched.go(120)
    assert judged(watched, *keys) == {"errors": "UNKNOWN", "user_reports": "PENDING"}
    since = NIGHT - timedelta(minutes=10)
    tallies.add(watched.incident, kind="errors", count=0, since=since, by=watched.ada, source="Log")
    assert judged(watched, *keys) == {"errors": "STATED", "user_reports": "PENDING"}
    add: dict[str, Any] = {"since": since, "by": watched.ada, "token": "sentry", "source": "Sentry"}
    tallies.add(watched.incident, kind="errors", count=0, **add)
    tallies.add(watched.incident, kind="user_reports", count=2, **add)
    assert judged(watched, "user_reports") == {"user_reports": "WARN"}
    before = {**add, "since": since - timedelta(hours=2), "until": since}
    tallies.add(watched.incident, kind="user_reports", count=1, **before)
    assert judged(watched, "user_reports") == {"user_reports": "FAIL"}


def test_until_the_watch_is_over_no_errors_are_none_so_far(watched: Night) -> None:
    watched.go(60)
    add: dict[str, Any] = {"since": NIGHT - timedelta(minutes=10), "by": watched.ada, "token": "sentry"}
    tallies.add(watched.incident, kind="errors", count=0, **add)
    assert judged(watched, "errors", "healthy_window") == {"errors": "PENDING", "healthy_window": "PENDING"}
    watched.go(120)
    assert judged(watched, "errors", "healthy_window") == {"errors": "PENDING", "healthy_window": "PASS"}
    tallies.add(watched.incident, kind="errors", count=0, **add)
    assert judged(watched, "errors") == {"errors": "PASS"}


def test_the_form_counts_and_refuses_what_cannot_be(watched: Night, phone: Client) -> None:
    watched.go(20)
    path = f"/incidents/{watched.incident.ref}/count"
    form = phone.get(f"{path}?kind=user_reports").content.decode()
    assert 'value="user_reports" ' in form
    assert 'value="2026-11-21T01:50:00"' in form
    sent = {"kind": "errors", "count": "0", "since": "2026-11-21T02:00:00", "source": "Log"}
    assert phone.post(path, sent).status_code == 302
    found = Tally.objects.get()
    assert (found.count, found.since, found.until, found.remedy) == (
        0,
        NIGHT,
        watched.clock.now,
        watched.hotfix.ref,
    )
    assert watched.event("noted").text == "Counted: 0 errors from 21 Nov 02:00 to 21 Nov 02:20 UTC (Log)."
    for wrong, words in (
        ({"since": "2026-11-21T04:00:00"}, "This is in the future: nothing can have been counted yet."),
        ({"until": "2026-11-21T01:55:00"}, "This is not after the moment from which it is counted."),
        ({"count": "-1"}, "Write 0 or more."),
    ):
        answer = phone.post(path, {**sent, **wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    with pytest.raises(ValidationError):
        tallies.add(watched.incident, kind="errors", count=0, since=watched.clock.now, by=watched.ada)


def test_a_page_with_a_watch_asks_a_handful_of_times_more(
    watched: Night, phone: Client, django_assert_max_num_queries: Any
) -> None:
    watched.go(20)
    page(watched, phone)
    with django_assert_max_num_queries(25):
        page(watched, phone)


def test_what_opened_the_incident_is_up_all_through_the_watch_k64(watched: Night) -> None:
    Incident.objects.update(target=watched.api.targets.get())
    watched.go(60)
    assert judged(watched, "fix_verified") == {"fix_verified": "PENDING"}
    watched.go(120)
    assert judged(watched, "fix_verified") == {"fix_verified": "PASS"}


def test_a_watch_that_a_word_cut_short_is_not_green(watched: Night, phone: Client) -> None:
    watched.go(20)
    report(watched.incident, "watch_met", by=watched.ada, text="Nobody complains.")
    shown = page(watched, phone)
    assert ("over, says Ada" in shown, "20 min of 2 h" in shown, "went well</span>" in shown) == (
        True,
        True,
        False,
    )
