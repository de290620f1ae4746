"""A rollback of one incident takes back the fix of another (A37, K138): that one's timeline, watch, checks and people
hear of it, and that it runs again.
"""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.alarms.contradictions import contradictions
from hotfixes.decision.decide import decide
from hotfixes.deployments import holds, taken_back
from hotfixes.judging import judge_due
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix, Rollback, Watch
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import back
from hotfixes.standing import standing
from incidents.clocks.verbs import waive_clock
from incidents.lifecycle import transitions
from incidents.lifecycle.closing import close
from incidents.models import Incident, Mode, Participant, TimelineEvent
from incidents.sentences.sentences import sentence
from incidents.timeline.corrections import correct
from incidents.timeline.verify import verify
from incidents.work import verdicts, work
from incidents.work.next_action import next_action
from incidents.work.report import report
from notifications.models import Delivery
from products.models import Hold, Product
from products.running import of_place
from tests.hotfixes.rollback.test_remedy import decided, production
from tests.hotfixes.rollback.test_ways import deployed
from tests.hotfixes.starting import critical
from tests.signing import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fix(product: Product, ada: User, olga: User) -> Hotfix:
    """0.1.1 of another incident: out by a person's word, tried, and watched."""
    deployed(product, "0.1.0", 100)
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    product.refresh_from_db()
    hotfix = start(critical(product, ada), by=ada)
    report(hotfix.incident, "deployed", by=ada)
    report(hotfix.incident, "smoke_passed", by=ada)
    settle()
    return fresh(hotfix)


@pytest.fixture
def other(fix: Hotfix, product: Product, ada: User) -> Incident:
    """What goes wrong since then, and is gone back from."""
    return critical(product, ada)


def settle() -> None:
    while judge_due() or taken_back.take_in():
        pass


def closed(hotfix: Hotfix, by: User) -> None:
    for clock in hotfix.incident.clocks.filter(stopped_at=None):
        waive_clock(hotfix.incident, clock.key, by=by, reason="Quiet", subject=clock.subject)
    close(hotfix.incident, by=by)
    settle()


def fresh(hotfix: Hotfix) -> Hotfix:
    return Hotfix.objects.for_page().get(pk=hotfix.pk)


def gone_back(other: Incident, olga: User, ada: User) -> tuple[Rollback, TimelineEvent]:
    made = decided(other, olga)
    event = back.say(made, by=ada)
    settle()
    return made, event


def told(hotfix: Hotfix, kind: str = "taken_back") -> list[TimelineEvent]:
    return list(hotfix.incident.events.filter(kind=kind).select_related("payload").order_by("seq"))


def check(hotfix: Hotfix, key: str) -> tuple[str, str]:
    row = hotfix.results.get(key=key, superseded_at=None)
    return row.verdict, row.summary


def page(user: User, url: str) -> str:
    return " ".join(sign_in(user).get(url).content.decode().split())


def stage(hotfix: Hotfix) -> str:
    return standing.standing(fresh(hotfix)).stage_words


