"""The first decision (K138, A37–A42, C15, C16): who may, what it begins, what is frozen with it, one of ten wins."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from foundation import moment
from hotfixes.decision import facts, options
from hotfixes.decision.decide import Changed, Decided, decide, standing
from hotfixes.decision.forms import DecideForm
from hotfixes.models import Decision
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, Status
from incidents.roles import holding
from incidents.timeline.verify import verify
from products.components import set_components
from products.models import Product, RoleHolder
from tests.factories import join, make_monitor, make_product, make_user

pytestmark = pytest.mark.usefixtures("declared")

WHY = "Mending it is a line"


def test_a_hotfix_begins_at_once_and_keeps_the_promise_to_respond(incident: Incident, olga: User) -> None:
    """K19, C14, K138."""
    made = decide(incident, by=olga, choice="hotfix", reason=WHY)
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["declared", "assigned", "decided", "hotfix_started"]
    response = incident.clocks.get(key="response")
    assert response.stopped_by is not None
    assert response.stopped_by.kind == "hotfix_started"
    incident.refresh_from_db()
    assert (incident.status, incident.remedy_at) == (Status.ACTIVE, made.at)
    assert (made.number, made.role, made.right, made.by) == (1, "Product Owner", "listed", olga)
    assert list(verify(Incident.objects.all())) == []


def test_a_rollback_names_its_option(incident: Incident, olga: User) -> None:
    """C15: the two house options of Krow, by rank."""
    for option in ("", "reflash_previous"):
        with pytest.raises(ValidationError) as refused:
            decide(incident, by=olga, choice="rollback", option=option, reason=WHY)
        assert refused.value.message_dict["option"] == [
            "Choose one of these: redeploy_previous_tag, halt_rollout."
        ]
    made = decide(incident, by=olga, choice="rollback", option="halt_rollout", reason=WHY)
    assert made.words == "Rollback: Halt the rollout in the stores"
    assert incident.clocks.get(key="response").stopped_by.kind == "rollback_started"  # type: ignore[union-attr]


def test_the_options_of_archy_have_rank_data_and_what_users_must_do(olga: User, ada: User) -> None:
    """A38–A42: three, in the source's order; data is kept only where the source says so."""
    archy = make_product(name="Archy", process="archy")
    incident = declare(archy, by=ada, title="Nodes hang", severity=archy.severities().get(key="P0"))
    found = options.options(incident)
    assert [(one["rank"], one["kind"], one["data_preserved"]) for one in found] == [
        (1, "ota", "unknown"), (2, "reflash", "yes"), (3, "binary_backup", "unknown"),
    ]  # fmt: skip
    assert found[1]["user_action"] == "Users reflash their node with the ISO before this one."
    assert "/usr/local/bin/archipelago.bak" in found[2]["steps"][0]["text"]
    assert options.when(incident) == "A hotfix makes something worse that worked before."


def test_a_way_back_for_other_parts_comes_last_and_nothing_is_asked_of_it(
    incident: Incident, product: Product, ada: User, olga: User
) -> None:
    """A38-A42: what is only for web and backend is no first choice of an app."""
    set_components(product, [("mobile", "Mobile apps")], by=ada)
    found = [(one["rank"], one["key"], one["fits"]) for one in options.options(incident)]
    assert found == [(2, "halt_rollout", True), (1, "redeploy_previous_tag", False)]
    assert not any("production tag" in line for line in facts.facts(incident, moment.now())["unknown"])
    form = DecideForm(initial={"choice": "rollback"}, incident=incident)
    assert form["option"].value() == "halt_rollout"
    assert form.fields["option"].choices[1] == (  # type: ignore[attr-defined]
        "redeploy_previous_tag",
        "1. Deploy the production tag before this one again (not for this product)",
    )
    set_components(product, [("kiosk", "Kiosk")], by=ada)
    assert all(one["fits"] for one in options.options(incident))


def test_who_decides_has_the_role_from_then_on(
    incident: Incident, product: Product, olga: User, ben: User
) -> None:
    """K138: nobody is nagged for a role that somebody has just used; a holder keeps it."""
    decide(incident, by=olga, choice="hotfix", reason=WHY)
    assert holding.held(incident)["product_owner"].user == olga
    RoleHolder.objects.create(product=product, role="product_owner", user=ben, position=2)
    decide(incident, by=ben, choice="mitigate", reason=WHY, instead_of=1)
    assert holding.held(incident)["product_owner"].user == olga


def test_leaving_it_for_a_release_ends_it_there(incident: Incident, olga: User) -> None:
    made = decide(incident, by=olga, choice="defer", to="v2.0", reason=WHY)
    incident.refresh_from_db()
    assert (incident.status, incident.deferred_to, made.words) == (
        Status.DEFERRED, "v2.0", "Leave it for a release: v2.0",
    )  # fmt: skip


def test_containing_it_first_begins_nothing_yet(incident: Incident, olga: User) -> None:
    decide(incident, by=olga, choice="mitigate", reason=WHY)
    assert incident.events.latest("seq").kind == "decided"
    assert incident.clocks.get(key="response").stopped_at is None


def test_in_triage_it_confirms_the_severity(product: Product, olga: User, ada: User) -> None:
    incident = declare(product, by=ada, title="Slow", severity=None)
    decide(incident, by=olga, choice="hotfix", reason=WHY)
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["declared", "severity_confirmed", "assigned", "decided", "hotfix_started"]
    incident.refresh_from_db()
    assert incident.status == Status.ACTIVE


