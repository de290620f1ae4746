"""Nightdesk sends a message of the process: frozen, judged once more, each channel once (K65–K72, K136, C11)."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.messages import messages, sending
from incidents.models import Incident, Mode
from incidents.timeline import corrections
from incidents.work.report import report
from monitoring.models import Target
from notifications import send as sender
from notifications.models import Channel, Delivery, State
from products.models import Product
from tests.factories import make_product, make_target
from tests.incidents.conftest import House, begin
from tests.incidents.telling_people import channel, deployed, view
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import receiver, saying

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """Its fix is deployed and was tried: the message `deployed` is due."""
    incident = begin(house.product, house.ada)
    deployed(incident, house.ada)
    return incident


@pytest.fixture
def post(settings: Settings) -> Iterator[Mailbox]:
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with mailbox() as box:
        settings.MAIL_URL = f"smtp://127.0.0.1:{box.port}"
        settings.MAILERS = mailers(settings.MAIL_URL)
        yield box


@pytest.fixture
def users(product: Product, ada: User, post: Mailbox) -> Channel:
    return channel(product, ada, "Status list", users=True)


def sent(incident: Incident, by: User, *to: Channel, **more: bool) -> object:
    said = view(incident)
    return sending.send(
        incident, "deployed", by=by, channels=[one.pk for one in to], seen=said.digest, **more
    )


def rows() -> list[tuple[str, str, str]]:
    found = Delivery.objects.filter(key="message").order_by("pk")
    return [(row.about.partition("/")[2], row.label, row.state) for row in found]


def test_users_read_the_text_alone_and_the_team_that_they_do_k136(
    product: Product, incident: Incident, ada: User, users: Channel, post: Mailbox
) -> None:
    with receiver() as room:
        team = channel(product, ada, "Emergency releases", url=f"{room.url}/hook")
        said = view(incident)
        event = sent(incident, ada, users, team)
        sender.drain()
        inside = room.got[-1].body.decode()
    mail = post.kept[-1]
    assert (mail["To"], mail["Subject"]) == (
        "status-list@example.org",
        "Staff Mobile: Production hotfix deployed",
    )
    assert mail.get_content().split() == said.text.split()
    assert incident.ref in inside
    assert "Users are told:" in inside
    kept = incident.events.get(kind="message_sent")
    assert event == kept
    assert (kept.data["body"], kept.data["digest"]) == (said.text, said.digest)
    assert kept.data["channels"] == ["Status list", "Emergency releases"]
    assert [(one["claim"], one["shown"]) for one in kept.data["claims"]] == [
        ("resolved_for_users", False), ("deployed_and_verified", True), ("no_user_action", False), ("restored", False),
    ]  # fmt: skip
    assert {len(one["digest"]) for one in kept.data["claims"]} == {64}


def test_it_waits_for_what_it_claims_c11(product: Product, ada: User, users: Channel) -> None:
    incident = begin(product, ada)
    report(incident, "deployed", by=ada)
    with pytest.raises(ValidationError, match="Smoke tests passed"):
        sent(incident, ada, users)
    assert rows() == []


def test_a_channel_gets_it_once_a_round_and_again_after_a_new_deployment(
    product: Product, incident: Incident, ada: User, ben: User, users: Channel
) -> None:
    first = sent(incident, ada, users)
    with pytest.raises(messages.SentAlready) as late:
        sent(incident, ben, users)
    assert late.value.last == first
    with pytest.raises(ValidationError, match="had it already"):
        sent(incident, ben, users, again=True)
    other = channel(product, ada, "Second list", users=True)
    sent(incident, ben, users, other, again=True)
    round_of = incident.events.get(kind="deployed").seq
    assert [(about, label) for about, label, _state in rows()] == [
        (f"deployed.{round_of}", "Status list"),
        (f"deployed.{round_of}", "Second list"),
    ]
    for kind in ("rolled_back", "deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    sent(incident, ada, users)
    assert [label for _about, label, _state in rows()] == ["Status list", "Second list", "Status list"]


def test_a_claim_that_turned_false_since_the_preview_stops_it(
    product: Product, incident: Incident, ada: User, users: Channel
) -> None:
    target = make_target(product)
    Target.objects.update(
        state="up", settled="up", since=incident.detected_at, fresh_until="2099-01-01T00:00Z"
    )
    read = view(incident)
    assert "Service restored to normal." in read.text
    Target.objects.filter(pk=target.pk).update(state="down", settled="down")
    with pytest.raises(sending.Changed) as changed:
        sending.send(incident, "deployed", by=ada, channels=[users.pk], seen=read.digest)
    assert sending.changes(read.text, changed.value.message) == [
        sending.Change("Service restored to normal.", True, "The monitor Checkout says: Down.")
    ]
    assert rows() == []
    assert not incident.events.filter(kind="message_sent").exists()


def test_what_is_vouched_for_goes_out_and_the_record_says_who_k71(
    incident: Incident, ada: User, users: Channel
) -> None:
    messages.vouch(incident, "deployed", "no_user_action", by=ada, reason="The fix is on the server")
    sent(incident, ada, users)
    kept = incident.events.get(kind="message_sent").data
    assert "No user action required." in kept["body"]
    vouched = {one["claim"]: one.get("vouched", {}).get("by") for one in kept["claims"]}
    assert vouched["no_user_action"] == str(ada)


def test_a_drill_plays_it_and_sends_nothing(
    product: Product, ada: User, users: Channel, post: Mailbox
) -> None:
    drill = declare(product, by=ada, title="Practice", mode=Mode.DRILL)
    deployed(drill, ada)
    sent(drill, ada, users)
    sender.drain()
    assert [(label, state) for _about, label, state in rows()] == [("Status list", State.SKIPPED)]
    assert Delivery.objects.get(key="message").reason == "drill"
    assert post.kept == []
    assert drill.events.get(kind="message_sent").data["unsent"] == "drill"


def test_nothing_of_a_private_one_goes_to_any_channel(product: Product, ada: User, users: Channel) -> None:
    hidden = declare(product, by=ada, title="Break-in", private=True)
    deployed(hidden, ada)
    assert sending.rooms(hidden, view(hidden)) == []
    with pytest.raises(ValidationError, match="private"):
        sent(hidden, ada, users)
    assert rows() == []


def test_a_message_of_the_team_goes_to_no_users_channel(product: Product, ada: User, users: Channel) -> None:
    archy = make_product(product.team, "archy", name="Archy")
    incident = declare(archy, by=ada, title="Slow")
    transitions.resolve(incident, by=ada)
    inside = channel(archy, ada, "Team room")
    said = view(incident, "resolved")
    assert [room.channel for room in sending.rooms(incident, said)] == [inside]
    with pytest.raises(ValidationError, match="not for this"):
        sending.send(incident, "resolved", by=ada, channels=[users.pk], seen=said.digest)


def test_resolving_takes_back_no_message_that_waits_and_none_carries_it(
    incident: Incident, ada: User, users: Channel, post: Mailbox
) -> None:
    sent(incident, ada, users)
    transitions.resolve(incident, by=ada)
    said = view(incident, "resolved")
    sending.send(incident, "resolved", by=ada, channels=[users.pk], seen=said.digest)
    sender.drain()
    subjects = [mail["Subject"] for mail in post.kept if mail["To"] == "status-list@example.org"]
    assert sorted(subjects) == [
        "Staff Mobile: Emergency resolved",
        "Staff Mobile: Production hotfix deployed",
    ]


def test_what_did_not_arrive_is_said_and_counted(
    product: Product, incident: Incident, ada: User, users: Channel
) -> None:
    with receiver(saying(404)) as room:
        broken = channel(product, ada, "Gone room", url=f"{room.url}/hook")
        sent(incident, ada, users, broken)
        sender.drain()
    standing = sending.standings(incident, [view(incident)])["deployed"]
    assert (standing.sent, len(standing.deliveries)) == (1, 2)
    assert [one.label for one in standing.troubled] == ["Gone room"]


def test_words_that_are_redacted_go_from_every_channel_they_wait_for(
    incident: Incident, ada: User, ben: User, users: Channel
) -> None:
    sent(incident, ada, users)
    event = incident.events.get(kind="message_sent")
    request = corrections.ask_redaction(event, by=ada, reason="A name in the title")
    corrections.confirm_redaction(request, by=ben)
    assert Delivery.objects.get(key="message").body == "[redacted]"