def test_the_other_incident_hears_that_its_fix_was_taken_back(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    assert (stage(fix), fix.incident.status) == ("Verified", "monitoring")
    assert fix.incident.clocks.filter(key="watch", stopped_at=None).exists()
    made, said = gone_back(other, olga, ada)
    (event,) = told(fix)
    assert (event.occurred_at, event.actor, event.data["taken_back_by"]) == (
        said.occurred_at, None, {"rollback": made.ref, "incident": other.ref},
    )  # fmt: skip
    assert "took this fix back</b>: 0.1.0 runs again (Production), without HF-1 0.1.1" in str(sentence(event))
    hotfix = fresh(fix)
    assert hotfix.incident.status == "active"
    assert stage(fix) == "Taken back"
    watch = Watch.objects.get(incident=fix.incident)
    assert (watch.state, watch.ended_at, watch.look_until) == ("stopped", said.occurred_at, None)
    assert check(fix, "deployed") == (
        "FAIL", "A rollback took 0.1.1 back: 0.1.0 runs again (Production).",
    )  # fmt: skip
    assert check(fix, "healthy_window")[0] == "PENDING"
    assert not fix.incident.clocks.filter(key="watch", stopped_at=None).exists()
    assert contradictions(hotfix.incident) == []
    assert not told(fix, "rolled_back")
    assert list(verify(Incident.objects.all())) == []
    settle()
    assert len(told(fix)) == 1


def test_the_next_fix_does_not_get_the_version_of_the_one_that_was_taken_back(
    fix: Hotfix, other: Incident, product: Product, ada: User, olga: User
) -> None:
    """Its tag is there, and users had it."""
    gone_back(other, olga, ada)
    product.refresh_from_db()
    hotfix = start(critical(product, ada), by=ada)
    assert (fix.new_version, hotfix.old_version, hotfix.new_version) == ("0.1.1", "0.1.0", "0.1.2")


def test_its_people_are_told_and_led_to_decide_anew(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    transitions.acknowledge(fix.incident, by=ada)
    made, _said = gone_back(other, olga, ada)
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
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    made, _said = gone_back(other, olga, ada)
    hotfix = page(ada, fix.get_absolute_url())
    assert f"<b>Taken back.</b> {made.ref} of {other.ref} took HF-1 back" in hotfix
    assert (hotfix.count("✓ works"), "not tried" in hotfix) == (3, False)
    assert "Taken back" in page(ada, "/hotfixes/")
    incident = f'<a href="{fix.incident.get_absolute_url()}">{fix.incident.ref}</a>'
    took = f'Takes back <a href="{fix.get_absolute_url()}">HF-1</a> of {incident} 0.1.1: its people were told'
    assert page(ada, made.get_absolute_url()).count("Takes back <a") == 1
    assert took in page(ada, made.get_absolute_url())


def test_a_fix_that_was_taken_back_holds_no_release_and_the_one_in_its_place_does(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    holds.keep()
    made, _said = gone_back(other, olga, ada)
    holds.keep()
    assert [one.ref for one in holds.of_product(product, ada).because] == [made.ref]
    assert list(Hold.objects.standing().values_list("remedy", flat=True)) == [made.ref]
    decide(fix.incident, by=olga, choice="hotfix", reason="With the guard as well")
    holds.keep()
    assert set(Hold.objects.standing().values_list("remedy", flat=True)) == {made.ref, "HF-2"}


@pytest.mark.parametrize("ended", ["resolved", "closed"])
def test_what_is_over_is_told_and_not_opened_by_itself(
    fix: Hotfix, other: Incident, ada: User, olga: User, ended: str
) -> None:
    transitions.resolve(fix.incident, by=ada)
    if ended == "closed":
        closed(fix, ada)
    made, _said = gone_back(other, olga, ada)
    assert fresh(fix).incident.status == ended
    assert [one.data["taken_back_by"]["rollback"] for one in told(fix)] == [made.ref]
    message = Delivery.objects.filter(key="taken_back").first()
    assert message is not None
    assert "Reopen it to decide anew." in message.body
    shown = page(ada, fix.incident.get_absolute_url())
    assert "took HF-1 back" in shown
    assert "Reopen" in shown
    assert "aken back" in stage(fix)


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
    assert fresh(fix).taken_back_at is None


def test_a_fix_that_users_never_had_is_left_alone(product: Product, ada: User, olga: User) -> None:
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 1)
    hotfix = start(critical(product, ada), by=ada)
    assert hotfix.new_version == "0.1.2"
    gone_back(critical(product, ada), olga, ada)
    assert told(hotfix) == []


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


def test_of_an_incident_that_became_private_no_number_is_left(
    fix: Hotfix, other: Incident, ada: User, ben: User, olga: User
) -> None:
    made, _said = gone_back(other, olga, ada)
    address = fix.incident.get_absolute_url()
    assert f"{made.ref} of" in page(ben, address).replace("</a>", "")
    Incident.objects.filter(pk=other.pk).update(private=True)
    for path in (address, fix.get_absolute_url()):
        assert "A rollback took" in page(ben, path)
        assert (other.ref in page(ben, path), made.ref in page(ben, path)) == (False, False)


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


def test_brought_out_again_it_runs_again_and_is_watched_anew(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    gone_back(other, olga, ada)
    report_deployment(product, production(product), version="0.1.1", status="succeeded", by=None)
    settle()
    assert len(told(fix, "deployed")) == 2
    assert (fresh(fix).taken_back_at, stage(fix)) == (None, "Deployed")
    assert check(fix, "deployed")[0] == "PASS"
    assert Watch.objects.filter(incident=fix.incident, state="running").count() == 1


def test_a_newer_version_brings_it_back_for_a_closed_incident_without_watching_it(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    transitions.resolve(fix.incident, by=ada)
    closed(fix, ada)
    gone_back(other, olga, ada)
    report_deployment(product, production(product), version="0.2.0", status="succeeded", by=None)
    settle()
    assert [one.data.get("out_again") for one in told(fix, "deployed")] == [None, True]
    assert "0.2.0" in str(sentence(told(fix, "deployed")[-1]))
    assert (fresh(fix).taken_back_at, stage(fix)) == (None, "Released")
    assert not Watch.objects.filter(incident=fix.incident, state="running").exists()
    assert "took HF-1 back" not in page(ada, fix.incident.get_absolute_url()).partition('id="timeline')[0]


def test_neither_a_drill_nor_a_fix_that_was_given_up_hears_of_it(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    abandon(fix, by=ada, reason="Another one")
    Incident.objects.filter(pk=other.pk).update(mode=Mode.DRILL)
    gone_back(Incident.objects.for_page().get(pk=other.pk), olga, ada)
    assert told(fix) == []
    assert of_place(production(product)).version == "0.1.1"
