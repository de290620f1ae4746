"""A channel for users hears nothing that is told inside the team."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import exits
from notifications import queue, send, ways
from notifications.models import Audience, Channel, Delivery, Kind
from notifications.parcel import Outcome
from notifications.queue import Message, Recipient
from notifications.ways import add_channel, edit_channel
from products.models import Product
from tests.notifications.conftest import make_channel, opened
from tests.notifications.mailbox import Mailbox
from tests.notifications.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]
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


def test_nothing_that_did_not_arrive_crosses_over_either(product: Product, mia: User) -> None:
    room = make_channel(product, "slack", mia, url=HOOK)
    opened(product)
    Delivery.objects.filter(channel=room).update(state="dead")
    edit_channel(room, name="#status", config={}, by=mia, audience=Audience.USERS)
    assert ways.retry(Delivery.objects.get(channel=room), by=mia) is False


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


def test_what_we_call_the_incident_is_ours_alone_by_whatever_way_users_hear_of_it(
    product: Product, mia: User, post: Mailbox
) -> None:
    with receiver() as room:
        for kind, config in (
            (Kind.TEAMS, {"url": f"{room.url}/teams"}),
            (Kind.WEBHOOK, {"url": f"{room.url}/hook"}),
            (Kind.EMAIL, {"address": "status@example.org"}),
        ):
            facts = {"name": str(kind), "config": config, "by": mia, "team": product.team}
            tell(add_channel(kind=kind, audience=Audience.USERS, **facts), "INC-4711/5", Audience.USERS)  # type: ignore[arg-type]
        send.drain()
        said = [got.body.decode() for got in room.got] + [str(mail) for mail in post.kept]
    assert (len(said), [one for one in said if "4711" in one]) == (3, [])


def test_users_are_not_sent_again_how_it_stood_before_it_was_over(product: Product, mia: User) -> None:
    status, room = for_users(product, mia), make_channel(product, "slack", mia, url=HOOK)
    incident = opened(product, by=mia)
    for one in (status, room):
        tell(one, f"{incident.ref}/2", Audience.USERS)
    Delivery.objects.filter(key="update").update(state="dead")
    exits.decline(incident, by=mia, reason="A mistake")
    mine, ours = (Delivery.objects.get(key="update", channel=one) for one in (status, room))
    with pytest.raises(ValidationError, match="write to them anew"):
        ways.retry(mine, by=mia)
    assert ways.retry(ours, by=mia)
    ours.refresh_from_db()
    assert ours.body.startswith(f"{incident.ref} is declined meanwhile.")
    # What was written afterwards knows it already.
    tell(status, f"{incident.ref}/9", Audience.USERS)
    late = Delivery.objects.get(channel=status, about=f"{incident.ref}/9")
    Delivery.objects.filter(pk=late.pk).update(state="dead")
    assert ways.retry(late, by=mia)


def test_people_read_what_was_written_in_the_order_in_which_it_was_written(
    product: Product, mia: User
) -> None:
    answers = [503, 200, 200, 200]
    with receiver(lambda take: take.say(answers.pop(0))) as room:
        status = make_channel(product, "slack", mia, url=f"{room.url}/x")
        for n in (1, 2, 3):
            tell(status, f"INC-9/{n}", Audience.INTERNAL)
            Delivery.objects.filter(about=f"INC-9/{n}").update(body=f"word {n}.")
        # The first try fails: the others wait for it instead of overtaking it.
        send.drain()
        assert len(room.got) == 1
        Delivery.objects.filter(about="INC-9/1").update(due_at=moment.now())
        send.drain()
        said = [n for got in room.got for n in "123" if f"word {n}." in got.body.decode()]
    assert said == ["1", "1", "2", "3"]


def test_what_one_sender_has_on_its_way_is_not_overtaken_by_another(product: Product, mia: User) -> None:
    status = make_channel(product, "slack", mia, url=HOOK)
    for n in (1, 2):
        tell(status, f"INC-9/{n}", Audience.INTERNAL)
    lane = Delivery.objects.get(about="INC-9/1").lane
    first = send.claim(lane)
    assert first is not None
    assert (first.delivery.about, send.claim(lane)) == ("INC-9/1", None)
    # What cannot be delivered for long does not hold the others.
    Delivery.objects.update(first_due_at=moment.now() - timedelta(hours=2), due_at=moment.now())
    second = send.claim(lane)
    assert second is not None
    assert second.delivery.about == "INC-9/2"


def test_what_was_called_back_and_is_sent_anew_is_another_message(product: Product, mia: User) -> None:
    status = for_users(product, mia)
    tell(status, "INC-9/deployed.3", Audience.USERS)
    row = Delivery.objects.get(channel=status)
    old = send.claim(row.lane)
    assert old is not None
    queue.cancel("INC-9", reason="smoke tests failed", keys=["update"])
    anew = Message("We are on it", "Now it is well.", audience=Audience.USERS)
    assert queue.tell_after_all("INC-9/deployed.3", anew, key="update", channels=[status]) == 1
    # The sender that had the old words comes to its end only now.
    send._settle(old, Outcome("sent"))
    again = Delivery.objects.get(pk=row.pk)
    assert (again.state, again.body, again.uid != row.uid) == ("pending", "Now it is well.", True)
    assert send.claim(row.lane) is not None
