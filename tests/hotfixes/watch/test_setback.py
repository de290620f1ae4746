"""What does not hold leads straight to going back (A37): whoever decides is asked, the others whom to tell, and nothing
is decided by itself.
"""

import re

import pytest
from django.test import Client

from accounts.models import User
from hotfixes.decision import facts
from hotfixes.decision.decide import decide
from hotfixes.models import Decision, Rollback
from hotfixes.watch import smoke
from incidents.lifecycle import setbacks, transitions
from incidents.models import Incident
from incidents.work import verdicts, work
from incidents.work.action import Action
from incidents.work.next_action import next_action
from incidents.work.report import report
from notifications import links
from notifications.models import Delivery
from products.models import RoleHolder
from tests.hotfixes.watch.conftest import Night, decider
from tests.reading import tight
from tests.signing import sign_in

REDEPLOY = "redeploy_previous_tag"


@pytest.fixture
def olga(night: Night) -> User:
    """Who was there when the watch failed, else somebody new."""
    return User.objects.filter(email="olga@example.test").first() or decider(night)


def action(incident: Incident, decides: str = "") -> Action:
    found = next_action(incident, work=work.read(incident), decides=decides, checks=verdicts.of(incident))
    assert found is not None
    return found


def page(user: User, path: str) -> str:
    return sign_in(user).get(path).content.decode()


def test_a_failed_watch_is_the_one_next_thing_for_who_decides(failed: Night, olga: User) -> None:
    found = action(failed.incident, "Product Owner")
    assert (found.title, found.place) == ("Decide: roll back?", "decision_card")
    assert found.reason == (
        "API is down since 21 Nov 03:04 UTC. You decide as Product Owner. The ways back are on the card."
    )
    text = page(olga, failed.incident.get_absolute_url())
    assert ("Decide: roll back?" in text, "API is down since" in text) == (True, True), (
        "who only reads may decide"
    )
    assert "Decide: roll back?" in page(olga, "/")
    assert failed.incident.ref in page(olga, "/decisions/").partition("Waits for you")[2]


def test_the_others_read_who_decides_and_tell_or_ask(failed: Night, olga: User) -> None:
    found = action(failed.incident)
    assert (found.title, found.label, found.verb) == ("Olga decides: roll back?", "Tell Olga", "propose")
    phone = sign_in(failed.ada)
    text = phone.get(failed.incident.get_absolute_url()).content.decode()
    assert (f"{failed.incident.get_absolute_url()}propose?choice=rollback" in text, "/ask" in text) == (
        True,
        True,
    )
    form = phone.get(f"{failed.incident.get_absolute_url()}propose?choice=rollback").content.decode()
    assert re.search(r'value="rollback"[^>]*checked', form)
    RoleHolder.objects.all().delete()
    assert action(failed.incident).title == "Roll back? Nobody is listed as Product Owner"


def test_the_card_puts_the_way_back_first_with_what_failed_and_since_when(failed: Night, olga: User) -> None:
    phone = sign_in(olga)
    text = tight(phone.get(f"/decisions/{failed.incident.ref}/").text)
    order = [
        "<h1>Roll back?</h1>",
        f"{failed.hotfix.ref} does not hold",
        "API is down since 21 Nov 03:04 UTC.",
        "Roll back to 0.1.0",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    back, mend = text.find("choice=rollback"), text.find("choice=hotfix")
    assert 0 < back < mend
    sheet = phone.get(
        f"/decisions/{failed.incident.ref}/confirm?choice=rollback&option={REDEPLOY}"
    ).content.decode()
    assert "API is down since 21 Nov 03:04 UTC." in sheet
    assert not Decision.objects.exists(), "nothing is decided by itself"


def test_whoever_decides_hears_it_with_the_link_to_the_card(failed: Night, olga: User) -> None:
    rows = Delivery.objects.filter(key="watch_failed", route="email")
    assert {row.user: row.offers for row in rows} == {olga: ["decide"]}


def test_a_decision_answers_it_and_keeps_what_was_seen(failed: Night, olga: User) -> None:
    made = decide(failed.incident, by=olga, choice="rollback", option=REDEPLOY, reason="It is down")
    assert made.facts["setback"]["said"] == "API is down since 21 Nov 03:04 UTC."
    assert Rollback.objects.get().hotfix == failed.hotfix
    assert action(failed.incident, "Product Owner").verb == "rollback_step"
    assert setbacks.of(failed.incident) is None
    # And the version before is not well either: that is decided anew, with nothing put first.
    failed.to(100)
    report(failed.incident, "rolled_back", by=failed.ada)
    report(failed.incident, "smoke_failed", by=failed.ada)
    assert (
        action(failed.incident, "Product Owner").title == "Decide anew: the version before is not well either"
    )
    found = facts.facts(failed.incident, failed.clock.now)
    assert found["setback"]["remedy"] == Rollback.objects.get().ref
    assert found["suggestion"]["rule"] != "did_not_hold"


def test_all_well_again_takes_the_question_back(failed: Night, olga: User) -> None:
    """With its clock: nobody could keep it any more."""
    asked = failed.incident.clocks.filter(start="watch_failed")
    assert asked.running().count() == 1
    assert "It does not hold." in page(olga, failed.hotfix.get_absolute_url())
    failed.go(90)
    assert failed.told()[-1].startswith("watch_opened")
    assert (asked.running().count(), asked.get().cancelled_at is None) == (0, False)
    assert action(failed.incident, "Product Owner").place != "decision_card"
    assert "It does not hold." not in page(olga, failed.hotfix.get_absolute_url())


def test_what_fails_after_it_was_resolved_is_opened_again_for_it(watched: Night, olga: User) -> None:
    transitions.acknowledge(watched.incident, by=watched.ada)
    watched.go(30)
    transitions.resolve(watched.incident, by=watched.ada)
    watched.go(64, "down")
    path = watched.incident.get_absolute_url()
    text = page(watched.ada, path)
    assert ("It does not hold." in text, "is down since 21 Nov" in text, f'href="{path}reopen"' in text) == (
        True, True, True,
    )  # fmt: skip
    assert "Reopen it to decide" in page(olga, f"/decisions/{watched.incident.ref}/")
    transitions.reopen(watched.incident, by=watched.ada, reason="It is down again")
    assert action(watched.incident, "Product Owner").title == "Decide: roll back?"
    transitions.resolve(watched.incident, by=watched.ada)
    assert setbacks.of(watched.incident) is None, "people can work again, says who called it so"


def test_a_smoke_test_that_does_not_work_asks_too(watched: Night, olga: User) -> None:
    transitions.acknowledge(watched.incident, by=watched.ada)
    first, *_rest = smoke.wanted(watched.incident).items()
    watched.to(20)
    smoke.tick(watched.incident, by=watched.ada, results={first[0]: False})
    found = action(watched.incident, "Product Owner")
    assert found.title == "Decide: roll back?"
    assert found.reason.startswith(f"Does not work since 21 Nov 02:20 UTC: {first[1]}.")
    watched.to(30)
    smoke.tick(watched.incident, by=watched.ada, results=dict.fromkeys(smoke.wanted(watched.incident), True))
    assert action(watched.incident, "Product Owner").title != "Decide: roll back?"


def test_without_a_sign_in_the_link_shows_the_same(failed: Night, olga: User) -> None:
    row = Delivery.objects.get(key="watch_failed", route="email", user=olga)
    text = Client().get("/l/" + links.token(row, links.DECIDE)).content.decode()
    assert f"{failed.hotfix.ref} does not hold" in text
