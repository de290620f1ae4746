"""A rollback of one incident takes back the fix of another (A37, K138): that one's timeline, watch, checks and people
hear of it. What follows for them: test_after_it_was_taken_back.py.
"""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Rollback, Watch
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import back
from incidents.clocks.verbs import waive_clock
from incidents.lifecycle import transitions
from incidents.lifecycle.closing import close
from incidents.models import Incident, Mode, Participant
from incidents.sentences.sentences import sentence
from incidents.timeline.corrections import correct
from notifications.models import Delivery
from products.models import Product
from products.running import of_place
from tests.hotfixes.deployments.taken import (
    check,
    fix,
    fresh,
    gone_back,
    other,
    out,
    page,
    settle,
    stage,
    told,
)
from tests.hotfixes.rollback.test_remedy import decided, production
from tests.hotfixes.rollback.test_ways import deployed
from tests.hotfixes.starting import critical

__all__ = ["fix", "other", "out"]

pytestmark = pytest.mark.usefixtures("out")


def hears_and_stays(fix: Hotfix, ended: str, made: Rollback, by: User) -> None:
    assert fresh(fix).incident.status == ended
    assert [one.data["taken_back_by"]["rollback"] for one in told(fix)] == [made.ref]
    message = Delivery.objects.filter(key="taken_back").first()
    assert message is not None
    assert "Reopen it to decide anew." in message.body
    shown = page(by, fix.incident.get_absolute_url())
    assert "took HF-1 back" in shown
    assert "Reopen" in shown
    assert "aken back" in stage(fix)


def test_what_is_resolved_is_told_and_not_opened_by_itself(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    transitions.resolve(fix.incident, by=ada)
    made, _said = gone_back(other, olga, ada)
    hears_and_stays(fix, "resolved", made, ada)


def test_what_is_closed_is_told_too_and_a_newer_version_brings_it_back_without_watching_it(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    transitions.resolve(fix.incident, by=ada)
    for clock in fix.incident.clocks.filter(stopped_at=None):
        waive_clock(fix.incident, clock.key, by=ada, reason="Quiet", subject=clock.subject)
    close(fix.incident, by=ada)
    settle()
    made, _said = gone_back(other, olga, ada)
    hears_and_stays(fix, "closed", made, ada)
    report_deployment(product, production(product), version="0.2.0", status="succeeded", by=None)
    settle()
    assert [one.data.get("out_again") for one in told(fix, "deployed")] == [None, True]
    assert "0.2.0" in str(sentence(told(fix, "deployed")[-1]))
    assert (fresh(fix).taken_back_at, stage(fix)) == (None, "Released")
    assert not Watch.objects.filter(incident=fix.incident, state="running").exists()
    assert "took HF-1 back" not in page(ada, fix.incident.get_absolute_url()).partition('id="timeline')[0]


def test_a_rollback_by_a_script_says_so_once_too(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    made = decided(other, olga)
    report_deployment(
        product, production(product), version="0.1.0", status="succeeded", by=None, token="deploy"
    )
    settle()
    assert [one.data["taken_back_by"]["rollback"] for one in told(fix)] == [made.ref]
    assert told(fix, "rolled_back") == []
    assert check(fix, "deployed")[0] == "FAIL"


def test_without_a_decided_rollback_no_incident_is_named(
    fix: Hotfix, ada: User, olga: User, product: Product
) -> None:
    """An older version that somebody brought out: of an open incident the report itself is told, as ever."""
    report_deployment(product, production(product), version="0.1.0", status="succeeded", by=None)
    settle()
    assert (len(told(fix, "rolled_back")), told(fix)) == (1, [])
    assert fresh(fix).taken_back_at is None


def test_a_fix_that_is_in_what_runs_again_is_left_alone(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    """0.1.2 is gone back from to 0.1.1, which is the fix."""
    deployed(product, "0.1.2", 0)
    gone_back(other, olga, ada)
    assert of_place(production(product)).version == "0.1.1"
    assert (told(fix), told(fix, "rolled_back"), stage(fix)) == ([], [], "Verified")
    assert (fresh(fix).taken_back_at, fresh(fix).incident.status) == (None, "monitoring")
    assert fix.incident.clocks.filter(key="watch", stopped_at=None).exists()


def test_a_fix_that_users_never_had_is_left_alone(
    fix: Hotfix, other: Incident, product: Product, ada: User, olga: User
) -> None:
    hotfix = start(critical(product, ada), by=ada)
    assert hotfix.new_version == "0.1.2"
    gone_back(other, olga, ada)
    assert (len(told(fix)), told(hotfix)) == (1, [])


def test_of_a_private_incident_no_number_is_told(fix: Hotfix, other: Incident, ada: User, olga: User) -> None:
    Incident.objects.filter(pk=other.pk).update(private=True)
    Participant.objects.bulk_create(
        [Participant(incident=other, user=one) for one in (ada, olga)], ignore_conflicts=True
    )
    made, _said = gone_back(Incident.objects.for_page().get(pk=other.pk), olga, ada)
    (event,) = told(fix)
    assert event.data["taken_back_by"] == {}
    words = f"{event.text} {sentence(event)} {check(fix, 'deployed')[1]}"
    words += " ".join(f"{one.subject} {one.body}" for one in Delivery.objects.filter(key="taken_back"))
    assert "A rollback took" in words
    assert other.ref not in words
    assert made.ref not in words


def test_of_a_private_fix_the_rollbacks_page_says_nothing_to_who_may_not_know(
    fix: Hotfix, other: Incident, ada: User, ben: User, olga: User
) -> None:
    Incident.objects.filter(pk=fix.incident_id).update(private=True)
    made, _said = gone_back(other, olga, ada)
    assert len(told(fix)) == 1
    assert "HF-1" in page(ada, made.get_absolute_url())
    assert "HF-1" not in page(ben, made.get_absolute_url())


def test_a_corrected_moment_is_corrected_there_too(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    Incident.objects.filter(pk=other.pk).update(detected_at=moment.now() - timedelta(minutes=1))
    Incident.objects.filter(pk=fix.incident_id).update(detected_at=moment.now() - timedelta(minutes=30))
    made = decided(Incident.objects.for_page().get(pk=other.pk), olga)
    said = back.say(made, by=ada)
    settle()
    at = said.occurred_at - timedelta(milliseconds=5)
    correct(said, by=ada, reason="Sooner", occurred_at=at)
    settle()
    (event,) = told(fix)
    correction = event.superseded_by.get(kind="corrected")
    assert (correction.occurred_at, correction.actor) == (at, None)
    assert fresh(fix).taken_back_at == at


def test_neither_a_drill_nor_a_fix_that_was_given_up_hears_of_it(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    abandon(fix, by=ada, reason="Another one")
    Incident.objects.filter(pk=other.pk).update(mode=Mode.DRILL)
    gone_back(Incident.objects.for_page().get(pk=other.pk), olga, ada)
    assert told(fix) == []
    assert of_place(production(product)).version == "0.1.1"
