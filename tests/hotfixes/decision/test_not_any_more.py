"""What is not so any more decides nothing: a tap that comes too late, a card of before, what stood before it was opened
again.
"""

import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models import Scope, User
from accounts.tokens import make_token
from foundation import moment
from hotfixes.decision import asking, facts, proposing, revisiting
from hotfixes.decision.decide import decide
from hotfixes.models import Decision
from incidents.lifecycle import transitions
from incidents.models import Incident
from monitoring.models import Monitor, Target
from notifications import links
from notifications.models import Delivery
from tests.factories import make_target
from tests.signing import sign_in

WHY = "One line"
SEEN = re.compile(r'name="seen" value="(\w{64})"')


def waits_for_a_row() -> bool:
    """Whether somebody else's statement waits for a row that this connection holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_tap_that_comes_too_late_is_asked_for_nothing_and_decides_nothing_whatever_happens_meanwhile(
    incident: Incident, ada: User, olga: User
) -> None:
    """By a link alone nobody knows who taps: a card that is replaced in that moment must not let it through."""
    proposing.propose(incident, by=ada, choice="hotfix", text="Cause known", cause="known")
    link = "/l/" + links.token(Delivery.objects.get(key="proposed", user=olga, route="inapp"), links.DECIDE)
    decide(incident, by=olga, choice="hotfix", reason=WHY)
    answers: list[int] = []

    def tap() -> None:
        sent = {"choice": "rollback", "option": "halt_rollout", "reason": "Not me", "instead_of": "2"}
        try:
            answers.append(Client().post(link, sent).status_code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=tap)
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        thread.start()
        until = time.monotonic() + 60
        while thread.is_alive() and not waits_for_a_row() and time.monotonic() < until:
            time.sleep(0.02)
        decide(incident, by=olga, choice="mitigate", reason="Contain it", instead_of=1)
    thread.join(60)
    assert (answers, [one.choice for one in Decision.objects.order_by("number")]) == (
        [409], ["hotfix", "mitigate"],
    )  # fmt: skip


def test_a_script_that_names_the_card_it_read_decides_on_that_card_alone(
    incident: Incident, ada: User, olga: User
) -> None:
    secret = make_token(olga, by=olga, name="bot", scopes=[Scope.DECIDE])[1]
    path, headers = f"/api/v1/incidents/{incident.ref}/decision", {"Authorization": f"Bearer {secret}"}
    seen = Client().get(path, headers=headers).json()["seen"]
    transitions.describe(incident, by=ada, users_affected=40)

    def send(seen: str) -> Any:
        body = {"choice": "hotfix", "reason": WHY, "seen": seen}
        return Client().post(path, body, content_type="application/json", headers=headers)

    late = send(seen)
    assert (late.status_code, Decision.objects.count()) == (409, 0)
    assert "Something has changed since you looked." in late.json()["detail"]
    assert send(Client().get(path, headers=headers).json()["seen"]).status_code == 201


def test_what_has_changed_meanwhile_is_named_and_the_typed_reason_stays(
    incident: Incident, ada: User, olga: User
) -> None:
    """The form that is shown again is the card's as it is now: deciding on it counts."""
    client, here = Client(), f"/decisions/{incident.ref}/confirm"
    sign_in(olga, client)
    seen = SEEN.findall(client.get(f"{here}?choice=hotfix").content.decode())[0]
    transitions.describe(incident, by=ada, users_affected=40)
    late = client.post(here, {"choice": "hotfix", "reason": "Their own words", "seen": seen})
    page = late.content.decode()
    assert (late.status_code, "It is about: how many are affected." in page) == (409, True)
    assert ("Their own words" in page, "All that is known now" in page, "40 people" in page) == (True,) * 3
    again = {"choice": "hotfix", "reason": "Their own words", "seen": SEEN.findall(page)[0]}
    assert (client.post(here, again).status_code, Decision.objects.get().reason) == (302, "Their own words")


def test_who_may_not_decide_by_script_reads_who_may(incident: Incident, ada: User) -> None:
    secret = make_token(ada, by=ada, name="bot", scopes=[Scope.DECIDE])[1]
    answer = Client().post(
        f"/api/v1/incidents/{incident.ref}/decision", {"choice": "hotfix", "reason": WHY},
        content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["detail"]) == (
        403, "Product Owner decides here, and you are not listed as one. Ask Olga.",
    )  # fmt: skip


def test_another_wording_of_the_same_fault_is_no_other_card(incident: Incident, olga: User) -> None:
    """A slow endpoint is slow by another figure at every look; only whether it is well counts."""
    made, now = make_target(incident.product), moment.now()
    target = Target.objects.filter(pk=made.pk)
    Monitor.objects.update(looked_at=now)
    target.update(
        state="down",
        settled="down",
        fresh_until=now + timedelta(hours=1),
        detail="It took 2.3 s, allowed is 1 s.",
    )
    before = facts.seen(facts.facts(incident, moment.now()))
    target.update(detail="It took 2.7 s, allowed is 1 s.")
    assert facts.seen(facts.facts(incident, moment.now())) == before
    target.update(state="up", settled="up")
    assert facts.seen(facts.facts(incident, moment.now())) != before


def test_what_stood_before_it_was_opened_again_is_looked_at_no_more(
    incident: Incident, ada: User, olga: User
) -> None:
    decide(incident, by=olga, choice="mitigate", reason=WHY, revisit=True)
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Back")
    Decision.objects.update(revisit_at=moment.now() - timedelta(seconds=1))
    assert (revisiting.tell_due(), Delivery.objects.filter(key="revisit").count()) == (0, 0)
    assert revisiting.next_due() is None
    assert "Look again" not in sign_in(olga).get("/decisions/").content.decode()


def test_questions_of_before_it_was_opened_again_leave_room_for_new_ones(
    incident: Incident, ada: User, olga: User
) -> None:
    for number in range(asking.MOST):
        asking.ask(incident, by=olga, text=f"Question {number}?", to=ada)
    with pytest.raises(ValidationError):
        asking.ask(incident, by=olga, text="One more?", to=ada)
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Back")
    assert asking.ask(incident, by=olga, text="Does it come back by itself?", to=ada).pk
