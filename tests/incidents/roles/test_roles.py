"""Roles of the process on an incident: K132–K135 asked for, K138 decides, K139 executes, K140 watches.

archy names no decider; its house roles work the same (C16).
"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Assignment, Incident, Participant
from incidents.roles import roles
from incidents.roles.roles import RoleView, Taken
from notifications.models import Delivery
from products import role_holders
from products.models import Product
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.usefixtures("declared")

OWNER = "product_owner"


@pytest.fixture
def paula(product: Product) -> User:
    """The product owner; reads otherwise."""
    user = make_user("paula@example.test")
    join(user, product.team, "viewer")
    role_holders.list_for_role(product, role=OWNER, user=user, by=user)
    return user


@pytest.fixture
def dan(product: Product, paula: User) -> User:
    """Paula's deputy."""
    user = make_user("dan@example.test")
    join(user, product.team)
    role_holders.list_for_role(product, role=OWNER, user=user, by=user)
    return user


@pytest.fixture
def mia(product: Product) -> User:
    user = make_user("mia@example.test")
    join(user, product.team, "manager")
    return user


@pytest.fixture
def root(db: None) -> User:
    return make_user("root@example.test", is_administrator=True)


def view(incident: Incident, role: str, reader: User | None = None) -> RoleView:
    return next(each for each in roles.holders(incident, reader) if each.role == role)


def lines(incident: Incident) -> list[str]:
    return [event.lines.get().html for event in incident.events.filter(kind__in=("assigned", "handed_over"))]


def test_a_role_is_claimed_in_one_tap_and_its_duties_are_read_k139(incident: Incident, ben: User) -> None:
    before = view(incident, "release_engineer", ben)
    assert (before.user, before.may_claim, before.mine) == (None, True, False)
    event = roles.claim(incident, "release_engineer", by=ben)
    after = view(incident, "release_engineer", ben)
    assert (after.user, after.since, after.mine, after.may_claim) == (ben, event.occurred_at, True, False)
    assert after.responsibilities == ("Carries out what was decided",)
    assert event.data == {
        "key": "release_engineer", "role": "Release Engineer", "user": "Ben", "user_id": ben.pk,
    }  # fmt: skip
    assert "<b>Ben took the role Release Engineer</b>" in lines(incident)[0]


def test_who_is_slower_reads_who_has_it(incident: Incident, ada: User, ben: User) -> None:
    roles.claim(incident, "devops", by=ben)
    with pytest.raises(Taken) as late:
        roles.claim(incident, "devops", by=ada)
    assert late.value.words == "Ben has the role DevOps."
    assert (late.value.last and late.value.last.actor) == ben
    assert incident.assignments.count() == 1


def test_the_database_keeps_one_holder_per_role(incident: Incident, ada: User) -> None:
    roles.claim(incident, "devops", by=ada)
    with pytest.raises(IntegrityError, match="one_holder_per_role"), transaction.atomic():
        Assignment.objects.create(incident=incident, role="devops", label="x", user=ada, since=moment.now())


def test_a_role_that_decides_is_claimed_only_by_those_listed_k138(
    incident: Incident, ada: User, mia: User, paula: User, dan: User
) -> None:
    for user in (ada, mia):  # a manager is no product owner
        with pytest.raises(PermissionDenied, match="Only these may take it: Paula, Dan"):
            roles.claim(incident, OWNER, by=user)
    assert [view(incident, OWNER, user).may_claim for user in (ada, mia, paula, dan)] == [
        False,
        False,
        True,
        True,
    ]
    roles.claim(incident, OWNER, by=paula)
    assert view(incident, OWNER).user == paula
    assert [each.name for each in view(incident, OWNER).deputies] == ["Dan"]


def test_without_anybody_listed_it_says_so(incident: Incident, ada: User) -> None:
    with pytest.raises(PermissionDenied, match="Nobody is listed for Product Owner"):
        roles.claim(incident, OWNER, by=ada)
    assert roles.deciders(incident) == []


