"""One-tap links: no sign-in, one person, one incident, one thing, one hour; GET shows, POST acts."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import exits, sweep, transitions
from incidents.models import Incident
from incidents.telling import recipients
from notifications import links, send
from notifications.models import Delivery
from products import contacts
from products.models import Product
from tests.notifications.conftest import make_channel, member, opened
from tests.notifications.mailbox import Mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]


def mails(box: Mailbox, to: str) -> str:
    send.drain()
    return next(str(mail.get_content()) for mail in reversed(box.kept) if mail["To"] == to)


def link(box: Mailbox, to: str, label: str) -> str:
    found = re.search(rf"{re.escape(label)}:\s+http://localhost:8000(/l/\S+)", mails(box, to))
    assert found
    return found[1]


def fresh(incident: Incident) -> Incident:
    incident.refresh_from_db()
    return incident


def test_acknowledge_acts_as_the_person_and_says_by_link(
    client: Client, product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    page = client.get(address)
    assert (page.status_code, "You answer as Ada (Release Engineer)." in page.text) == (200, True)
    assert fresh(incident).acknowledged_at is None
    answer = client.post(address)
    assert (answer.status_code, "You have it" in answer.text) == (200, True)
    event = incident.events.get(kind="acknowledged")
    assert (event.actor, event.source, event.data["by_link"]) == (ada, "link", True)
    assert "by link" in event.lines.get().html
    assert Delivery.objects.get(user=ada, route="email").answer == "acknowledge"
    assert "_auth_user_id" not in client.session


def test_the_incident_says_what_each_was_told_and_when_they_answered_k132(
    client: Client, product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    incident = opened(product)
    client.post(link(post, "ada@example.test", "Can't, next person"))
    client.post(link(post, "ben@example.test", "Acknowledge"))
    escalated = Delivery.objects.filter(route="email", user=ada)
    escalated.update(key="escalated", subject="CRITICAL INC-1: nobody has acknowledged")
    client.force_login(mia)
    page = client.get(f"/incidents/{incident.ref}/").text
    for words in ("can't, passed on", "acknowledged by link"):
        assert re.search(rf"<span>{words} <time [^>]*datetime=", page), words
    assert ">CRITICAL INC-1: nobody has acknowledged</span>" in page


def test_a_head_or_get_changes_nothing_however_often(
    client: Client, product: Product, ada: User, post: Mailbox
) -> None:
    """Mail scanners open every link."""
    incident = opened(product)
    for label in ("Acknowledge", "Can't, next person"):
        address = link(post, "ada@example.test", label)
        assert [client.get(address).status_code, client.head(address).status_code] == [200, 200]
    assert (fresh(incident).timeline_seq, incident.acknowledged_at) == (1, None)


def test_a_second_tap_is_told_who_has_it(
    client: Client, product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    transitions.acknowledge(incident, by=ben)
    answer = client.post(address)
    assert (answer.status_code, "Ben has it" in answer.text) == (409, True)
    assert incident.events.filter(kind="acknowledged").count() == 1


def test_cannot_passes_to_the_next_contact_at_once(
    client: Client, product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Can't, next person")
    assert "Asked next: Ben (Product Owner)" in client.post(address).text
    event = incident.events.get(kind="noted")
    assert (event.actor, event.data["cannot"], event.data["by_link"]) == (ada, True, True)
    passed = Delivery.objects.filter(key="passed")
    assert {(row.user, row.kind) for row in passed} == {(ben, "inapp"), (ben, "email")}
    assert all(row.due_at <= moment.now() for row in passed)
    again = client.post(address)
    assert (again.status_code, "You have passed it on" in again.text) == (409, True)
    assert incident.events.filter(kind="noted").count() == 1


def test_when_nobody_is_left_it_is_said_loudly_and_everybody_is_told(
    client: Client, product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    """Not only the contacts: whoever else responds in the team, and the room. Once."""
    make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    incident = opened(product)
    client.post(link(post, "ada@example.test", "Can't, next person"))
    address = link(post, "ben@example.test", "Can't, next person")
    last = client.post(address)
    assert "Nobody is left to ask" in last.text
    assert f"{incident.ref} has nobody: everyone who was asked cannot." in last.text
    told = Delivery.objects.filter(key="stranded")
    assert {row.label for row in told} == {"Ada (Release Engineer)", "Mia", "slack room"}
    assert {row.subject for row in told} == {
        f"CRITICAL {incident.ref} Staff Mobile: nobody has taken it: Sign-in fails"
    }
    client.post(link(post, "mia@example.test", "Can't, next person"))
    assert Delivery.objects.filter(key="stranded").count() == told.count() == 5
    client.force_login(mia)
    assert "Everyone who was asked said that they cannot." in client.get(f"/incidents/{incident.ref}/").text
    client.logout()
    # Whoever could not may after all, from the same page.
    take = re.search(r'action="(/l/[^"]+)"', client.get(address).text)
    assert take
    assert "You have it" in client.post(take[1]).text
    assert fresh(incident).acknowledged_at is not None
    client.force_login(mia)
    assert (
        "Everyone who was asked said that they cannot." not in client.get(f"/incidents/{incident.ref}/").text
    )


def test_alone_in_the_team_there_is_nobody_to_tell_and_the_page_says_so(
    client: Client, product: Product, mia: User, post: Mailbox
) -> None:
    incident = opened(product)
    assert "Nobody is left to ask" in client.post(link(post, "mia@example.test", "Can't, next person")).text
    client.force_login(mia)
    assert "Everyone who was asked said that they cannot." in client.get(f"/incidents/{incident.ref}/").text


def test_after_reopening_who_could_not_may_be_asked_again(
    client: Client, product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    incident = opened(product)
    client.post(link(post, "ada@example.test", "Can't, next person"))
    assert recipients.declined(incident) == {f"user:{ada.pk}"}
    transitions.resolve(incident, by=mia)
    transitions.reopen(incident, by=mia, reason="It is back")
    assert recipients.declined(incident) == set()


def test_who_may_only_look_is_told_without_a_link_and_never_asked(
    client: Client, product: Product, ada: User, mia: User, post: Mailbox
) -> None:
    vera = member(product, "vera", "viewer")
    contacts.add_contact(product, label="Product Owner", user=vera, by=mia)
    opened(product)
    assert {tuple(row.offers) for row in Delivery.objects.filter(user=vera)} == {()}
    answer = client.post(link(post, "ada@example.test", "Can't, next person"))
    assert "Nobody is left to ask" in answer.text


def test_somebody_elses_link_does_nothing_for_who_is_signed_in(
    client: Client, product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    client.force_login(ben)
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, "This link is for Ada" in answer.text) == (403, True)
    assert fresh(incident).acknowledged_at is None
    client.force_login(ada)
    assert "You have it" in client.post(address).text
    assert "You have it" in client.post(address).text


def test_of_a_duplicate_it_says_where_it_goes_on_and_never_that_it_is_over(
    client: Client, product: Product, ada: User, mia: User, post: Mailbox
) -> None:
    original = opened(product)
    send.drain()
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    exits.mark_duplicate(incident, by=mia, of=original)
    for page in (client.get(address), client.post(address)):
        assert page.status_code == 409
        assert "INC-2 is a duplicate of INC-1, and nobody has acknowledged INC-1 yet." in page.text
        assert ('href="/incidents/INC-1/">Open INC-1</a>' in page.text, "It is over" in page.text) == (
            True,
            False,
        )
    assert fresh(original).acknowledged_at is None
    transitions.acknowledge(original, by=mia)
    assert "INC-2 is a duplicate of INC-1, which somebody has." in client.get(address).text
    transitions.resolve(fresh(original), by=mia, text="Restarted.")
    assert "INC-2 is a duplicate of INC-1, which is over." in client.get(address).text
    Incident.objects.filter(pk=original.pk).update(private=True)
    assert "INC-2 is a duplicate of a private incident." in client.get(address).text
    assert "INC-1" not in client.get(address).text


def test_a_duty_mailbox_acknowledges_in_its_own_name(
    client: Client, product: Product, mia: User, post: Mailbox
) -> None:
    contact = contacts.add_contact(product, label="DevOps", address="duty@example.test", by=mia)
    incident = opened(product)
    address = link(post, "duty@example.test", "Acknowledge")
    contacts.remove_contact(contact, by=mia)
    assert client.post(address).status_code == 403
    contacts.add_contact(product, label="DevOps", address="duty@example.test", by=mia)
    assert client.post(address).status_code == 200
    event = incident.events.get(kind="acknowledged")
    assert (event.actor, event.actor_label) == (None, "duty@example.test (DevOps)")


def test_a_link_is_for_one_incident_and_one_verb(
    client: Client, product: Product, ada: User, post: Mailbox
) -> None:
    first = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    second = opened(product)
    client.post(address)
    assert (fresh(first).acknowledged_at is not None, fresh(second).acknowledged_at) == (True, None)


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "abc", lambda t: t + "x"])
def test_a_link_that_is_not_ours_finds_nothing(
    client: Client, product: Product, ada: User, post: Mailbox, spoil: object
) -> None:
    incident = opened(product)
    token = link(post, "ada@example.test", "Acknowledge").removeprefix("/l/")
    answer = client.post(f"/l/{spoil(token)}")  # type: ignore[operator]
    assert (answer.status_code, "not a link of ours" in answer.text) == (404, True)
    assert fresh(incident).acknowledged_at is None


def test_a_verb_that_was_not_offered_cannot_be_signed_for(
    client: Client, product: Product, ada: User, mia: User, post: Mailbox
) -> None:
    incident = opened(product)
    transitions.acknowledge(incident, by=mia)
    row = Delivery.objects.filter(route="inapp").first()
    assert row is not None
    assert client.post(f"/l/{links.token(row, 'resolve')}").status_code == 404


def test_after_an_hour_it_is_over(client: Client, product: Product, ada: User, post: Mailbox) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    with time_machine.travel(timedelta(minutes=61), tick=True):
        answer = client.post(address)
    assert (answer.status_code, "This link is over" in answer.text) == (410, True)
    assert re.search(rf'href="/incidents/{incident.ref}/">\s*Sign in and open the page\s*<', answer.text)
    assert fresh(incident).acknowledged_at is None


@pytest.mark.parametrize("change", ["left", "deactivated", "viewer"])
def test_who_may_no_longer_may_not_by_link_either(
    client: Client, product: Product, ada: User, post: Mailbox, change: str
) -> None:
    incident = opened(product)
    address = link(post, "ada@example.test", "Acknowledge")
    if change == "left":
        ada.memberships.all().delete()
    elif change == "viewer":
        ada.memberships.update(role="viewer")
    else:
        User.objects.filter(pk=ada.pk).update(is_active=False)
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert fresh(incident).acknowledged_at is None


def test_a_private_one_shows_its_ref_alone(
    client: Client, product: Product, mia: User, post: Mailbox
) -> None:
    ada = member(product, "ada")
    incident = opened(product, by=ada, private=True)
    transitions.assign(incident, by=ada, user=mia)
    began = moment.now() - timedelta(minutes=46)
    incident.clocks.filter(key="response").update(started_at=began, warn_at=moment.now())
    assert sweep.warn_due() == 1
    page = client.get(link(post, "mia@example.test", "Acknowledge"))
    assert (page.status_code, incident.ref in page.text) == (200, True)
    assert not any(word in page.text for word in ("Sign-in fails", product.name))


def test_a_room_gets_no_link(product: Product, mia: User, post: Mailbox) -> None:
    make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    opened(product)
    assert Delivery.objects.get(route__startswith="slack").offers == []


def test_a_link_needs_the_forms_token_as_every_post_does(product: Product, ada: User, post: Mailbox) -> None:
    incident = opened(product)
    strict = Client(enforce_csrf_checks=True)
    address = link(post, "ada@example.test", "Acknowledge")
    assert strict.post(address).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(address).text)
    assert token
    assert strict.post(address, {"csrfmiddlewaretoken": token[1]}).status_code == 200
    assert fresh(incident).acknowledged_at is not None
