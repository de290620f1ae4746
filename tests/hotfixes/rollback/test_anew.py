"""What a rollback says when things have gone on: of what it brought back, of what was brought out since, of tags that
moved, and of what others found.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.lifecycle.start import start as start_hotfix
from hotfixes.models import Hotfix, Preview, RefObservation, Rollback
from hotfixes.preview import asking, making
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import back, checklist, ending, rounds
from hotfixes.rollback.claims import no_user_action
from hotfixes.rollback.start import adopt
from hotfixes.rollback.ways import preview_data, way
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step, perform
from incidents.models import OPEN, Incident
from incidents.timeline.corrections import correct
from incidents.work.report import report
from products.components import set_components
from products.models import Product, Repository
from products.vocabulary import EventKind
from tests.factories import make_product
from tests.hotfixes.rollback.test_remedy import HALT, REDEPLOY, before, boxes, decided, looked, production
from tests.hotfixes.rollback.test_ways import deployed

__all__ = ["before"]

pytestmark = pytest.mark.usefixtures("declared")


def test_what_was_brought_out_since_it_was_back_is_taken_back_by_a_rollback_of_its_own(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    """A37: the first one has not brought back what runs by now."""
    first = decided(incident, olga)
    back.say(first, by=ada)
    decide(incident, by=olga, choice="hotfix", reason="Found it", instead_of=1)
    report(incident, "deployed", by=ada)
    second = decided(incident, olga, REDEPLOY, instead_of=2)
    first.refresh_from_db()
    assert (first.status, second.ref, second.status, second.back_at) == ("done", "RB-2", "open", None)
    assert boxes(second)[5] == ("0.1.0 runs again", "open")


def test_a_decision_that_stays_with_what_is_back_begins_nothing(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    back.say(first := decided(incident, olga), by=ada)
    assert decided(incident, olga, REDEPLOY, instead_of=1) == first
    assert Rollback.objects.get().status == "open"


def test_what_was_brought_back_is_done_when_another_way_is_decided_and_users_must_still_do_their_part(
    ada: User, olga: User
) -> None:
    """A39, K74: nobody is told that no action is required."""
    product = make_product(name="Archy", process="archy")
    deployed(product, "v1.0.0", 300)
    deployed(product, "v1.0.1", 1)
    incident = declare(product, by=ada, title="Nodes hang", severity=product.severities().get(key="P0"))
    keys = [one["key"] for one in incident.process_version.document["rollback"]["options"]]
    root = User.objects.create(email="root@example.test", is_administrator=True)
    decide(incident, by=root, choice="rollback", option=keys[1], reason="No other way")
    first = Rollback.objects.get()
    back.say(first, by=ada)
    decide(incident, by=root, choice="rollback", option=keys[0], reason="Sooner", instead_of=1)
    first.refresh_from_db()
    incident = Incident.objects.for_page().get(pk=incident.pk)
    found = no_user_action(incident, "", moment.now())
    assert (first.status, found and found.shown) == ("done", False)


def test_what_must_be_so_is_judged_for_the_version_that_it_goes_back_to(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    """A version that somebody brings out meanwhile makes what ran before it no other target."""
    made = decided(incident, olga)
    report_deployment(product, production(product), version="0.1.2", status="succeeded", by=ada)
    found = way(incident, REDEPLOY, moment.now(), product, of=looked(made))
    assert found
    assert (found["from_version"], found["target_version"], found["target_ref"]) == (
        "0.1.1", "0.1.0", made.to_ref,
    )  # fmt: skip


def test_a_preview_of_other_commits_than_the_tags_name_now_is_none(
    incident: Incident, product: Product, olga: User, before: None
) -> None:
    """A tag was moved, or is gone: what was read of it proves nothing, and it is read anew at once."""
    repository = Repository.objects.create(team=product.team, url="https://git.example.test/a.git")
    Product.objects.filter(pk=product.pk).update(repository=repository)
    product.refresh_from_db()
    incident.product = product
    found = way(incident, REDEPLOY, moment.now())
    assert found
    now = moment.now()
    refs = (found["from_ref"], found["target_ref"])
    row = Preview.objects.create(
        product=product, from_ref=refs[0], to_ref=refs[1], from_commit="a" * 40, to_commit="b" * 40, asked_at=now,
        made_at=now, digest="d" * 64, data={"count": 2, "migrations": {"verdict": "none", "files": []}},
    )  # fmt: skip

    def seen(commit: str) -> None:
        RefObservation.objects.create(
            repository=repository,
            name=f"refs/tags/{refs[1]}",
            kind="tag",
            oid=commit,
            commit=commit,
            seen_at=now,
        )

    def verdict() -> str:
        judged = way(incident, REDEPLOY, moment.now())
        assert judged
        return judged["preconditions"][1]["verdict"]

    seen("b" * 40)
    assert (verdict(), preview_data(product, *refs)) == ("PASS", row)
    seen("c" * 40)
    assert (verdict(), preview_data(product, *refs)) == ("UNKNOWN", None)
    asking.ask(incident)
    row.refresh_from_db()
    assert row.look_at is not None
    seen("b" * 40)
    Preview.objects.update(trouble="no_tag", detail=refs[1])
    assert (verdict(), preview_data(product, *refs)) == ("UNKNOWN", None)


def test_boxes_are_ticked_by_what_was_found_of_this_rollback_alone(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    back.say(made, by=ada)
    told = Step(EventKind.WATCH_MET, OPEN)
    perform(incident, told, by=None, hotfix="HF-7", by_watch=True)
    perform(incident, Step(EventKind.SMOKE_PASSED, OPEN), by=ada, hotfix="HF-7")
    looked(made)
    assert [made.steps.get(shown_by=name).state for name in ("watch", "smoke")] == ["open", "open"]
    perform(incident, told, by=None, subject=made.ref, by_watch=True)
    looked(made)
    assert made.steps.get(shown_by="watch").state == "done"


def test_users_are_told_only_by_a_message_to_users(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    back.say(made, by=ada)
    made.steps.filter(shown_by="watch").update(shown_by="told")
    sent = Step(EventKind.MESSAGE_SENT, OPEN)
    perform(incident, sent, by=ada, message="deployed", audience="internal")
    looked(made)
    assert made.steps.get(shown_by="told").state == "open"
    perform(incident, sent, by=ada, message="resolved", audience="users")
    looked(made)
    assert made.steps.get(shown_by="told").state == "done"


def test_a_step_was_done_neither_in_the_future_nor_before_anything_was_wrong(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    made, now = decided(incident, olga), moment.now()
    for at in (now + timedelta(hours=1), incident.detected_at - timedelta(hours=1)):
        with pytest.raises(ValidationError):
            checklist.tick(made, 3, by=ada, at=at)
        with pytest.raises(ValidationError):
            checklist.not_needed(made, 3, by=ada, reason="None here", at=at)
    assert made.steps.get(position=3).state == "open"


def test_what_is_said_to_begin_after_one_was_given_up_gets_a_row_of_its_own(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    ending.abandon(decided(incident, olga), by=ada, reason="The package is gone")
    assert adopt() == 0
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Back")
    report(incident, "rollback_started", by=ada)
    assert (adopt(), adopt()) == (1, 0)
    assert Rollback.objects.latest("number").ref == "RB-2"


def test_a_halt_speaks_of_the_version_that_runs_and_of_no_figure_that_nobody_said(
    incident: Incident, product: Product, ada: User
) -> None:
    set_components(product, [("mobile", "Mobile apps")], by=ada)
    deployed(product, "0.1.0", 100, stage="released", percent=100)
    deployed(product, "0.1.1", 1, stage="released")
    found = way(incident, HALT, moment.now())
    assert found
    assert (found["percent"], "How many have the version already?" in found["unknown"]) == (None, True)
    deployed(product, "0.1.1", 0.5, stage="halted", status="started")
    found = way(incident, HALT, moment.now())
    assert found
    assert next(one for one in found["preconditions"] if one["shown_by"] == "staged")["summary"] == (
        "It is halted already."
    )


def test_a_clock_that_was_set_back_keeps_nothing_waiting(
    incident: Incident, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    rounds.sweep()
    seq, at = rounds._LOOKED[made.pk]
    rounds._LOOKED[made.pk] = (seq, at + timedelta(hours=1))
    assert rounds.sweep() == 1


def test_a_fix_of_a_private_incident_is_named_to_nobody_who_may_not_know_of_it(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    """What ran before it is public; that there was such a hotfix is not."""
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    product.refresh_from_db()
    severity = product.severities().get(key="CRITICAL")
    other = declare(product, by=ada, title="Data leaked", severity=severity, private=True)
    hidden = start_hotfix(other, by=ada)
    Hotfix.objects.filter(pk=hidden.pk).update(new_version="0.1.1", status="released", ended_at=moment.now())
    first = decided(incident, olga)
    assert (first.from_version, first.hotfix) == ("0.1.1", None)
    row = Preview(product=product, from_ref="b", to_ref="a")
    assert making._asked(row, product).hotfixes == []
    Incident.objects.filter(pk=other.pk).update(private=False)
    assert [one.ref for one in making._asked(row, product).hotfixes] == [hidden.ref]
    assert decided(incident, olga, HALT, instead_of=1).hotfix == hidden


def test_a_corrected_moment_is_when_it_was_back(
    incident: Incident, ada: User, olga: User, before: None
) -> None:
    """How long going back takes is reckoned from it."""
    made = decided(incident, olga)
    event = back.say(made, by=ada)
    at = made.started_at + (event.occurred_at - made.started_at) / 2
    correct(event, by=ada, reason="It was sooner", occurred_at=at)
    made.refresh_from_db()
    assert made.back_at == at
    assert looked(made).back_at == at
