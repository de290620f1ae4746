"""A rollback of one incident took back the fix of another (A37, K138): that one's timeline, watch, checks and people
have heard of it, and hear that it runs again.
"""

import pytest

from accounts.models import User
from hotfixes.alarms.contradictions import contradictions
from hotfixes.decision.decide import decide
from hotfixes.deployments import holds
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Rollback, Watch
from hotfixes.reported.deployments import report_deployment
from incidents.models import Incident, TimelineEvent
from incidents.sentences.sentences import sentence
from incidents.timeline.verify import verify
from incidents.work import verdicts, work
from incidents.work.next_action import next_action
from notifications.models import Delivery
from products.models import Hold, Product
from tests.hotfixes.deployments.taken import (
    check,
    fix,
    fresh,
    other,
    out,
    page,
    settle,
    stage,
    told,
    went_back,
)
from tests.hotfixes.rollback.test_remedy import production
from tests.hotfixes.starting import critical

__all__ = ["fix", "other", "out", "went_back"]

pytestmark = pytest.mark.usefixtures("went_back")


@pytest.fixture
def made(went_back: tuple[Rollback, TimelineEvent]) -> Rollback:
    return went_back[0]


@pytest.fixture
def said(went_back: tuple[Rollback, TimelineEvent]) -> TimelineEvent:
    return went_back[1]


def test_the_other_incident_hears_that_its_fix_was_taken_back(
    fix: Hotfix, other: Incident, made: Rollback, said: TimelineEvent
) -> None:
    (event,) = told(fix)
    assert (event.occurred_at, event.actor, event.data["taken_back_by"]) == (
        said.occurred_at, None, {"rollback": made.ref, "incident": other.ref},
    )  # fmt: skip
    assert "took this fix back</b>: 0.1.0 runs again (Production), without HF-1 0.1.1" in str(sentence(event))
    assert fix.incident.status == "active"
    assert stage(fix) == "Taken back"
    watch = Watch.objects.get(incident=fix.incident)
    assert (watch.state, watch.ended_at, watch.look_until) == ("stopped", said.occurred_at, None)
    assert check(fix, "deployed") == (
        "FAIL", "A rollback took 0.1.1 back: 0.1.0 runs again (Production).",
    )  # fmt: skip
    assert check(fix, "healthy_window")[0] == "PENDING"
    assert not fix.incident.clocks.filter(key="watch", stopped_at=None).exists()
    assert contradictions(fix.incident) == []
    assert not told(fix, "rolled_back")
    assert list(verify(Incident.objects.all())) == []
    settle()
    assert len(told(fix)) == 1


def test_the_next_fix_does_not_get_the_version_of_the_one_that_was_taken_back(
    fix: Hotfix, product: Product, ada: User
) -> None:
    """Its tag is there, and users had it."""
    hotfix = start(critical(product, ada), by=ada)
    assert (fix.new_version, hotfix.old_version, hotfix.new_version) == ("0.1.1", "0.1.0", "0.1.2")


def test_its_people_are_told_and_led_to_decide_anew(
    fix: Hotfix, other: Incident, made: Rollback, ada: User, olga: User
) -> None:
    messages = Delivery.objects.filter(key="taken_back")
    assert {one.about.partition("/")[0] for one in messages} == {fix.incident.ref}
    assert {one.user for one in messages} >= {olga}
    to_decide = messages.filter(user=olga).first()
    assert to_decide is not None
    assert "the fix was taken back" in to_decide.subject
    assert f"{made.ref} of {other.ref} took HF-1 back" in to_decide.body
    assert to_decide.path == f"/decisions/{fix.incident.ref}/"
    incident = Incident.objects.for_page().get(pk=fix.incident_id)
    found = next_action(incident, work=work.read(incident), checks=verdicts.of(incident))
    assert found is not None
    assert (found.verb, found.title) == ("propose", "Olga decides anew")
    assert "took HF-1 back" in page(ada, fix.incident.get_absolute_url())
    shown = page(olga, f"/decisions/{fix.incident.ref}/")
    assert "took HF-1 back" in shown
    assert "HF-1 was taken back" in shown
    assert "HF-1 does not hold" not in shown


def test_the_pages_say_it_and_the_watch_claims_nothing_more(
    fix: Hotfix, other: Incident, made: Rollback, ada: User
) -> None:
    hotfix = page(ada, fix.get_absolute_url())
    assert f"<b>Taken back.</b> {made.ref} of {other.ref} took HF-1 back" in hotfix
    assert (hotfix.count("✓ works"), "not tried" in hotfix) == (3, False)
    assert "Taken back" in page(ada, "/hotfixes/")
    incident = f'<a href="{fix.incident.get_absolute_url()}">{fix.incident.ref}</a>'
    took = f'Takes back <a href="{fix.get_absolute_url()}">HF-1</a> of {incident} 0.1.1: its people were told'
    rollback = page(ada, made.get_absolute_url())
    assert (rollback.count("Takes back <a"), took in rollback) == (1, True)


def test_a_fix_that_was_taken_back_holds_no_release_and_the_one_in_its_place_does(
    fix: Hotfix, made: Rollback, ada: User, olga: User, product: Product
) -> None:
    held = Hold.objects.standing().values_list("remedy", flat=True)
    assert list(held) == ["HF-1"]
    holds.keep()
    assert [one.ref for one in holds.of_product(product, ada).because] == [made.ref]
    assert list(held.all()) == [made.ref]
    decide(fix.incident, by=olga, choice="hotfix", reason="With the guard as well")
    holds.keep()
    assert set(held.all()) == {made.ref, "HF-2"}


def test_of_an_incident_that_became_private_no_number_is_left(
    fix: Hotfix, other: Incident, made: Rollback, ben: User
) -> None:
    address = fix.incident.get_absolute_url()
    assert f"{made.ref} of" in page(ben, address).replace("</a>", "")
    Incident.objects.filter(pk=other.pk).update(private=True)
    for path in (address, fix.get_absolute_url()):
        shown = page(ben, path)
        assert "A rollback took" in shown
        assert (other.ref in shown, made.ref in shown) == (False, False)


def test_brought_out_again_it_runs_again_and_is_watched_anew(fix: Hotfix, product: Product) -> None:
    report_deployment(product, production(product), version="0.1.1", status="succeeded", by=None)
    settle()
    assert len(told(fix, "deployed")) == 2
    assert (fresh(fix).taken_back_at, stage(fix)) == (None, "Deployed")
    assert check(fix, "deployed")[0] == "PASS"
    assert Watch.objects.filter(incident=fix.incident, state="running").count() == 1