def test_who_may_decide_k138(
    incident: Incident, ada: User, mia: User, paula: User, dan: User, root: User
) -> None:
    may = {user.name: roles.may_decide(incident, user) for user in (ada, mia, paula, dan, root)}
    assert may == {"Ada": False, "Mia": False, "Paula": True, "Dan": True, "Root": False}
    assert roles.deciders(incident) == [paula, dan]
    roles.claim(incident, OWNER, by=dan)
    assert roles.deciders(incident) == [dan, paula]
    right = roles.decides_as(incident, root)
    assert right is not None
    assert (right.role, right.label, right.broke_glass) == (OWNER, "Product Owner", True)
    assert roles.decides_as(incident, ada) is None


def test_whoever_is_taken_off_the_list_decides_no_more(
    incident: Incident, product: Product, paula: User
) -> None:
    roles.claim(incident, OWNER, by=paula)
    role_holders.unlist(product.role_holders.get(user=paula), by=paula)
    assert not roles.may_decide(incident, paula)
    assert roles.deciders(incident) == []


def test_deputies_by_role_step_in_while_nobody_has_it(product: Product, ada: User, paula: User) -> None:
    """The people listed for a deputy role; not whoever took that role in one tap."""
    version = product.process.current
    assert version
    spec = next(role for role in version.document["roles"] if role["key"] == OWNER)
    spec["deputies"] = ["devops"]
    version.save(update_fields=["document"])
    dora = make_user("dora@example.test")
    join(dora, product.team)
    role_holders.list_for_role(product, role="devops", user=dora, by=dora)
    incident = declare(Product.objects.get(pk=product.pk), by=ada, title="x")
    roles.claim(incident, "devops", by=ada)
    assert [roles.may_decide(incident, user) for user in (paula, dora, ada)] == [True, True, False]
    assert roles.deciders(incident) == [paula, dora]
    roles.claim(incident, OWNER, by=paula)
    assert (roles.may_decide(incident, dora), roles.deciders(incident)) == (False, [paula])


def test_an_administrator_breaks_the_glass_aloud(incident: Incident, root: User, paula: User) -> None:
    assert (view(incident, OWNER, root).may_claim, view(incident, OWNER, root).may_break_glass) == (
        False,
        True,
    )
    with pytest.raises(ValidationError) as refused:
        roles.claim(incident, OWNER, by=root)
    assert refused.value.message_dict == {
        "reason": ["You are not listed for this role. Say why you take it."]
    }
    event = roles.claim(incident, OWNER, by=root, reason="Paula cannot be reached")
    assert (event.data["as_administrator"], view(incident, OWNER).broke_glass) == (True, True)
    assert (
        "<b>Root took the role Product Owner as administrator</b>, without being listed for it"
        in lines(incident)[0]
    )
    assert "breach" in lines(incident)[0]
    assert "Paula cannot be reached" in lines(incident)[0]


def test_handing_over_needs_a_note_and_tells_the_next_one(incident: Incident, ada: User, ben: User) -> None:
    roles.claim(incident, "devops", by=ada)
    with pytest.raises(ValidationError, match="where things stand"):
        roles.hand_over(incident, "devops", to=ben, by=ada, note="  ")
    roles.hand_over(incident, "devops", to=ben, by=ada, note="The rollout stands at 20 %")
    rows = [
        (str(row.user), str(row.by), row.note, row.until is None)
        for row in incident.assignments.order_by("pk")
    ]
    assert rows == [("Ada", "Ada", "", False), ("Ben", "Ada", "The rollout stands at 20 %", True)]
    assert "<b>Ada handed the role DevOps over</b> to Ben" in lines(incident)[1]
    told = Delivery.objects.get(key="given", route="inapp")
    assert (told.user, "you are DevOps" in told.subject) == (ben, True)
    assert "Ada gave you the role DevOps.\nThe rollout stands at 20 %" in told.body
    with pytest.raises(Taken):
        roles.hand_over(incident, "devops", to=ada, by=ada, note="Mine again")


def test_whom_it_cannot_be_handed_to(
    incident: Incident, ada: User, ben: User, paula: User, dan: User, outsider: User
) -> None:
    roles.claim(incident, "devops", by=ada)
    roles.claim(incident, OWNER, by=paula)
    for role, by, to, words in (
        ("devops", ada, outsider, "may not see this incident"),
        ("devops", ada, paula, "only reads here"),
        ("devops", ada, ada, "You have this role already"),
        (OWNER, paula, ben, "is not listed for Product Owner on Staff Mobile"),
    ):
        with pytest.raises(ValidationError, match=words):
            roles.hand_over(incident, role, to=to, by=by, note="Over to you")
    roles.hand_over(incident, OWNER, to=dan, by=paula, note="I am on a plane")
    assert view(incident, OWNER).user == dan


