"""Several decide at once: one wins, and the others read it (issue 6)."""

import re
from typing import Any

import pytest

from accounts.models import User
from hotfixes.decision.decide import decide
from hotfixes.models import Decision
from incidents.models import Incident
from incidents.timeline.verify import verify
from products.models import Product, RoleHolder
from tests.incidents.lifecycle.test_races import together
from tests.signing import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_ten_at_once_have_one_winner(incident: Incident, olga: User) -> None:
    choices = ("hotfix", "rollback", "mitigate")

    def act(number: int) -> None:
        choice = choices[number % 3]
        option = "halt_rollout" if choice == "rollback" else ""
        decide(
            Incident.objects.get(pk=incident.pk), by=olga, choice=choice, option=option, reason=f"{number}"
        )

    assert together(act, 10) == {"won": 1, "Decided": 9}
    assert Decision.objects.count() == 1
    assert incident.events.filter(kind="decided").count() == 1
    assert incident.events.filter(kind__in=("hotfix_started", "rollback_started")).count() <= 1
    assert list(verify(Incident.objects.all())) == []


def test_of_two_owners_at_once_one_decides_and_the_other_reads_it(
    incident: Incident, product: Product, olga: User, ben: User
) -> None:
    """Issue 6: a decision race, two owners, one refresh: 302 and 409, and the refreshed card says who it was."""
    RoleHolder.objects.create(product=product, role="product_owner", user=ben, position=2)
    path = f"/decisions/{incident.ref}/confirm"
    phones = {user.name: sign_in(user) for user in (olga, ben)}
    sent = {}
    for name, choice in (("Olga", "hotfix"), ("Ben", "mitigate")):
        page = phones[name].get(f"{path}?choice={choice}").content.decode()
        seen = re.findall(r'name="seen" value="(\w{64})"', page)
        sent[name] = {"choice": choice, "reason": name, "seen": seen[0]}
    answers: dict[str, Any] = {}

    def act(number: int) -> None:
        name = ("Olga", "Ben")[number]
        answers[name] = phones[name].post(path, sent[name])

    assert together(act, 2) == {"won": 2}
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    made = Decision.objects.get()
    loser = next(name for name, answer in answers.items() if answer.status_code == 409)
    words = f"{made.by} has decided: {made.words} (decision 1)."
    assert ("Somebody was faster." in answers[loser].content.decode(), made.reason != loser) == (True, True)
    assert words in answers[loser].content.decode()
    assert made.words in phones[loser].get(f"/decisions/{incident.ref}/").content.decode()
    assert incident.events.filter(kind="decided").count() == 1
    assert list(verify(Incident.objects.all())) == []
