"""A needed role that nobody has is asked for, once, after a while (K132–K135, K139, K140)."""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from incidents.roles import roles
from notifications.models import Delivery
from products import contacts, role_holders
from products.models import Product
from tests.factories import join, make_user

pytestmark = pytest.mark.usefixtures("house")

OWNER = "product_owner"


@pytest.fixture
def paula(product: Product) -> User:
    """The product owner; reads otherwise."""
    user = make_user("paula@example.test")
    join(user, product.team, "viewer")
    role_holders.list_for_role(product, role=OWNER, user=user, by=user)
    return user


def late(incident: Incident, minutes: int) -> None:
    """As if it had been declared so long ago."""
    past = moment.now() - timedelta(minutes=minutes)
    Incident.objects.filter(pk=incident.pk).update(detected_at=past, declared_at=past)
    due = Incident.objects.values_list("roles_due_at", flat=True).get(pk=incident.pk)
    if due:
        Incident.objects.filter(pk=incident.pk).update(roles_due_at=due - timedelta(minutes=minutes))
    incident.refresh_from_db()


def asked() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(key="needed", route="inapp").order_by("pk")
    return [(row.label, row.body.splitlines()[0]) for row in rows]


NEEDED = "Needed, and nobody has it: {}. Take it on the page."


def test_an_empty_role_is_asked_for_once_k132_k135(
    incident: Incident, product: Product, ada: User, ben: User, paula: User
) -> None:
    """Those listed and the role's contacts; several roles for the same people come as one message."""
    contacts.add_contact(product, role="devops", user=ben, by=ada)
    contacts.add_contact(product, role="release_engineer", user=ben, by=ada)
    late(incident, 4)
    assert sweep.ask_due() == 0
    late(incident, 6)
    assert sweep.ask_due() == 3
    assert asked() == [
        ("Ben (Release Engineer)", NEEDED.format("Release Engineer, DevOps")),
        ("Paula (Product Owner)", NEEDED.format("Product Owner")),
    ]
    assert (sweep.ask_due(), sweep.next_ask(), len(asked())) == (0, None, 2)


def test_what_is_not_needed_is_never_asked_for_and_less_urgent_ones_wait_longer(
    product: Product, ada: User
) -> None:
    medium = declare(product, by=ada, title="x", severity=product.severities().get(key="MEDIUM"))
    late(medium, 29)
    assert sweep.ask_due() == 0
    late(medium, 31)
    assert sweep.ask_due() == 3
    assert asked() == [("Ada", NEEDED.format("Release Engineer, DevOps, Product Owner"))]


def test_a_claim_calls_the_message_back(incident: Incident, product: Product, ada: User, ben: User) -> None:
    for role in ("release_engineer", "devops"):
        contacts.add_contact(product, role=role, address="duty@example.test", by=ada)
    contacts.add_contact(product, role=OWNER, user=ada, by=ada)
    late(incident, 6)
    sweep.ask_due()
    waiting = Delivery.objects.filter(key="needed", address="duty@example.test")
    # Without a mail server it is skipped; here it waits as it would with one.
    waiting.update(state="pending")
    roles.claim(incident, "release_engineer", by=ben)
    assert waiting.get().state == "pending"
    roles.claim(incident, "devops", by=ben)
    assert (waiting.get().state, waiting.get().reason) == ("cancelled", "somebody has it now")


def test_given_up_it_is_asked_for_anew(incident: Incident, ada: User) -> None:
    for role in ("devops", "release_engineer"):
        roles.claim(incident, role, by=ada)
    late(incident, 6)
    assert sweep.ask_due() == 1
    roles.give_up(incident, "devops", by=ada)
    due = sweep.next_ask()
    assert due is not None
    assert timedelta(minutes=4) < due - moment.now() <= timedelta(minutes=5)


def test_a_higher_severity_asks_at_once(product: Product, ada: User) -> None:
    medium = declare(product, by=ada, title="x", severity=product.severities().get(key="MEDIUM"))
    late(medium, 6)
    assert sweep.ask_due() == 0
    transitions.change_severity(
        medium, by=ada, severity=product.severities().get(key="CRITICAL"), reason="All of them"
    )
    assert sweep.ask_due() == 3


@pytest.mark.parametrize(("mode", "states"), [(Mode.DRILL, {"skipped"}), (Mode.RETROSPECTIVE, set())])
def test_drills_and_what_is_entered_afterwards_ring_nobody(
    product: Product, ada: User, mode: Mode, states: set[str]
) -> None:
    incident = declare(product, by=ada, title="x", mode=mode)
    late(incident, 31)
    sweep.ask_due()
    assert set(Delivery.objects.filter(key="needed").values_list("state", flat=True)) == states


def test_the_default_holder_is_told_when_it_is_detected_k134(
    product: Product, ada: User, paula: User
) -> None:
    """The first listed, for a role that the process wants told and no contact reaches."""
    contacts.add_contact(product, role="devops", user=ada, by=ada)
    declare(product, by=None, title="x", severity=product.severities().get(key="CRITICAL"))
    told = Delivery.objects.filter(key="opened", route="inapp").order_by("pk").values_list("label", flat=True)
    assert list(told) == ["Ada (DevOps)", "Paula (Product Owner)"]
