"""The rollback as a remedy (A37–A42, K138, K139, C15): it begins with the decision, has its boxes, clock and record."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.lifecycle.start import start as start_hotfix
from hotfixes.models import Hotfix, Preview, Rollback
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import back, checklist, ending, regressed, rounds
from hotfixes.rollback.start import adopt
from incidents.clocks.shown import clock_views
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.messages.claims import Claims
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from incidents.timeline.verify import verify
from incidents.work import verdicts, work
from incidents.work.next_action import next_action
from incidents.work.report import report
from monitoring.models import Target
from products.components import set_components
from products.models import Environment, Product
from products.versions_seen import see
from products.vocabulary import EnvironmentKind
from tests.factories import make_target
from tests.hotfixes.rollback.test_ways import deployed

pytestmark = pytest.mark.usefixtures("declared")

WHY = "Faster than mending it"
REDEPLOY, HALT = "redeploy_previous_tag", "halt_rollout"


def production(product: Product) -> Environment:
    found = product.environments.filter(kind=EnvironmentKind.PRODUCTION).first()
    assert found is not None
    return found


@pytest.fixture
def before(product: Product) -> None:
    """0.1.0 ran, 0.1.1 came an hour ago."""
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 1)


def decided(incident: Incident, by: User, option: str = REDEPLOY, **more: object) -> Rollback:
    decide(incident, by=by, choice="rollback", option=option, reason=WHY, **more)  # type: ignore[arg-type]
    return Rollback.objects.latest("number")


def boxes(rollback: Rollback) -> list[tuple[str, str]]:
    return list(rollback.steps.values_list("title", "state"))


def kinds(incident: Incident) -> list[str]:
    return list(incident.events.order_by("seq").values_list("kind", flat=True))


def looked(rollback: Rollback) -> Rollback:
    rounds.look(rollback.pk)
    return Rollback.objects.get(pk=rollback.pk)


def action(incident: Incident) -> tuple[str, str, tuple[str, ...]]:
    incident = Incident.objects.for_page().get(pk=incident.pk)
    found = next_action(incident, work=work.read(incident), checks=verdicts.of(incident))
    assert found is not None
    return found.verb, found.title, found.commands


def test_it_begins_with_the_decision(incident: Incident, olga: User, before: None) -> None:
    """K138: what was decided, from where to where, and the promise to respond is kept by it."""
    made = decided(incident, olga)
    assert (made.ref, made.option_key, made.from_version, made.to_version) == (
        "RB-1",
        REDEPLOY,
        "0.1.1",
        "0.1.0",
    )
    assert (made.from_ref, made.to_ref) == (
        "staff-mobile/prod-v0.1.1",
        "staff-mobile/prod-v0.1.0",
    ) or made.to_ref
    assert made.decision is not None
    assert made.decision.number == 1
    assert kinds(incident) == ["declared", "assigned", "decided", "rollback_started"]
    started = incident.events.get(kind="rollback_started")
    assert (started.subject, started.data["rollback"]) == ("RB-1", "RB-1")
    assert incident.clocks.get(key="response").stopped_by == started
    assert list(verify(Incident.objects.all())) == []


def test_its_boxes_are_the_options_own_with_the_names_filled_in(
    incident: Incident, olga: User, before: None
) -> None:
    """C15: preconditions, steps with their commands, and what is looked at afterwards."""
    made = decided(incident, olga)
    assert list(made.steps.values_list("part", "title", "shown_by")) == [
        ("before", "The tag before this one still exists and can be deployed.", "tag"),
        ("before", "No migration since then is irreversible.", "migrations"),
        ("do", "Find the tag that was in production before.", ""),
        ("do", "Deploy it with the usual procedure.", ""),
        ("do", "Run the smoke tests.", "smoke"),
        ("after", "0.1.0 runs again", "back"),
        ("after", "Its own version and the monitors say so", "verified"),
        ("after", "Watch for 2 h at least", "watch"),
    ]
    assert made.steps.get(position=4).commands == [f"git checkout {made.to_ref}"]


def test_a_person_ticks_leaves_out_and_opens_again(incident: Incident, ada: User, olga: User) -> None:
    """K139: who did it is on record."""
    made = decided(incident, olga)
    event = checklist.tick(made, 3, by=ada, text="It is v0.1.0")
    assert (event.kind, event.data["rollback"], event.actor) == ("attested", made.ref, ada)
    with pytest.raises(TooLate):
        checklist.tick(made, 3, by=ada)
    with pytest.raises(ValidationError):
        checklist.not_needed(made, 1, by=ada, reason=" ")
    checklist.not_needed(made, 1, by=ada, reason="There is no repository")
    checklist.open_again(made, 3, by=ada, reason="The wrong one")
    assert [state for _title, state in boxes(made)][:3] == ["not_needed", "open", "open"]


def test_it_leads_step_by_step(incident: Incident, ada: User, olga: User, before: None) -> None:
    transitions.acknowledge(incident, by=ada)
    made = decided(incident, olga)
    assert action(incident)[:2] == ("rollback_step", "Find the tag that was in production before.")
    checklist.tick(made, 3, by=ada)
    assert action(incident) == (
        "rollback_step", "Deploy it with the usual procedure.", (f"git checkout {made.to_ref}",),
    )  # fmt: skip
    checklist.tick(made, 4, by=ada)
    checklist.tick(made, 5, by=ada)
    assert action(incident)[:2] == ("say_back", "Does 0.1.0 run again?")


def test_a_script_that_reports_the_version_before_ends_it(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    """The deploy clock stops, the watch is asked for, the box ticks itself."""
    made = decided(incident, olga)
    report_deployment(product, production(product), version="v0.1.0", status="succeeded", by=ada)
    made = looked(made)
    event = incident.events.filter(kind="rolled_back").get()
    assert made.back_at == event.occurred_at
    assert made.steps.get(shown_by="back").state == "done"
    looked(made)
    assert incident.events.filter(kind="rolled_back").count() == 1
    assert list(verify(Incident.objects.all())) == []


def test_another_version_is_not_the_one_before(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    report_deployment(product, production(product), version="0.1.2", status="succeeded", by=ada)
    assert looked(made).back_at is None


def test_a_running_service_that_says_its_version_shows_it(
    incident: Incident, product: Product, olga: User, before: None
) -> None:
    """A38: the endpoint reports the version before."""
    made = decided(incident, olga)
    see(product, production(product), where="health", version="0.1.0")
    made = looked(made)
    assert made.back_at is not None
    assert back.verified(made, moment.now()).summary == "No monitor watches this product."


def test_a_person_says_it_and_the_watch_of_the_rollback_counts(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    """Without a script or a repository everything works by hand."""
    made = decided(incident, olga)
    event = back.say(made, by=ada, text="Answers as 0.1.0")
    assert (event.kind, event.subject, made.back_at) == ("rolled_back", made.ref, event.occurred_at)
    with pytest.raises(TooLate):
        back.say(made, by=ada)
    report(incident, "smoke_passed", by=ada)
    made = looked(made)
    assert made.steps.get(shown_by="smoke").state == "done"


@pytest.mark.parametrize(
    ("version", "state", "verdict"),
    [("0.1.0", "up", "PASS"), ("0.1.1", "up", "FAIL"), ("0.1.0", "down", "FAIL"), ("", "up", "UNKNOWN")],
)
def test_it_is_verified_by_what_runs_and_by_the_monitors(
    incident: Incident,
    product: Product,
    ada: User,
    olga: User,
    before: None,
    version: str,
    state: str,
    verdict: str,
) -> None:
    """`rollback_verified`: both say so, or nobody can tell."""
    target = make_target(product)
    fresh = moment.now() + timedelta(hours=1)
    Target.objects.filter(pk=target.pk).update(state=state, settled=state, fresh_until=fresh)
    target.monitor.looked_at = moment.now()
    target.monitor.save()
    made = decided(incident, olga)
    back.say(made, by=ada)
    if version:
        see(product, production(product), where="health", version=version)
    made = looked(made)
    assert str(back.verified(made, moment.now()).verdict) == verdict
    assert made.steps.get(shown_by="verified").state == ("done" if verdict == "PASS" else "open")


def test_a_rollout_is_halted_and_says_how_many_have_it(
    incident: Incident, product: Product, ada: User, olga: User
) -> None:
    """C15, mobile: never "rolled back"; who has the version keeps it."""
    transitions.acknowledge(incident, by=ada)
    set_components(product, [("mobile", "Mobile apps")], by=ada)
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 1, stage="released", percent=20)
    made = looked(decided(incident, olga, HALT))
    assert made.steps.get(shown_by="staged").state == "done"
    for position in (2, 3):
        checklist.tick(made, position, by=ada)
    assert action(incident)[:2] == ("say_back", "Is the rollout halted?")
    event = back.say(made, by=ada, percent=25)
    assert (event.data["halted"], event.data["percent"]) == (True, 25)
    last = product.deployments.latest("pk")
    assert (last.stage, last.percent, last.source) == ("halted", 25, "person")
    assert sentence(event) == "<b>Rollout halted at 25 %</b>, says Ada"


def test_a_store_that_says_it_is_halted_ends_it(
    incident: Incident, product: Product, ada: User, olga: User
) -> None:
    deployed(product, "0.1.0", 100)
    deployed(product, "0.1.1", 1, stage="released", percent=20)
    made = decided(incident, olga, HALT)
    deployed(product, "0.1.1", 0, stage="halted", percent=30, status="started")
    assert looked(made).back_at is not None
    assert incident.events.get(kind="rolled_back").data["halted"] is True


def test_what_users_must_do_is_said_against_the_message(ada: User, olga: User) -> None:
    """A39, K74: "No user action required" is not so when they must reflash."""
    from incidents.lifecycle.declare import declare
    from products.models import RoleHolder
    from tests.factories import make_product

    archy = make_product(name="Archy", process="archy")
    RoleHolder.objects.create(product=archy, role="decider", user=olga, position=1)
    incident = declare(archy, by=ada, title="Nodes hang", severity=archy.severities().get(key="P0"))
    made = decided(incident, olga, "reflash_previous")
    finding = Claims(work.read(Incident.objects.for_page().get(pk=incident.pk)), moment.now()).judge(
        "no_user_action"
    )
    assert (finding.shown, finding.why) == (
        False, "Users must do something: Users reflash their node with the ISO before this one.",
    )  # fmt: skip
    assert made.steps.filter(shown_by="told").exists()
    ending.abandon(made, by=ada, reason="Wrong option")
    again = Claims(work.read(Incident.objects.for_page().get(pk=incident.pk)), moment.now()).judge(
        "no_user_action"
    )
    assert "reflash" not in again.why


def test_a_hotfix_that_made_it_worse_leads_to_the_card_and_is_what_is_undone(
    incident: Incident, product: Product, ada: User, olga: User
) -> None:
    """A37: regressed, decided, undone."""
    product.version = "0.1.0"
    product.save()
    decide(incident, by=olga, choice="hotfix", reason="A line")
    hotfix = Hotfix.objects.for_page().get(incident=incident)
    transitions.acknowledge(Incident.objects.get(pk=incident.pk), by=ada)
    report(incident, "deployed", by=ada)
    event = regressed.regress(hotfix, by=ada, reason="Twice as slow")
    assert (event.kind, event.data["hotfix"]) == ("regressed", hotfix.ref)
    assert regressed.regression(hotfix) == event
    incident = Incident.objects.for_page().get(pk=incident.pk)
    found = next_action(
        incident, work=work.read(incident), decides="Product Owner", checks=verdicts.of(incident)
    )
    assert found is not None
    assert (found.place, found.title) == ("decision_card", "It got worse: roll back?")
    made = decided(incident, olga, instead_of=1)
    assert (made.hotfix, made.from_version, made.to_version) == (hotfix, "0.1.1", "0.1.0")


def test_worse_after_it_was_resolved_opens_it_again(
    incident: Incident, product: Product, ada: User, olga: User
) -> None:
    product.version = "0.1.0"
    product.save()
    hotfix = start_hotfix(incident, by=ada)
    transitions.resolve(Incident.objects.get(pk=incident.pk), by=ada)
    regressed.regress(hotfix, by=ada, reason="Twice as slow")
    incident.refresh_from_db()
    assert incident.status == "active"
    assert kinds(incident)[-2:] == ["reopened", "regressed"]


def test_another_decision_replaces_it(incident: Incident, olga: User, before: None) -> None:
    first = decided(incident, olga)
    second = decided(incident, olga, HALT, instead_of=1)
    first.refresh_from_db()
    assert (first.status, second.status, second.number) == ("abandoned", "open", 2)
    decide(incident, by=olga, choice="hotfix", reason="Found it", instead_of=2)
    second.refresh_from_db()
    assert second.status == "abandoned"
    assert kinds(incident).count("rollback_started") == 2


def test_the_same_option_again_goes_on(incident: Incident, olga: User, before: None) -> None:
    decided(incident, olga)
    again = decided(incident, olga, instead_of=1)
    assert (Rollback.objects.count(), again.decision and again.decision.number) == (1, 2)
    assert kinds(incident).count("rollback_started") == 1


def test_what_a_person_said_has_begun_gets_its_boxes(incident: Incident, ada: User) -> None:
    """Without a decision: the option is not known, so the one thing to do is."""
    report(incident, "rollback_started", by=ada)
    assert adopt() == 1
    assert adopt() == 0
    made = Rollback.objects.get()
    assert (made.option_key, made.started_by, kinds(incident).count("rollback_started")) == ("", ada, 1)
    assert boxes(made)[0] == ("Bring the version before back", "open")


def test_it_ends_done_given_up_or_with_its_incident(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    with pytest.raises(ValidationError):
        ending.done(made, by=ada)
    back.say(made, by=ada)
    ending.done(made, by=ada)
    assert made.status == "done"
    with pytest.raises(TooLate):
        ending.abandon(made, by=ada, reason="Too late")
    with pytest.raises(ValidationError):
        checklist.tick(made, 1, by=ada)


def test_what_it_undoes_is_frozen_with_it(
    incident: Incident, product: Product, olga: User, before: None
) -> None:
    first = decided(incident, olga)
    Preview.objects.create(
        product=product, from_ref=first.from_ref, to_ref=first.to_ref, asked_at=moment.now(), made_at=moment.now(),
        digest="d" * 64, data={"count": 2, "migrations": {"verdict": "none", "files": []}},
    )  # fmt: skip
    made = looked(first)
    assert (made.preview["count"], made.preview_digest) == (2, "d" * 64)
    assert made.steps.get(shown_by="migrations").state == "done"
    Preview.objects.update(data={"count": 9}, digest="e" * 64)
    assert looked(made).preview["count"] == 2


def test_pages_show_it_to_those_who_see_the_incident(
    incident: Incident, ada: User, olga: User, before: None, client: Client
) -> None:
    made = decided(incident, olga)
    client.force_login(ada)
    page = client.get(f"/rollbacks/{made.ref}/").content.decode()
    for words in ("Bring back 0.1.0", "Release Engineer", "Find the tag that was in production before."):
        assert words in page
    assert "RB-1" in client.get(incident.get_absolute_url()).content.decode()
    answer = client.post(f"/rollbacks/{made.ref}/3/done", {"text": "v0.1.0"})
    assert (answer.status_code, answer["Location"]) == (302, f"/rollbacks/{made.ref}/#step-3")
    assert client.post(f"/rollbacks/{made.ref}/1/not-needed", {"reason": ""}).status_code == 422
    assert client.post(f"/rollbacks/{made.ref}/back", {"text": "It answers"}).status_code == 302
    again = client.post(f"/rollbacks/{made.ref}/back", {"text": "Again"})
    assert (again.status_code, "You have said so already" in again.content.decode()) == (409, True)
    page = client.get(f"/rollbacks/{made.ref}/").content.decode()
    assert "0.1.0 is back" in page
    # What has ended is a line; how it was counted is folded behind it.
    ended = [view for view in clock_views(made.incident, moment.now()) if view.over]
    assert ended
    assert all(f'<details class="fold small" id="clock-{view.clock.pk}">' in page for view in ended)
    assert client.post(f"/rollbacks/{made.ref}/done").status_code == 302


def test_a_version_is_kept_as_long_as_it_was_reported(
    incident: Incident, product: Product, olga: User
) -> None:
    """Cut off it would be another one: what ran before, and whether it is back, is asked of it."""
    before, after = (f"sha256:{sign * 64}" for sign in "ab")
    deployed(product, before, 100)
    deployed(product, after, 1)
    made = decided(incident, olga)
    assert (made.from_version, made.to_version) == (after, before)
