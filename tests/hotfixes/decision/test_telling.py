"""A decision is told to whom the process names (K132–K136): contacts, those who have a role, the team's room."""

import pytest

from accounts.models import User
from hotfixes.decision.decide import decide
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from incidents.roles import roles
from notifications.models import Delivery, Kind, State
from notifications.ways import add_channel
from products.contacts import add_contact
from products.models import Product
from tests.factories import join, make_user

WHY = "Mending it is a line"


@pytest.fixture
def ben(product: Product) -> User:
    user = make_user("ben@example.test")
    join(user, product.team)
    return user


@pytest.fixture
def house(product: Product, ada: User, olga: User) -> None:
    add_contact(product, label="On call", user=ada, by=ada)
    add_contact(product, label="Product Owner", user=olga, by=ada)
    add_channel(kind=Kind.NTFY, name="Room", config={"url": "http://10.0.0.1/t"}, by=ada, team=product.team)


def told(incident: Incident) -> list[str]:
    rows = Delivery.objects.about(incident.ref).filter(key="decided").exclude(state=State.SKIPPED)
    return sorted({f"{row.recipient.split(':')[0]}: {row.user or row.channel}" for row in rows})


@pytest.mark.usefixtures("house")
def test_contacts_holders_and_rooms_hear_what_was_decided(
    incident: Incident, ada: User, ben: User, olga: User
) -> None:
    transitions.acknowledge(incident, by=ada)
    roles.claim(incident, "devops", by=ben)
    decide(incident, by=olga, choice="rollback", option="halt_rollout", reason=WHY)
    assert told(incident) == ["channel: Room", f"user: {ada}", f"user: {ben}"]
    message = Delivery.objects.about(incident.ref).filter(key="decided").first()
    assert message
    assert message.subject == (f"CRITICAL {incident.ref} Staff Mobile: rollback decided: Sign-in fails")
    assert message.body.startswith(
        f"{olga} (Product Owner) has decided: Rollback: Halt the rollout in the stores.\n{WHY}\n"
    )


@pytest.mark.usefixtures("house")
def test_leaving_it_for_a_release_is_told_once(incident: Incident, olga: User) -> None:
    decide(incident, by=olga, choice="defer", to="v1.1", reason=WHY)
    assert told(incident) == []


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.RETROSPECTIVE])
def test_a_drill_and_the_past_send_nothing(product: Product, ada: User, olga: User, mode: Mode) -> None:
    severity = product.severities().get(key="CRITICAL")
    incident = declare(product, by=ada, title="Exercise", severity=severity, mode=mode)
    decide(incident, by=olga, choice="hotfix", reason=WHY)
    rows = Delivery.objects.about(incident.ref).filter(key="decided")
    assert {row.state for row in rows} <= {State.SKIPPED}


@pytest.mark.usefixtures("house")
def test_a_private_one_keeps_the_reason_to_itself(product: Product, ada: User, olga: User) -> None:
    severity = product.severities().get(key="CRITICAL")
    private = declare(product, by=ada, title="Data leaked", severity=severity, private=True)
    root = make_user("root@example.test", is_administrator=True)
    roles.assign(private, by=root, user=olga, role="product_owner")
    decide(private, by=olga, choice="hotfix", reason=WHY)
    rows = Delivery.objects.about(private.ref).filter(key="decided").exclude(state=State.SKIPPED)
    assert {str(row.user) for row in rows} == {str(ada), str(root)}
    for row in rows:
        assert WHY not in row.body
        assert "Data leaked" not in row.subject + row.body
