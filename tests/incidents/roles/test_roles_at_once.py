"""Ten claim one role at once: one has it, the others read who was faster. Roles against the sweep: no deadlock."""

import pytest

from accounts.models import User
from incidents.lifecycle.declare import declare
from incidents.models import Assignment, Incident
from incidents.roles import roles
from tests.factories import join, make_product, make_user
from tests.incidents.lifecycle.test_races import deadlocks, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> list[User]:
    product = make_product()
    users = [make_user(f"p{number}@example.test") for number in range(10)]
    for user in users:
        join(user, product.team)
    return users


@pytest.fixture
def incident(people: list[User]) -> Incident:
    return declare(people[0].memberships.get().team.products.get(), by=people[0], title="Sign-in fails")


@pytest.mark.parametrize("role", ["devops", "lead"])
def test_of_ten_one_has_it_and_nine_read_who(incident: Incident, people: list[User], role: str) -> None:
    said: list[str] = []

    def one(number: int) -> None:
        try:
            roles.claim(Incident.objects.get(pk=incident.pk), role, by=people[number])
        except roles.Taken as taken:
            said.append(taken.words)
            raise

    assert together(one, count=10) == {"won": 1, "Taken": 9}
    holder = Assignment.objects.get(incident=incident, until=None).user
    label = {"devops": "DevOps", "lead": "Lead"}[role]
    assert said == [f"{holder} has the role {label}."] * 9
    assert incident.events.filter(kind="assigned").count() == 1
    assert deadlocks() == 0


def test_handing_over_and_taking_over_at_once_leaves_one_holder(
    incident: Incident, people: list[User]
) -> None:
    roles.claim(incident, "devops", by=people[0])

    def one(number: int) -> None:
        mine = Incident.objects.get(pk=incident.pk)
        if number % 2:
            roles.assign(mine, role="devops", user=people[number], by=people[number])
        else:
            roles.hand_over(mine, "devops", to=people[number], by=people[0], note="Over to you")

    together(one, count=10)
    rows = list(Assignment.objects.filter(incident=incident).order_by("pk"))
    assert [row.until is None for row in rows] == [False] * (len(rows) - 1) + [True]
    assert len(rows) == incident.events.filter(kind__in=("assigned", "handed_over")).count()
    assert deadlocks() == 0