def test_into_a_private_incident_nobody_is_handed_a_role(product: Product, ada: User, ben: User) -> None:
    """Nor is its story told in the message."""
    secret = declare(product, by=ada, title="Data leaked", private=True)
    roles.claim(secret, "devops", by=ada)
    with pytest.raises(ValidationError, match="may not see this incident"):
        roles.hand_over(secret, "devops", to=ben, by=ada, note="The dump is public")
    transitions.assign(secret, by=ada, user=ben)  # assigning lets them in
    roles.hand_over(secret, "devops", to=ben, by=ada, note="The dump is public")
    bodies = " ".join(Delivery.objects.filter(key="given").values_list("body", flat=True))
    assert ("gave you the role DevOps" in bodies, "dump" in bodies) == (True, False)


def test_only_a_manager_gives_away_a_role_that_decides(
    incident: Incident, ada: User, ben: User, mia: User, paula: User
) -> None:
    with pytest.raises(PermissionDenied, match="only a manager"):
        roles.assign(incident, role=OWNER, user=paula, by=ada)
    with pytest.raises(ValidationError, match="is not listed for Product Owner"):
        roles.assign(incident, role=OWNER, user=ben, by=mia)
    roles.assign(incident, role=OWNER, user=paula, by=mia)
    assert "<b>Paula has the role Product Owner</b>, given by Mia" in lines(incident)[0]
    assert Delivery.objects.filter(key="given", user=paula, route="inapp").count() == 1


def test_taking_over_says_from_whom(incident: Incident, ada: User, ben: User) -> None:
    roles.claim(incident, "devops", by=ada)
    roles.assign(incident, role="devops", user=ben, by=ben)
    assert "<b>Ben took the role DevOps</b> from Ada" in lines(incident)[1]


def test_giving_up_leaves_it_empty(incident: Incident, ada: User, ben: User) -> None:
    roles.claim(incident, by=ada)
    roles.claim(incident, "devops", by=ada)
    with pytest.raises(Taken):
        roles.give_up(incident, "devops", by=ben)
    roles.give_up(incident, "devops", by=ada, note="Off to bed")
    roles.give_up(incident, "lead", by=ada)
    assert (view(incident, "devops").user, incident.lead, incident.assignments.filter(until=None).count()) == (
        None, None, 0,
    )  # fmt: skip
    assert "<b>Ada gave up the role DevOps</b>: nobody has it" in lines(incident)[2]


def test_a_role_the_process_does_not_have_is_refused(incident: Incident, ada: User) -> None:
    with pytest.raises(ValidationError, match="release_engineer, devops, product_owner"):
        roles.claim(incident, "pope", by=ada)


def test_an_incident_keeps_the_roles_of_its_own_version(
    incident: Incident, product: Product, paula: User
) -> None:
    """The product moves to another process: the list goes on counting for what is open."""
    product.process = make_product(process="archy", name="Archipelago").process
    product.save(update_fields=["process"])
    incident = Incident.objects.get(pk=incident.pk)
    assert [each.role for each in roles.holders(incident)] == [
        "release_engineer", "devops", OWNER, "affected_team",
    ]  # fmt: skip
    assert roles.deciders(incident) == [paula]


def test_archy_has_a_decider_of_the_house_c16(ada: User, product: Product) -> None:
    archy = make_product(product.team, process="archy", name="Archipelago")
    role_holders.list_for_role(archy, role="decider", user=ada, by=ada)
    incident = declare(archy, by=ada, title="x")
    assert [(each.role, each.decides) for each in roles.holders(incident)] == [
        ("fixer", False), ("watcher", False), ("decider", True),
    ]  # fmt: skip
    assert roles.deciders(incident) == [ada]


def test_whoever_has_a_role_takes_part(incident: Incident, paula: User) -> None:
    roles.claim(incident, OWNER, by=paula)
    assert Participant.objects.filter(incident=incident, user=paula).count() == 1
