"""Who is told what and when: K132 release engineer, K133 DevOps, K134 product owner, K135 the team, K136 the room."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.models import Clock, Incident, Participant
from notifications.models import Delivery
from products import contacts
from products.models import Product
from tests.factories import join, make_product, make_team, make_user
from tests.notifications.conftest import make_channel, member, opened
from tests.notifications.mailbox import Mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("managed")]

Row = tuple[str, str, str, str]


def told(incident: Incident, key: str = "opened") -> list[Row]:
    rows = Delivery.objects.about(incident.ref).filter(key=key).order_by("pk")
    return [(row.label, row.kind, row.state, row.reason) for row in rows]


def due_in(incident: Incident, seconds: float, key: str = "response") -> Clock:
    clock = Clock.objects.get(incident=incident, key=key)
    clock.due_at = moment.now() + timedelta(seconds=seconds)
    clock.started_at = clock.due_at - timedelta(seconds=clock.target_s or 0)
    clock.warn_at = clock.stage_at(75)
    clock.save(update_fields=["due_at", "started_at", "warn_at"])
    return clock


def test_contacts_in_order_and_the_room_are_told_when_it_opens_k132_k134_k136(
    product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    make_channel(product, "slack", mia, url="https://hooks.example.test/T0/emergency-releases")
    assert told(opened(product)) == [
        ("Ada (Release Engineer)", "inapp", "sent", ""),
        ("Ada (Release Engineer)", "email", "pending", ""),
        ("Ben (Product Owner)", "inapp", "sent", ""),
        ("Ben (Product Owner)", "email", "pending", ""),
        ("slack room", "slack", "pending", ""),
    ]


def test_a_duty_mailbox_and_the_whole_team_k133_k135(product: Product, mia: User, post: Mailbox) -> None:
    member(product, "vera", "viewer")
    contacts.add_contact(product, label="DevOps", address="duty@example.test", by=mia)
    contacts.add_contact(product, label="Affected team", whole_team=True, by=mia)
    assert [row[:2] for row in told(opened(product))] == [
        ("duty@example.test (DevOps)", "email"),
        ("Mia (Affected team)", "inapp"),
        ("Mia (Affected team)", "email"),
    ]


def test_without_contacts_whoever_responds_is_told(product: Product, mia: User, post: Mailbox) -> None:
    assert [row[:3] for row in told(opened(product))] == [
        ("Mia", "inapp", "sent"),
        ("Mia", "email", "pending"),
    ]


def test_what_is_not_set_up_is_skipped_with_its_reason(product: Product, ada: User) -> None:
    assert told(opened(product)) == [
        ("Ada (Release Engineer)", "inapp", "sent", ""),
        ("Ada (Release Engineer)", "email", "skipped", "mail is not set up: MAIL_URL is empty"),
    ]


def test_who_declared_it_is_not_told_of_it(product: Product, ada: User, ben: User, post: Mailbox) -> None:
    rows = told(opened(product, by=ada))
    assert [row[2:] for row in rows] == [
        *[("skipped", "they know already: they did it")] * 2, ("sent", ""), ("pending", ""),
    ]  # fmt: skip


def test_who_left_the_team_is_not_told(product: Product, ada: User, post: Mailbox) -> None:
    ada.memberships.all().delete()
    assert {row[2:] for row in told(opened(product))} == {("skipped", "no longer in the team")}


@pytest.mark.parametrize(("mode", "reason"), [("drill", "drill"), ("retrospective", "entered afterwards")])
def test_a_drill_and_a_past_incident_send_nothing_and_say_so(
    product: Product, ada: User, mia: User, post: Mailbox, mode: str, reason: str
) -> None:
    make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    incident = opened(product, mode=mode)
    transitions.resolve(incident, by=mia)
    rows = Delivery.objects.about(incident.ref)
    assert {(row.state, row.reason) for row in rows} == {("skipped", reason)}


def test_a_private_one_tells_its_people_alone_and_names_its_ref(
    product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    incident = opened(product, by=mia, private=True, impact="Card numbers leaked")
    Participant.objects.create(incident=incident, user=ben)
    clock = due_in(incident, -1)
    incident.declared_at -= timedelta(minutes=5)
    Incident.objects.filter(pk=incident.pk).update(
        declared_at=incident.declared_at, detected_at=incident.declared_at
    )
    sweep.breach_due()
    assert clock.pk
    rows = Delivery.objects.about(incident.ref).filter(key="breached")
    assert {row.label for row in rows} == {"Mia", "Ben (Product Owner)"}
    words = " ".join(f"{row.subject} {row.body}" for row in Delivery.objects.about(incident.ref))
    assert incident.ref in words
    assert not any(secret in words for secret in ("Sign-in fails", "Card numbers", product.name))


def test_three_quarters_of_the_response_clock_and_its_end_are_told_once(
    product: Product, ada: User, post: Mailbox
) -> None:
    incident = opened(product)
    clock = incident.clocks.get(key="response")
    assert clock.due_at is not None
    assert (clock.warn_at, clock.stage_at(75)) == (
        clock.due_at - timedelta(minutes=30), clock.due_at - timedelta(minutes=15),
    )  # fmt: skip
    due_in(incident, 600)
    assert (sweep.warn_due(), sweep.warn_due()) == (1, 0)
    assert [row[1:3] for row in told(incident, "warned")] == [("inapp", "sent"), ("email", "pending")]
    subject = Delivery.objects.filter(key="warned").first()
    assert subject is not None
    assert subject.subject == f"CRITICAL {incident.ref} Staff Mobile: time is running out: Sign-in fails"
    due_in(incident, -1)
    long_ago = moment.now() - timedelta(hours=2)
    Incident.objects.update(declared_at=long_ago, detected_at=long_ago)
    sweep.breach_due()
    sweep.breach_due()
    assert [row[1:3] for row in told(incident, "breached")] == [("inapp", "sent"), ("email", "pending")]


def test_what_ran_out_before_anybody_knew_is_only_told_as_opened(
    product: Product, ada: User, post: Mailbox
) -> None:
    incident = opened(product, by=ada, detected_at=moment.now() - timedelta(hours=5))
    assert (sweep.warn_due(), sweep.breach_due()) == (0, 3)  # to acknowledge, to respond, in all
    assert {row.key for row in Delivery.objects.about(incident.ref)} == {"opened"}


def test_acknowledging_makes_what_still_waits_moot(
    product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    transitions.acknowledge(incident, by=ben)
    assert [row[1:] for row in told(incident)] == [
        ("inapp", "sent", ""), ("email", "cancelled", "acknowledged by Ben"),
        ("inapp", "sent", ""), ("email", "cancelled", "acknowledged by Ben"),
    ]  # fmt: skip


@pytest.mark.parametrize("verb", [transitions.acknowledge, transitions.mitigate])
def test_a_room_that_was_not_reached_yet_still_hears_that_it_opened(
    product: Product, ada: User, ben: User, post: Mailbox, verb: Callable[..., object]
) -> None:
    room = make_channel(product, "slack", ada, url="https://hooks.example.test/x")
    incident = opened(product)
    verb(incident, by=ben)
    (row,) = Delivery.objects.filter(channel=room)
    assert (row.key, row.state) == ("opened", "pending")
    assert not Delivery.objects.filter(key="opened", user__isnull=False, state="pending").exists()


def test_who_was_told_hears_that_it_is_over_by_the_same_ways(
    product: Product, ada: User, ben: User, post: Mailbox
) -> None:
    incident = opened(product)
    Delivery.objects.filter(user=ada, route="email").update(state="sent", attempts=1)
    transitions.resolve(incident, by=ben)
    assert told(incident, "resolved") == [
        ("Ada (Release Engineer)", "inapp", "sent", ""),
        ("Ada (Release Engineer)", "email", "pending", ""),
    ]
    assert ("Ben (Product Owner)", "email", "cancelled", "resolved") in told(incident)


def test_what_became_worse_does_not_wait_for_the_morning(
    product: Product, ada: User, mia: User, post: Mailbox
) -> None:
    incident = opened(product, "MEDIUM")
    later = moment.now() + timedelta(hours=6)
    Delivery.objects.waiting().update(due_at=later, first_due_at=later)
    worse = product.severities().get(key="CRITICAL")
    transitions.change_severity(incident, by=mia, severity=worse, reason="Data is lost")
    assert Delivery.objects.waiting().get().due_at <= moment.now()


def test_whoever_heard_of_a_small_one_hears_that_it_is_a_big_one(
    product: Product, ada: User, ben: User, mia: User, post: Mailbox
) -> None:
    incident = opened(product, "MEDIUM")
    Delivery.objects.waiting().update(state="sent", attempts=1)
    critical, medium = (product.severities().get(key=key) for key in ("CRITICAL", "MEDIUM"))
    transitions.change_severity(incident, by=mia, severity=critical, reason="Data is lost")
    assert [row[:3] for row in told(incident, "raised")] == [
        ("Ada (Release Engineer)", "inapp", "sent"), ("Ada (Release Engineer)", "email", "pending"),
        ("Ben (Product Owner)", "inapp", "sent"), ("Ben (Product Owner)", "email", "pending"),
    ]  # fmt: skip
    first = Delivery.objects.filter(key="raised").first()
    assert first is not None
    assert first.subject == f"CRITICAL {incident.ref} Staff Mobile: raised from MEDIUM: Sign-in fails"
    transitions.change_severity(incident, by=mia, severity=medium, reason="It is not")
    assert len(told(incident, "raised")) == 4


def test_a_locked_phone_shows_severity_ref_and_product_in_forty_characters(
    product: Product, ada: User
) -> None:
    long = make_product(product.team, name="The internal administration of everything")
    for incident in (opened(product), opened(long)):
        transitions.resolve(incident, by=ada)
        for row in Delivery.objects.about(incident.ref):
            seen = row.subject[:43]
            assert ("CRITICAL" in seen, incident.ref in seen, incident.product.name[:15] in seen) == (
                True,
            ) * 3


def test_reopening_tells_again(product: Product, ada: User, mia: User, post: Mailbox) -> None:
    incident = opened(product)
    transitions.resolve(incident, by=mia)
    transitions.reopen(incident, by=mia, reason="It is back")
    assert len(told(incident)) == 4


def test_a_channel_of_another_product_or_team_hears_nothing(product: Product, mia: User) -> None:
    other = make_user("zoe@example.test")
    theirs = make_team("shipping")
    join(other, theirs, "manager")
    second = make_product(name="Second")
    make_channel(make_product(theirs, name="Third"), "slack", other, url="https://hooks.example.test/y")
    room = make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    room.products.set([second])
    assert [row for row in told(opened(product)) if row[1] == "slack"] == []
    assert [row[1] for row in told(opened(second)) if row[1] == "slack"] == ["slack"]


def test_what_rolls_back_was_never_told(product: Product, ada: User) -> None:
    with transaction.atomic():
        opened(product)
        transaction.set_rollback(True)
    assert Delivery.objects.count() == 0
