"""A channel for users hears nothing that is told inside the team."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from incidents import exits
from notifications import queue
from notifications.models import Audience, Channel, Delivery, Kind
from notifications.queue import Message, Recipient
from notifications.ways import add_channel, edit_channel
from products.models import Product
from tests.notifications.conftest import make_channel, opened

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.example.test/services/T0/canary"


def for_users(product: Product, mia: User) -> Channel:
    return add_channel(
        kind=Kind.SLACK,
        name="#status",
        config={"url": HOOK},
        by=mia,
        team=product.team,
        audience=Audience.USERS,
    )


def tell(channel: Channel, about: str, audience: Audience) -> int:
    assert channel.team
    return queue.tell(
        about=about,
        key="update",
        to=[Recipient("#status", channel=channel)],
        message=Message("We are on it", "More at 14:00.", audience=audience),
        team=channel.team,
        rank=2,
        wake=True,
    )


def test_users_hear_what_is_written_for_them_and_nothing_else(product: Product, mia: User) -> None:
    status, room = for_users(product, mia), make_channel(product, "slack", mia, url=HOOK)
    incident = opened(product, by=mia)
    assert tell(status, f"{incident.ref}/update", Audience.INTERNAL) == 0
    assert tell(status, f"{incident.ref}/update", Audience.USERS) == 1
    assert tell(room, f"{incident.ref}/update", Audience.USERS) == 1
    Delivery.objects.exclude(channel=None).update(state="sent")
    exits.decline(incident, by=mia, reason="A mistake")
    told = Delivery.objects.filter(channel=status).values_list("key", flat=True)
    assert list(told) == ["update"]
    assert "declined" in Delivery.objects.filter(channel=room).latest("pk").subject.lower()


def test_nothing_that_waits_crosses_over(product: Product, mia: User) -> None:
    room = make_channel(product, "slack", mia, url=HOOK)
    opened(product)
    edit_channel(room, name="#status", config={}, by=mia, audience=Audience.USERS)
    waiting = Delivery.objects.get(channel=room)
    assert (waiting.state, waiting.reason) == ("cancelled", "The channel is for others now.")


def test_the_page_asks_and_shows_it(client: Client, product: Product, mia: User) -> None:
    client.force_login(mia)
    address = f"/settings/channels/add/slack/?team={product.team.slug}"
    assert "Whom it is for" in client.get(address).text
    client.post(address, {"name": "#status", "url": HOOK, "audience": "users"})
    channel = Channel.objects.get()
    assert (channel.audience, "for users" in client.get("/settings/channels/").text) == ("users", True)
    client.post(f"/settings/channels/{channel.pk}/", {"name": "#room", "url": "", "audience": "internal"})
    channel.refresh_from_db()
    assert channel.audience == "internal"
    assert "Whom it is for" not in client.get("/settings/channels/add/slack/").text


def test_ones_own_phone_is_never_for_users(product: Product, mia: User) -> None:
    with pytest.raises(ValidationError):
        add_channel(kind=Kind.SLACK, name="x", config={"url": HOOK}, by=mia, audience=Audience.USERS)
