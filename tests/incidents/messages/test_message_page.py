"""The page that sends a message: how it reads in each channel, what is left out, and one button (K65–K72, K136)."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Scope, User
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from monitoring.models import Target
from notifications.models import Channel, Delivery
from products.models import Product
from products.token_products import make_narrow_token
from tests.api.conftest import Script
from tests.factories import join, make_target, make_user
from tests.incidents.conftest import House, begin
from tests.incidents.telling_people import channel, deployed, view
from tests.reading import in_one_line

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """Its fix is deployed and was tried: the message `deployed` is due."""
    incident = begin(house.product, house.ada)
    deployed(incident, house.ada)
    return incident


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"


@pytest.fixture
def users(product: Product, ada: User) -> Channel:
    return channel(product, ada, "Status list", users=True)


def page_of(incident: Incident) -> str:
    return f"{incident.get_absolute_url()}messages/deployed/"


def test_it_shows_each_channel_and_what_is_left_out_with_why(
    product: Product, incident: Incident, ada: User, users: Channel, phone: Client
) -> None:
    channel(product, ada, "Team room")
    page = phone.get(page_of(incident)).content.decode()
    assert "How it reads in Status list" in page
    assert "Staff Mobile: Production hotfix deployed" in page
    assert "Users are told:" in page
    assert "<del>No user action required.</del>" in page
    assert "No monitor watches this product." in page
    # Users' channels are chosen; the team's own are offered.
    assert f'value="{users.pk}" checked' in in_one_line(page)
    assert page.count(" checked") == 1


def test_one_button_sends_it_and_the_card_says_how_far_it_got(
    incident: Incident, users: Channel, phone: Client
) -> None:
    said = view(incident).text.replace("\n", "\r\n")
    answer = phone.post(page_of(incident), {"said": said, "channel": [users.pk]})
    assert (answer.status_code, answer["Location"]) == (302, page_of(incident))
    assert "Sent by Ada" in phone.get(answer["Location"]).content.decode()
    assert Delivery.objects.filter(key="message").count() == 1
    page = phone.get(incident.get_absolute_url()).content.decode()
    assert "Sent 0 of 1." in page
    assert "to Status list, by Ada" in page


def test_the_second_of_two_is_told_kindly(
    incident: Incident, ben: User, users: Channel, phone: Client
) -> None:
    other = Client()
    other.force_login(ben)
    facts = {"said": view(incident).text, "channel": [users.pk]}
    assert other.post(page_of(incident), facts).status_code == 302
    answer = phone.post(page_of(incident), facts)
    assert answer.status_code == 409
    assert "Ben was faster." in answer.content.decode()
    assert Delivery.objects.filter(key="message").count() == 1


def test_a_text_that_changed_since_is_shown_before_anything_leaves(
    product: Product, incident: Incident, users: Channel, phone: Client
) -> None:
    target = make_target(product)
    Target.objects.update(
        state="up", settled="up", since=incident.detected_at, fresh_until="2099-01-01T00:00Z"
    )
    read = view(incident).text
    Target.objects.filter(pk=target.pk).update(state="down", settled="down")
    answer = phone.post(page_of(incident), {"said": read, "channel": [users.pk]})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert (
        "<del>Service restored to normal.</del> is left out now. The monitor Checkout says: Down."
        in in_one_line(page)
    )
    assert f'value="{users.pk}" checked' in in_one_line(page)
    assert not Delivery.objects.filter(key="message").exists()


def test_without_a_channel_it_asks_for_one(incident: Incident, users: Channel, phone: Client) -> None:
    answer = phone.post(page_of(incident), {"said": view(incident).text})
    assert (answer.status_code, "Choose at least one channel." in answer.content.decode()) == (422, True)


def test_a_drill_says_that_nothing_leaves(product: Product, ada: User, users: Channel, phone: Client) -> None:
    drill = declare(product, by=ada, title="Practice", mode="drill")
    deployed(drill, ada)
    page = phone.get(page_of(drill)).content.decode()
    assert "drill: nothing leaves." in page
    assert "Play sending it" in page


def test_a_private_one_offers_no_channel_and_says_why(
    product: Product, ada: User, users: Channel, phone: Client
) -> None:
    hidden = declare(product, by=ada, title="Break-in", private=True)
    deployed(hidden, ada)
    page = phone.get(page_of(hidden)).content.decode()
    assert "Nightdesk sends nothing about it to any channel" in page
    assert "Status list" not in page


def test_who_only_reads_may_not_open_it(product: Product, incident: Incident) -> None:
    vera = make_user("vera@example.test")
    join(vera, product.team, "viewer")
    client = Client()
    client.force_login(vera)
    assert client.get(page_of(incident)).status_code == 403
    assert client.get(f"{incident.get_absolute_url()}messages/nonsense/").status_code == 403


def test_a_script_reads_the_preview_and_sends_what_it_read(
    incident: Incident, ada: User, users: Channel
) -> None:
    script = Script(
        make_narrow_token(ada, by=None, name="bot", scopes=Scope.values, products=(), days=None)[1]
    )
    ref = f"/incidents/{incident.ref}"
    read = script.get(f"{ref}/messages/deployed/preview")
    assert read["digest"] == view(incident).digest
    assert [(room["name"], room["audience"], room["state"]) for room in read["channels"]] == [
        ("Status list", "users", None)
    ]
    sent = {"message": "deployed", "channels": [users.pk]}
    assert script("POST", f"{ref}/send_message", sent).status_code == 422
    assert script("POST", f"{ref}/send_message", {**sent, "digest": "0" * 64}).status_code == 409
    assert not Delivery.objects.filter(key="message").exists()
    script.post(f"{ref}/send_message", {**sent, "digest": read["digest"]})
    assert Delivery.objects.get(key="message").label == "Status list"
    assert script("POST", f"{ref}/send_message", {**sent, "digest": read["digest"]}).status_code == 409


def test_who_vouches_for_a_sentence_is_led_back_to_its_message(
    incident: Incident, users: Channel, phone: Client
) -> None:
    sent = {"message": "deployed", "claim": "no_user_action", "reason": "The fix is on the server"}
    answer = phone.post(f"{incident.get_absolute_url()}vouch", sent)
    assert (answer.status_code, answer["Location"]) == (302, page_of(incident))
    assert "The fix is on the server" in phone.get(answer["Location"]).content.decode()
