"""Around the decision: recommended, asked and answered, decided in an emergency, looked at again, refused and recorded.

K138.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, Scope, User
from accounts.tokens import make_token
from foundation import moment
from hotfixes.decision import asking, comparing, facts, proposing, revisiting
from hotfixes.decision.decide import decide
from hotfixes.models import Decision, Question
from incidents.lifecycle import transitions
from incidents.models import Incident
from incidents.roles import roles
from incidents.timeline import corrections
from incidents.timeline.verify import verify
from notifications.models import Delivery
from products.models import Product
from tests.factories import join, make_user
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("declared")

WHY = "One line"


def told(key: str) -> list[User | None]:
    """Whom a message of that key reached on open pages."""
    return [
        one.user
        for one in Delivery.objects.filter(key=key, route="inapp").select_related("user").order_by("pk")
    ]


def test_the_latest_recommendation_stands_and_tells_who_decides(
    incident: Incident, ada: User, olga: User
) -> None:
    roles.claim(incident, by=ada)
    proposing.propose(incident, by=ada, choice="rollback", text="Fast", confidence="guess")
    proposing.propose(incident, by=ada, choice="hotfix", text="Cause known", confidence="sure", cause="known")
    read = facts.facts(incident, moment.now())
    assert read["proposal"] | {"seq": 0} == {
        "seq": 0, "who": "Ada", "choice": "hotfix", "option": "", "what": "", "confidence": "sure",
        "cause": "known", "role": "Lead", "text": "Cause known",
    }  # fmt: skip
    assert told("proposed") == [olga, olga]
    assert [one.recommended for one in comparing.columns(read)] == [["Ada"], []]
    line = incident.events.order_by("-seq")[0]
    assert (line.kind, line.data["proposal"]["choice"]) == ("noted", "hotfix")
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="Back")
    assert proposing.latest(incident) is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"choice": "pray"}, "choice"),
        ({"confidence": "no"}, "confidence"),
        ({"cause": "no"}, "cause"),
        ({"text": " "}, "text"),
        ({"option": "nothing"}, "option"),
    ],
)
def test_a_recommendation_that_makes_no_sense_is_refused_by_field(
    incident: Incident, ada: User, sent: dict[str, str], field: str
) -> None:
    given: dict[str, Any] = {"choice": "hotfix", "text": "x", **sent}
    with pytest.raises(ValidationError) as refused:
        proposing.propose(incident, by=ada, **given)
    assert list(refused.value.message_dict) == [field]


def test_a_question_goes_to_the_lead_and_its_answer_stands_on_the_card_and_in_the_frozen_one(
    incident: Incident, ada: User, olga: User, ben: User
) -> None:
    roles.claim(incident, by=ada)
    asked = asking.ask(incident, by=olga, text="Do shifts survive a rollback?")
    assert (asked.to, told("asked")) == (ada, [ada])
    client = sign_in(ada)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    assert ("Olga asks" in page, "Do shifts survive a rollback?" in page) == (True, True)
    sent = client.post(f"/decisions/{incident.ref}/questions/{asked.pk}", {"text": "They do."})
    assert (sent.status_code, told("answered")) == (302, [olga])
    with pytest.raises(asking.Answered):
        asking.answer(Question.objects.get(), by=ben, text="They don't.")
    card = sign_in(olga).get(f"/decisions/{incident.ref}/").content.decode()
    assert ("Do shifts survive" in card, "They do." in card) == (True, True)
    made = decide(incident, by=olga, choice="hotfix", reason=WHY)
    made = Decision.objects.get(pk=made.pk)
    assert [(one["text"], one["answer"]) for one in made.shown["questions"]] == [
        ("Do shifts survive a rollback?", "They do.")
    ]
    assert facts.digest(made.shown) == made.digest
    assert "They do." not in str(made.facts)
    answer = Question.objects.get().answer
    assert answer is not None
    corrections.confirm_redaction(corrections.ask_redaction(answer, by=ada, reason="A name"), by=ben)
    shown = Decision.objects.get(pk=made.pk).shown["questions"][0]
    assert (shown["text"], shown["answer"]) == ("Do shifts survive a rollback?", "")


def test_nobody_leads_so_whoever_responds_is_asked(
    incident: Incident, ada: User, ben: User, olga: User
) -> None:
    asking.ask(incident, by=olga, text="Is it the store?")
    assert told("asked") == [ada, ben]


def test_a_question_to_somebody_who_may_not_read_it_is_refused(incident: Incident, olga: User) -> None:
    with pytest.raises(ValidationError) as refused:
        asking.ask(incident, by=olga, text="?", to=make_user("stranger@example.test"))
    assert list(refused.value.message_dict) == ["to"]


def test_waiting_costs_what_was_counted(incident: Incident, ada: User) -> None:
    """+40 a minute: between the last two counts; one count alone says nothing of it."""
    start = moment.now()
    assert facts.facts(incident, start)["growing"]["way"] == "unknown"
    transitions.describe(incident, by=ada, users_affected=1000)
    assert facts.facts(incident, start)["growing"]["way"] == "unknown"
    transitions.describe(incident, by=ada, users_affected=1240)
    found = facts.facts(incident, start)["growing"]
    assert (found["way"], found["per_minute"] > 40) == ("rising", True)
    transitions.describe(incident, by=ada, users_affected=3)
    assert facts.facts(incident, start)["growing"]["way"] == "falling"


def test_whoever_responds_decides_in_an_emergency_and_it_is_loud(
    incident: Incident, ada: User, olga: User
) -> None:
    """The override is its own state: on the row, the timeline, the incident, the card, the record, to who decides."""
    with pytest.raises(PermissionDenied):
        decide(incident, by=ada, choice="hotfix", reason=WHY)
    made = decide(incident, by=ada, choice="hotfix", reason="Nobody picks up the phone", emergency=True)
    assert (made.emergency, made.right, made.role) == (True, "emergency", "without the role Product Owner")
    assert made.event.data["emergency"] is True
    assert told("emergency") == [olga]
    phone = sign_in(olga)
    loud = "Decided in an emergency, without the role."
    for path in (incident.get_absolute_url(), f"/decisions/{incident.ref}/", made.get_absolute_url()):
        assert loud in phone.get(path).content.decode(), path
    assert "Decided in an emergency: Hotfix" in phone.get(incident.get_absolute_url()).content.decode()
    again = decide(incident, by=olga, choice="mitigate", reason="Better", instead_of=1, emergency=True)
    assert (again.emergency, again.right) == (False, "listed")
    assert list(verify(Incident.objects.all())) == []


def test_who_only_reads_decides_in_no_emergency(incident: Incident, product: Product) -> None:
    join(viewer := make_user("vera@example.test"), product.team, Role.VIEWER)
    for person in (viewer, make_user("stranger@example.test")):
        with pytest.raises(PermissionDenied):
            decide(incident, by=person, choice="hotfix", reason=WHY, emergency=True)
    client = sign_in(viewer)
    sent = {"choice": "hotfix", "reason": WHY, "emergency": "1"}
    assert client.post(f"/decisions/{incident.ref}/confirm", sent).status_code == 403
    assert (Decision.objects.count(), incident.events.count()) == (0, 1)


def test_the_page_lets_a_responder_decide_in_an_emergency_in_two_taps(incident: Incident, ada: User) -> None:
    client = sign_in(ada)
    card = client.get(f"/decisions/{incident.ref}/").content.decode()
    assert "Nobody can be reached, and it cannot wait?" in card
    sheet = client.get(f"/decisions/{incident.ref}/confirm?choice=hotfix&emergency=1").content.decode()
    assert "You decide without the role Product Owner, in an emergency." in sheet
    sent = {"choice": "hotfix", "reason": "", "emergency": "True"}
    assert client.post(f"/decisions/{incident.ref}/confirm", sent).status_code == 422
    answer = client.post(f"/decisions/{incident.ref}/confirm", {**sent, "reason": "No answer"})
    assert (answer.status_code, Decision.objects.get().emergency) == (302, True)


def test_a_refusal_is_on_record_for_who_may_act_and_once(
    incident: Incident, ada: User, product: Product
) -> None:
    """Issue 6: all refused, all recorded."""
    client, path = sign_in(ada), f"/decisions/{incident.ref}/confirm"
    for _ in range(3):
        assert client.post(path, {"choice": "hotfix", "reason": WHY}).status_code == 403
    token = make_token(ada, by=ada, name="bot", scopes=[Scope.DECIDE])[1]
    answer = Client().post(
        f"/api/v1/incidents/{incident.ref}/decision", {"choice": "hotfix", "reason": WHY},
        content_type="application/json", headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 403
    lines = incident.events.filter(kind="noted")
    assert [(one.actor, one.data["refused"], one.data["why"]) for one in lines] == [
        (ada, "decide", "Product Owner decides here.")
    ]
    assert client.get(path + "?choice=hotfix").status_code == 403  # looking is no try
    assert lines.count() == 1


def test_somebody_of_another_team_finds_nothing_and_leaves_no_line(incident: Incident, olga: User) -> None:
    stranger = sign_in(make_user("stranger@example.test"))
    assert stranger.post(f"/decisions/{incident.ref}/confirm", {"choice": "hotfix"}).status_code == 404
    assert incident.events.count() == 1


def test_looking_again_is_told_once_and_stays_loud_until_it_is_done(incident: Incident, olga: User) -> None:
    made = decide(incident, by=olga, choice="mitigate", reason=WHY, revisit=True)
    assert made.revisit_at == made.at + timedelta(minutes=15)
    assert (revisiting.tell_due(), revisiting.next_due()) == (0, made.revisit_at)
    Decision.objects.update(revisit_at=moment.now() - timedelta(seconds=1))
    assert (revisiting.tell_due(), revisiting.tell_due(), told("revisit")) == (1, 0, [olga])
    phone = sign_in(olga)
    assert "Look again" in phone.get("/decisions/").content.decode()
    assert "Look again: it was to be looked at" in phone.get(f"/decisions/{incident.ref}/").content.decode()
    phone.post(f"/decisions/{incident.ref}/revisit", {})
    Decision.objects.update(revisit_at=moment.now() - timedelta(milliseconds=1))
    assert (revisiting.tell_due(), told("revisit")) == (1, [olga, olga])
    phone.post(f"/decisions/{incident.ref}/revisit", {"stands": "1"})
    assert Decision.objects.get().revisit_at is None
    assert "Look again" not in phone.get(f"/decisions/{incident.ref}/").content.decode()


def test_a_decision_that_was_replaced_is_not_looked_at_again(incident: Incident, olga: User) -> None:
    made = decide(incident, by=olga, choice="mitigate", reason=WHY, revisit=True)
    decide(incident, by=olga, choice="hotfix", reason=WHY, instead_of=1)
    Decision.objects.filter(pk=made.pk).update(revisit_at=moment.now() - timedelta(minutes=1))
    assert (revisiting.tell_due(), told("revisit")) == (0, [])


def test_an_old_sign_in_confirms_in_the_same_form_and_nothing_typed_is_lost(
    incident: Incident, olga: User
) -> None:
    """After 15 minutes; without JavaScript by the password."""
    olga.set_password("correct horse battery")
    olga.save()
    client, path = sign_in(olga, seconds_ago=901), f"/decisions/{incident.ref}/confirm"
    sheet = client.get(f"{path}?choice=hotfix").content.decode()
    assert "You signed in a while ago: confirm it is you." in sheet
    sent = {"choice": "hotfix", "reason": WHY}
    for wrong in ({}, {"password": "wrong"}, {"credential": "{}"}, {"credential": "no"}):
        answer = client.post(path, {**sent, **wrong})
        assert (answer.status_code, WHY in answer.content.decode()) == (422, True)
    assert Decision.objects.count() == 0
    assert client.post(path, {**sent, "password": "correct horse battery"}).status_code == 302
    assert "You signed in a while ago" not in client.get(f"{path}?choice=mitigate&anew=1").content.decode()


def test_a_script_reads_the_card_proposes_asks_and_answers(incident: Incident, ada: User, olga: User) -> None:
    def script(user: User, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = make_token(user, by=user, name="s", scopes=[Scope.INCIDENTS, Scope.DECIDE, Scope.READ])[1]
        send = getattr(Client(), method)
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        answer = send(
            f"/api/v1/incidents/{incident.ref}{path}", headers={"Authorization": f"Bearer {token}"}, **more
        )
        return answer.status_code, answer.json()

    body = {"choice": "hotfix", "text": "One line", "confidence": "sure", "cause": "known"}
    assert script(ada, "post", "/propose", body)[0] == 200
    status, asked = script(olga, "post", "/questions", {"text": "Sure?", "to": "ada@example.test"})
    assert (status, asked["to"]) == (201, "Ada")
    status, answered = script(ada, "post", f"/questions/{asked['id']}/answer", {"text": "Yes"})
    assert (status, answered["answer"]) == (200, "Yes")
    status, card = script(olga, "get", "/decision")
    assert (status, card["may_decide"], card["standing"]) == (200, True, None)
    assert [(one["choice"], one["recommended_by"]) for one in card["columns"]] == [
        ("hotfix", ["Ada (by token s)"]),
        ("rollback", []),
    ]
    assert card["asked"] == [{"name": "Olga", "email": "olga@example.test"}]
    made = script(olga, "post", "/decision", {"choice": "hotfix", "reason": "Yes", "revisit": True})[1][
        "decision"
    ]
    assert (made["emergency"], made["revisit_at"] is None) == (False, False)
    assert script(ada, "get", "/decision")[1]["standing"]["number"] == 1
    forced = {"choice": "mitigate", "reason": "No", "instead_of": 1, "emergency": True}
    assert script(ada, "post", "/decision", forced)[1]["decision"]["emergency"] is True


def test_the_card_asks_the_same_number_of_questions_whatever_the_history(
    incident: Incident, olga: User, ada: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            facts.facts(Incident.objects.for_page().get(pk=incident.pk), moment.now())
        return len(seen)

    asking.ask(incident, by=olga, text="One?")
    proposing.propose(incident, by=ada, choice="hotfix", text="x")
    before = queries()
    for n in range(5):
        asking.ask(incident, by=olga, text=f"Another {n}?")
        proposing.propose(incident, by=ada, choice="hotfix", text=f"x{n}")
        transitions.describe(incident, by=ada, users_affected=n + 1)
    assert queries() == before