def test_who_is_not_listed_does_not_decide(incident: Incident, ada: User, product: Product) -> None:
    """K138: enforced, for responders and managers alike."""
    join(manager := make_user("max@example.test"), product.team, Role.MANAGER)
    for person in (ada, manager, make_user("stranger@example.test")):
        with pytest.raises(PermissionDenied):
            decide(incident, by=person, choice="hotfix", reason=WHY)
    assert Decision.objects.count() == 0


def test_an_administrator_decides_aloud(incident: Incident) -> None:
    """Shown as break-glass."""
    made = decide(
        incident, by=make_user("root@example.test", is_administrator=True), choice="hotfix", reason=WHY
    )
    assert (made.role, made.right) == ("administrator, not listed as Product Owner", "break_glass")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"choice": "pray"}, "choice"),
        ({"reason": " \n"}, "reason"),
        ({"option": "halt_rollout"}, "option"),
        ({"at": "future"}, "at"),
        ({"at": "before"}, "at"),
    ],
)
def test_bad_input_changes_nothing(incident: Incident, olga: User, sent: dict[str, str], field: str) -> None:
    when = {"future": timedelta(hours=1), "before": -timedelta(hours=1)}
    more: dict[str, Any] = {"at": moment.now() + when[sent["at"]]} if "at" in sent else sent
    with pytest.raises(ValidationError) as refused:
        decide(incident, by=olga, **{"choice": "hotfix", "reason": WHY, **more})
    assert list(refused.value.message_dict) == [field]
    assert (Decision.objects.count(), incident.events.count()) == (0, 1)


def test_a_second_one_names_the_one_it_replaces(incident: Incident, olga: User) -> None:
    """A37: the hotfix made it worse; now it is rolled back."""
    first = decide(incident, by=olga, choice="hotfix", reason=WHY)
    with pytest.raises(Decided) as late:
        decide(incident, by=olga, choice="rollback", option="halt_rollout", reason="Worse")
    assert late.value.words == "Olga has decided: Hotfix (decision 1)."
    second = decide(incident, by=olga, choice="rollback", option="halt_rollout", reason="Worse", instead_of=1)
    first.refresh_from_db()
    assert (second.number, first.superseded_at is None, standing(incident)) == (2, False, second)
    assert incident.events.filter(kind="rollback_started").count() == 1


def test_what_is_opened_again_is_decided_again(incident: Incident, olga: User, ada: User) -> None:
    decide(incident, by=olga, choice="hotfix", reason=WHY)
    transitions.resolve(incident, by=ada)
    with pytest.raises(TooLate):
        decide(incident, by=olga, choice="hotfix", reason=WHY, instead_of=1)
    transitions.reopen(incident, by=ada, reason="Back")
    assert standing(incident) is None
    decide(incident, by=olga, choice="rollback", option="halt_rollout", reason=WHY)
    assert incident.events.filter(kind="rollback_started").count() == 1


def test_what_was_begun_by_hand_is_not_begun_twice(incident: Incident, olga: User, ada: User) -> None:
    decide(incident, by=olga, choice="mitigate", reason=WHY)
    decide(incident, by=olga, choice="hotfix", reason=WHY, instead_of=1)
    decide(incident, by=olga, choice="hotfix", reason="Another way", instead_of=2)
    assert incident.events.filter(kind="hotfix_started").count() == 1


def test_the_facts_are_frozen_with_it_and_bound_into_the_chain(
    incident: Incident, olga: User, ada: User
) -> None:
    make_monitor(incident.product, name="Checkout")
    made = decide(incident, by=olga, choice="hotfix", reason=WHY)
    transitions.describe(incident, by=ada, impact="Everybody", users_affected=12_000)
    made = Decision.objects.get(pk=made.pk)
    assert (made.shown["users_affected"], made.shown["impact"]) == (None, "")
    assert made.facts["unknown"][0] == "How many people are affected?"
    assert "Monitor Checkout cannot tell how it is." in made.facts["unknown"]
    assert [one["label"] for one in made.facts["clocks"]][:2] == ["Acknowledge", "Respond"]
    assert facts.digest(json.loads(json.dumps(made.shown))) == made.digest == made.event.data["digest"]


def test_facts_that_changed_meanwhile_are_looked_at_again(incident: Incident, olga: User, ada: User) -> None:
    shown = facts.seen(facts.facts(incident, moment.now()))
    assert facts.seen(facts.facts(incident, moment.now() + timedelta(minutes=9))) == shown
    transitions.describe(incident, by=ada, data_loss=True)
    with pytest.raises(Changed):
        decide(incident, by=olga, choice="hotfix", reason=WHY, seen=shown)
    decide(
        incident, by=olga, choice="hotfix", reason=WHY, seen=facts.seen(facts.facts(incident, moment.now()))
    )


def test_the_database_keeps_one_standing_decision(incident: Incident, olga: User) -> None:
    made = decide(incident, by=olga, choice="hotfix", reason=WHY)
    event = incident.events.latest("seq")
    values = {
        field.attname: getattr(made, field.attname)
        for field in Decision._meta.concrete_fields
        if field.name not in ("id", "event", "number")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**values, number=2, event=event)
