"""What was said and what is seen do not go together: told as it happens, once each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from foundation import moment
from hotfixes.alarms import contradictions, resolved_while_down
from hotfixes.decision import decide as decisions
from hotfixes.lifecycle import ending
from hotfixes.models import Hotfix
from hotfixes.standing import standing
from hotfixes.standing.standing import Standing
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.work.report import report
from monitoring.states import State
from notifications.models import Delivery
from products.models import Product, RoleHolder
from tests.factories import join, make_target, make_user
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    """A hotfix is under way, and was looked at once."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def now_of(hotfix: Hotfix) -> Standing:
    return standing.standing(Hotfix.objects.for_page().get(pk=hotfix.pk))


def told(watched: Watched, hotfix: Hotfix) -> list[str]:
    events = hotfix.incident.events.select_related("payload").order_by("seq")
    found = [event.data.get("contradiction") for event in events]
    return [one["sentence"] for one in found if one]


def test_somebody_said_merged_and_git_does_not_see_it(
    watched: Watched, hotfix: Hotfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K108: told once, with a message; gone once it is merged."""
    monkeypatch.setattr(contradictions, "GRACE", timedelta(0))
    watched.story.whole_fix()
    watched.look()
    report(hotfix.incident, "merged", by=watched.ada)
    watched.look()
    watched.look()
    sentence = "Ada said “merged”, but: The fix is not in main yet."
    assert told(watched, hotfix) == [sentence]
    messages = Delivery.objects.filter(key="alarm", subject__contains="look again")
    assert messages.values("about").distinct().count() == 1
    assert [one.sentence for one in contradictions.of_standing(now_of(hotfix))] == [sentence]
    watched.story.fast_forward()
    watched.look()
    assert contradictions.of_standing(now_of(hotfix)) == []
    assert told(watched, hotfix) == [sentence]


def test_who_pushes_while_they_say_so_is_not_contradicted(watched: Watched, hotfix: Hotfix) -> None:
    report(hotfix.incident, "merged", by=watched.ada)
    watched.look()
    assert told(watched, hotfix) == []


def fails(product: Product) -> None:
    """A monitor of it is down."""
    target = make_target(product)
    target.state = target.settled = State.DOWN
    target.since, target.fresh_until = moment.now(), moment.now() + timedelta(hours=1)
    target.save()


def told_of_monitors(incident: Incident) -> list[str]:
    events = incident.events.select_related("payload").filter(kind="check_changed")
    return [event.data["contradiction"]["sentence"] for event in events]


def test_resolved_while_a_monitor_is_down(watched: Watched) -> None:
    incident = watched.incident()
    fails(watched.product)
    assert resolved_while_down.tell_all() == 0
    transitions.resolve(incident, by=watched.ada)
    assert resolved_while_down.tell_all() == 1
    assert resolved_while_down.tell_all() == 0
    assert told_of_monitors(incident) == ["The incident is resolved, but monitor Checkout is down."]


def test_many_resolved_ones_hold_up_no_clock_and_are_all_told(
    watched: Watched, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A bit in each round, the newest first; those that were told cost no look again."""
    fails(watched.product)
    incidents = [watched.incident() for _n in range(3)]
    for incident in incidents:
        transitions.resolve(incident, by=watched.ada)
    assert [resolved_while_down.tell_all(seconds=0) for _round in range(4)] == [1, 1, 1, 0]
    assert [len(told_of_monitors(incident)) for incident in incidents] == [1, 1, 1]
    with django_assert_num_queries(3):
        assert resolved_while_down.tell_all() == 0


def test_a_rollback_ends_no_hotfix_by_itself(watched: Watched, hotfix: Hotfix) -> None:
    join(olga := make_user("olga@example.test"), watched.product.team)
    RoleHolder.objects.create(product=watched.product, role="product_owner", user=olga, position=1)
    before = decisions.standing(hotfix.incident)
    number = before.number if before else 0
    decisions.decide(
        hotfix.incident, by=olga, instead_of=number, choice="rollback", option="redeploy_previous_tag", reason="Faster"
    )  # fmt: skip
    assert [one.sentence for one in contradictions.contradictions(hotfix.incident)] == [
        "A rollback was decided, and HF-1 is still under way."
    ]
    ending.abandon(hotfix, by=watched.ada, reason="We roll back")
    hotfix.incident.refresh_from_db()
    assert contradictions.contradictions(hotfix.incident) == []


def test_hosts_that_report_the_old_version(hotfix: Hotfix) -> None:
    found = now_of(hotfix)
    live = found.check("version_live")
    assert live
    facts = {"versions": {"eu-1": "0.1.0"}}
    said = "0.1.1 is deployed, but these report another version: eu-1 (0.1.0)."
    found.checks[found.checks.index(live)] = replace(live, verdict="FAIL", summary=said, facts=facts)
    assert [(one.key, one.sentence) for one in contradictions.of_standing(found)] == [("not_live", said)]


def test_a_page_says_it_once_beside_the_next_action(watched: Watched, hotfix: Hotfix) -> None:
    """What comes next may be the very thing that does not go together."""
    said = "0.1.1 is deployed, but these report another version: eu-1 (0.1.0)."
    facts = {"versions": {"eu-1": "0.1.0"}}
    now = hotfix.results.filter(superseded_at=None)
    now.update(verdict="PASS")
    assert now.filter(key="version_live").update(verdict="FAIL", summary=said, facts=facts) == 1
    reader = Client()
    reader.force_login(watched.ada)
    pages = ("/", hotfix.incident.get_absolute_url(), hotfix.get_absolute_url())

    def loud() -> list[bool]:
        texts = [reader.get(path).text for path in pages]
        assert all(said in text for text in texts)
        return [any(said in one[:300] for one in text.split('class="notice critical"')[1:]) for text in texts]

    assert loud() == [True, True, False]
    transitions.acknowledge(hotfix.incident, by=watched.ada)
    assert loud() == [False, False, False]


def test_an_approval_older_than_what_was_merged(hotfix: Hotfix) -> None:
    """K95."""
    found = now_of(hotfix)
    approval, merged = found.check("approval"), found.check("merged")
    assert approval
    assert merged
    said = "ben approved 1a2b3c4d5e; the branch has gone on to 5e4d3c2b1a since."
    found.checks[found.checks.index(approval)] = replace(approval, verdict="FAIL", summary=said)
    assert contradictions.of_standing(found) == []
    found.checks[found.checks.index(merged)] = replace(merged, verdict="PASS", facts={"commit": "5e4d"})
    assert [one.sentence for one in contradictions.of_standing(found)] == [f"Merged, but: {said}"]
