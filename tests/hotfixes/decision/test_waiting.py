"""The number beside "Decide" is what the list says: asked by two statements, by one for whom it cannot wait for."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.access import role_in
from accounts.models import Role, User
from hotfixes.decision import waiting
from hotfixes.decision.decide import decide
from hotfixes.decision.views import _waiting
from hotfixes.decision.waiting import waiting_for
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.roles.roles import claim
from incidents.work.report import report
from products.models import ProcessVersion, RoleHolder
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture
def kim(incident: Incident) -> User:
    """Listed, but for no role that decides; a manager of the team."""
    join(kim := make_user("kim@example.test"), incident.product.team, Role.MANAGER)
    RoleHolder.objects.create(product=incident.product, role="devops", user=kim, position=1)
    return kim


def agreed(user: User) -> int:
    """What both say."""
    found = waiting_for(user)
    assert sum(one.mine for one in _waiting(user)) == found
    return found


def rewrite(incident: Incident, **roles: dict[str, object]) -> None:
    """As another process would have them."""
    document = incident.process_version.document
    document["roles"] = [{**role, **roles.get(role["key"], {})} for role in document["roles"]]
    ProcessVersion.objects.filter(pk=incident.process_version_id).update(document=document)


def test_it_follows_what_is_decided_what_does_not_hold_and_what_is_over(
    incident: Incident, ada: User, olga: User
) -> None:
    transitions.acknowledge(incident, by=ada)
    assert (agreed(olga), agreed(ada)) == (1, 0)
    decide(incident, by=olga, choice="hotfix", reason="A line")
    assert agreed(olga) == 0
    for kind, waits in (("deployed", 0), ("smoke_failed", 1), ("smoke_passed", 0), ("smoke_failed", 1)):
        report(Incident.objects.get(pk=incident.pk), kind, by=ada)
        assert agreed(olga) == waits
    transitions.resolve(Incident.objects.get(pk=incident.pk), by=ada)
    assert agreed(olga) == 0
    transitions.reopen(Incident.objects.get(pk=incident.pk), by=ada, reason="Back")
    assert agreed(olga) == 1


def test_a_deputy_is_asked_while_nobody_has_the_role(incident: Incident, olga: User, kim: User) -> None:
    assert agreed(kim) == 0
    rewrite(incident, product_owner={"deputies": ["devops"]})
    assert agreed(kim) == 1
    claim(incident, "product_owner", by=olga)
    assert (agreed(kim), agreed(olga)) == (0, 1)


def test_where_no_role_decides_the_managers_do(incident: Incident, olga: User, kim: User) -> None:
    rewrite(incident, product_owner={"decides": False})
    assert (agreed(kim), agreed(olga)) == (1, 0)


def test_a_private_one_waits_for_who_takes_part(incident: Incident, ada: User, olga: User) -> None:
    secret = declare(incident.product, by=ada, title="Keys leaked", severity=incident.severity, private=True)
    secret.participants.filter(user=olga).delete()
    assert agreed(olga) == 1
    secret.participants.create(user=olga)
    assert agreed(olga) == 2


def test_an_administrator_who_is_listed_for_something_else_is_not_asked(incident: Incident) -> None:
    root = make_user("root@example.test", is_administrator=True)
    RoleHolder.objects.create(product=incident.product, role="devops", user=root, position=1)
    assert agreed(root) == 0


def test_three_of_two_processes_take_no_more_statements_than_one(
    incident: Incident, ada: User, olga: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Every page asks it, and every page that follows, each time."""
    other = make_product(incident.product.team, "archy", name="Archipelago")
    RoleHolder.objects.create(product=other, role="decider", user=olga, position=1)
    for product in (incident.product, other):
        declare(product, by=ada, title="Down")
    decide(incident, by=olga, choice="hotfix", reason="A line")
    role_in(olga, other.team)  # who somebody is, every page has asked before
    with django_assert_num_queries(2):
        found = waiting_for(olga)
    assert found == agreed(olga) == 2


def test_many_on_which_somebody_decided_hide_none_that_waits(
    incident: Incident, ada: User, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 2)
    decided = [
        incident,
        declare(incident.product, by=ada, title="Down"),
        declare(incident.product, by=ada, title="Slow"),
    ]
    declare(incident.product, by=ada, title="Nobody can pay")
    for one in decided:
        decide(one, by=olga, choice="hotfix", reason="A line")
    assert agreed(olga) == 1


def test_one_small_statement_tells_that_nothing_waits(
    incident: Incident, ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """For who is listed nowhere, that is nearly everybody, no incident is read."""
    with django_assert_num_queries(1) as asked:
        assert waiting_for(ada) == 0
    assert Incident._meta.db_table not in asked.captured_queries[0]["sql"]
