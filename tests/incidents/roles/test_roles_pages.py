"""Roles on the pages, without JavaScript and as htmx sends them: the panel, the tap and its answer, the sheets."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.models import Assignment, Incident
from incidents.roles import roles
from products import role_holders
from products.models import Product
from tests.factories import join, make_user
from tests.reading import tight

pytestmark = pytest.mark.usefixtures("declared")

HTMX = {"HX-Request": "true"}
BASE = "/incidents/INC-1/roles/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def paula(product: Product) -> User:
    user = make_user("paula@example.test")
    join(user, product.team, "viewer")
    role_holders.list_for_role(product, role="product_owner", user=user, by=user)
    return user


def test_one_tap_takes_a_role_and_answers_what_it_asks_k139(incident: Incident, ben: User) -> None:
    client = client_of(ben)
    assert "Take it: Release Engineer" in client.get("/incidents/INC-1/").text
    answer = client.post(f"{BASE}release_engineer/claim", headers=HTMX)
    assert answer.status_code == 200
    assert "You have the role Release Engineer." in answer.text
    assert "<li>Carries out what was decided</li>" in answer.text
    assert "Hand over: Release Engineer" in answer.text


def test_without_javascript_the_same_is_said_after_the_redirect(incident: Incident, ben: User) -> None:
    answer = client_of(ben).post(f"{BASE}devops/claim", follow=True)
    assert answer.redirect_chain == [("/incidents/INC-1/", 302)]
    assert "You have the role DevOps. Watches the infrastructure." in answer.text


def test_the_slower_one_reads_who_was_faster(incident: Incident, ada: User, ben: User) -> None:
    roles.claim(incident, "devops", by=ada)
    for headers in ({}, HTMX):
        answer = client_of(ben).post(f"{BASE}devops/claim", headers=headers)
        assert answer.status_code == 409
        assert "Somebody was faster.</b>Ada has the role DevOps." in tight(answer.text)
        assert "Nothing was changed by you" in answer.text
    again = client_of(ada).post(f"{BASE}devops/claim")
    assert (again.status_code, "You have done this already." in again.text) == (409, True)


def test_a_role_that_decides_offers_itself_to_its_people_alone_k138(
    incident: Incident, ada: User, paula: User
) -> None:
    page = client_of(ada).get("/incidents/INC-1/").text
    assert ("Take it: Product Owner" in page, "May decide: Paula." in page) == (False, True)
    for headers in ({}, HTMX):
        refused = client_of(ada).post(f"{BASE}product_owner/claim", headers=headers)
        assert (refused.status_code, "Only these may take it: Paula" in refused.text) == (403, True)
    # She only reads otherwise, and needs no other right to decide.
    owner = client_of(paula)
    page = owner.get("/incidents/INC-1/").text
    assert ("Take it: Product Owner" in page, "Take it: DevOps" in page) == (True, False)
    assert owner.post(f"{BASE}product_owner/claim").status_code == 302
    assert owner.post(f"{BASE}devops/claim").status_code == 403
    assert "<b>you</b> since" in owner.get("/incidents/INC-1/").text


def test_an_administrator_is_asked_why(incident: Incident) -> None:
    root = client_of(make_user("root@example.test", is_administrator=True))
    assert "Take as administrator" in root.get("/incidents/INC-1/").text
    path = f"{BASE}product_owner/claim"
    assert "You take it as administrator; everybody reads that" in root.get(path).text
    refused = root.post(path, {"reason": " "})
    assert (refused.status_code, "Say why you take it." in refused.text) == (422, True)
    assert root.post(path, {"reason": "Nobody is listed"}).status_code == 302
    assert "as administrator, not listed for it" in root.get("/incidents/INC-1/").text


def test_a_role_is_handed_over_with_a_note(incident: Incident, ada: User, ben: User, outsider: User) -> None:
    roles.claim(incident, "devops", by=ada)
    client, path = client_of(ada), f"{BASE}devops/hand_over"
    assert 'data-draft="hand_over-devops-INC-1"' in client.get(path).text
    for sent, words in (
        ({"user": ben.pk, "note": ""}, "Say where things stand"),
        ({"user": outsider.pk, "note": "Over"}, "Choose somebody of this team."),
        ({"user": "", "note": "Over"}, "Choose somebody."),
        ({"user": ada.pk, "note": "Over"}, "Choose somebody of this team."),
        ({"user": ben.pk, "note": "a\x00b"}, "invisible sign (U+0000)"),
        ({"user": ben.pk, "note": "x" * 1001}, "1000"),
    ):
        answer = client.post(path, sent)
        assert (answer.status_code, words in answer.text) == (422, True), sent
    assert client.post(path, {"user": ben.pk, "note": "Halted at 20 %"}).status_code == 302
    assert "Ada handed the role DevOps over" in client.get("/incidents/INC-1/").text
    late = client.post(path, {"user": ben.pk, "note": "Again"})
    assert (late.status_code, "Ben has the role DevOps." in late.text) == (409, True)


def test_a_deciding_role_is_handed_to_those_listed_alone(
    incident: Incident, product: Product, ada: User, paula: User
) -> None:
    roles.claim(incident, "product_owner", by=paula)
    owner, path = client_of(paula), f"{BASE}product_owner/hand_over"
    assert "Nobody else is listed for this role" in owner.get(path).text
    assert owner.post(path, {"user": ada.pk, "note": "Over"}).status_code == 422
    role_holders.list_for_role(product, role="product_owner", user=ada, by=paula)
    assert owner.post(path, {"user": ada.pk, "note": "Over"}).status_code == 302


def test_a_role_is_given_up(incident: Incident, ada: User) -> None:
    transitions.assign(incident, by=ada, user=ada)
    client = client_of(ada)
    assert client.post(f"{BASE}lead/give_up", {"note": "Off to bed"}).status_code == 302
    incident.refresh_from_db()
    assert incident.lead is None
    assert client.post(f"{BASE}lead/give_up").status_code == 409


def test_what_is_not_there_is_404_and_what_is_over_offers_nothing(incident: Incident, ada: User) -> None:
    client = client_of(ada)
    for path in (f"{BASE}pope/claim", "/incidents/INC-9/roles/devops/claim", f"{BASE}devops/steal"):
        assert client.post(path).status_code == 404
    transitions.resolve(incident, by=ada)
    page = client.get("/incidents/INC-1/").text
    assert ("Take it: DevOps" in page, "Give a role" in page) == (False, False)
    late = client.post(f"{BASE}devops/claim")
    assert (late.status_code, incident.assignments.count()) == (409, 0)


def test_a_manager_gives_a_deciding_role_in_the_menu(incident: Incident, ada: User, paula: User) -> None:
    path, sent = "/incidents/INC-1/assign", {"role": "product_owner", "user": paula.pk}
    assert client_of(ada).post(path, sent).status_code == 422
    mia = make_user("mia@example.test")
    join(mia, incident.product.team, "manager")
    assert client_of(mia).post(path, {**sent, "user": ada.pk}).status_code == 422
    assert client_of(mia).post(path, sent).status_code == 302
    assert [one.user for one in incident.assignments.all()] == [paula]


def test_what_is_needed_and_empty_is_pointed_out_after_a_while_k140(incident: Incident, ada: User) -> None:
    client, words = client_of(ada), "Needed, and nobody has it:</b><ul><li>DevOps, since"
    for role in ("release_engineer", "product_owner"):
        Assignment.objects.create(incident=incident, role=role, label=role, user=ada, since=moment.now())
    assert words not in tight(client.get("/incidents/INC-1/").text)
    past = moment.now() - timedelta(minutes=6)
    Incident.objects.update(detected_at=past, declared_at=past)
    assert words in tight(client.get("/incidents/INC-1/").text)
    roles.claim(incident, "devops", by=ada)
    assert words not in tight(client.get("/incidents/INC-1/").text)
