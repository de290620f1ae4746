"""Status updates: their rhythm by severity, said on the page, reminded once a round, sent by one tap (item 7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client

from accounts.models import Membership, User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.messages import messages, rhythm, updates
from incidents.models import Incident
from incidents.roles import roles
from incidents.work.report import report
from notifications import links
from notifications.models import Channel, Delivery, State
from products.models import Product, RoleHolder
from tests.factories import make_product
from tests.incidents.telling_people import channel


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: object) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]


@pytest.fixture
def room(product: Product, ada: User) -> Channel:
    return channel(product, ada, "Team room")


@pytest.fixture
def users(product: Product, ada: User) -> Channel:
    return channel(product, ada, "Status list", users=True)


def fresh(incident: Incident) -> Incident:
    return Incident.objects.for_page().get(pk=incident.pk)


def due_now(incident: Incident, ago: int = 2) -> None:
    due = moment.now() - timedelta(minutes=ago)
    Incident.objects.filter(pk=incident.pk).update(update_due_at=due, remind_at=due)


def reminders() -> list[Delivery]:
    return list(Delivery.objects.filter(key="update_due", route="inapp").order_by("pk"))


def told() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(key="update").order_by("pk")
    return [(row.label, row.body) for row in rows]


def test_the_severity_says_how_often(product: Product, incident: Incident, ada: User) -> None:
    assert incident.update_due_at == incident.declared_at + timedelta(minutes=30)
    high = product.severities().get(key="HIGH")
    transitions.change_severity(incident, by=ada, severity=high, reason="One region")
    assert incident.update_due_at == incident.declared_at + timedelta(minutes=60)
    medium = declare(product, by=ada, title="Ugly", severity=product.severities().get(key="MEDIUM"))
    assert (medium.update_due_at, rhythm.every(medium)) == (None, None)


def test_archy_has_a_rhythm_of_its_own(ada: User) -> None:
    archy = make_product(process="archy", name="Archy")
    incident = declare(archy, by=ada, title="Bricked", severity=archy.severities().get(key="P1"))
    assert rhythm.every(incident) == timedelta(minutes=60)


def test_an_update_and_a_message_begin_the_next_round_and_the_end_ends_it(
    incident: Incident, ada: User
) -> None:
    event = updates.update(incident, by=ada, text="Half of them can sign in")
    assert fresh(incident).update_due_at == event.occurred_at + timedelta(minutes=30)
    report(incident, "deployed", by=ada)
    sent = messages.send_message(incident, "deployed", by=ada, text="#status")
    assert fresh(incident).update_due_at == sent.occurred_at + timedelta(minutes=30)
    transitions.resolve(incident, by=ada)
    assert (fresh(incident).update_due_at, fresh(incident).remind_at) == (None, None)
    transitions.reopen(incident, by=ada, reason="Back")
    assert fresh(incident).update_due_at is not None


def test_the_lead_is_reminded_once_a_round(incident: Incident, ada: User, ben: User, room: Channel) -> None:
    roles.claim(incident, by=ben)
    assert rhythm.remind_due() == 0
    due_now(incident)
    assert (rhythm.remind_due(), rhythm.remind_due()) == (1, 0)
    (told_of,) = reminders()
    assert (told_of.label, told_of.subject) == ("Ben", f"{incident.ref}: an update is due (Staff Mobile)")
    mail = Delivery.objects.get(key="update_due", route="email")
    assert mail.offers == ["send_update", "snooze_update", "stop_updates"]
    updates.update(incident, by=ben, text="Going on")
    assert Delivery.objects.get(pk=mail.pk).state == State.CANCELLED
    due_now(incident, 1)
    assert rhythm.remind_due() == 1
    assert len(reminders()) == 2


def test_without_a_lead_the_role_that_the_process_names_is(
    product: Product, incident: Incident, ada: User, ben: User
) -> None:
    RoleHolder.objects.create(product=product, role="product_owner", user=ben, position=1)
    due_now(incident)
    rhythm.remind_due()
    assert [one.label for one in reminders()] == ["Ben"]


def test_an_update_goes_where_it_is_sent_and_users_read_no_ref(
    incident: Incident, ada: User, room: Channel, users: Channel
) -> None:
    updates.update(incident, by=ada, text="Inside only", channels=[room.pk])
    updates.update(incident, by=ada, text="Half of them can sign in", audience="users")
    assert told() == [
        ("Team room", "Inside only"),
        ("Team room", "Users are told:\nHalf of them can sign in"),
        ("Status list", "Half of them can sign in"),
    ]
    public = Delivery.objects.get(key="update", label="Status list")
    assert (public.subject, public.path) == ("Staff Mobile: Status update", "")
    updates.update(incident, by=ada, text="On the timeline")
    assert len(told()) == 3


def test_nothing_of_a_private_one_and_nothing_of_a_drill_leaves(
    product: Product, ada: User, room: Channel, users: Channel
) -> None:
    hidden = declare(product, by=ada, title="Break-in", private=True)
    with pytest.raises(ValidationError, match="private"):
        updates.update(hidden, by=ada, text="Found it", audience="users")
    with pytest.raises(ValidationError, match="private"):
        updates.update(hidden, by=ada, text="Found it", channels=[room.pk])
    drill = declare(product, by=ada, title="Practice", mode="drill")
    updates.update(drill, by=ada, text="Played", audience="users")
    rows = Delivery.objects.filter(key="update")
    assert {(row.state, row.reason) for row in rows} == {(State.SKIPPED, "drill")}


def tap_of(verb: str) -> str:
    mail = Delivery.objects.get(key="update_due", route="email")
    return f"/l/{links.token(mail, verb)}"


def test_one_tap_sends_how_it_stands_and_get_only_shows_it(
    incident: Incident, ada: User, room: Channel, users: Channel
) -> None:
    roles.claim(incident, by=ada)
    due_now(incident)
    rhythm.remind_due()
    address, stranger = tap_of("send_update"), Client()
    shown = stranger.get(address).content.decode()
    assert "We are working on it. Next update by " in shown
    assert "goes to: Status list, Team room." in shown
    assert told() == []
    assert stranger.post(address).status_code == 200
    assert [label for label, _body in told()] == ["Team room", "Status list"]
    event = incident.events.get(kind="updated")
    assert (event.actor, event.source, event.data["by_link"]) == (ada, "link", True)
    again = stranger.post(address)
    assert (again.status_code, len(told())) == (409, 2)


def test_one_tap_snoozes_for_a_quarter_of_an_hour_and_one_stops(incident: Incident, ada: User) -> None:
    roles.claim(incident, by=ada)
    due_now(incident)
    rhythm.remind_due()
    phone = Client()
    assert phone.get(tap_of("send_update")).status_code == 404
    assert phone.post(tap_of("snooze_update")).status_code == 200
    again = fresh(incident).remind_at
    assert again is not None
    assert timedelta(minutes=14) < again - moment.now() <= timedelta(minutes=15)
    assert phone.post(tap_of("snooze_update")).status_code == 200
    assert fresh(incident).remind_at == again
    Incident.objects.filter(pk=incident.pk).update(remind_at=moment.now())
    assert rhythm.remind_due() == 1
    assert len(reminders()) == 2
    Delivery.objects.filter(key="update_due", route="email").order_by("pk").last().delete()  # type: ignore[union-attr]
    assert phone.post(tap_of("stop_updates")).status_code == 200
    assert (fresh(incident).update_due_at, fresh(incident).remind_at) == (None, None)
    assert incident.events.filter(kind="noted").count() == 1
    assert phone.post(tap_of("stop_updates")).status_code == 409


def test_the_page_says_how_long_ago_and_when_the_next_is_due(
    incident: Incident, ada: User, phone: Client, room: Channel
) -> None:
    page = phone.get(incident.get_absolute_url()).content.decode()
    assert "No status update yet; it was opened" in page
    assert "Next due" in page
    due_now(incident)
    page = phone.get(incident.get_absolute_url()).content.decode()
    assert "overdue" in page
    answer = phone.post(
        f"{incident.get_absolute_url()}update", {"text": "Half of them can sign in", "channels": [room.pk]}
    )
    assert answer.status_code == 302
    assert told() == [("Team room", "Half of them can sign in")]
    page = phone.get(incident.get_absolute_url()).content.decode()
    assert "Last update" in page
    assert "overdue" not in page
    assert phone.post(f"{incident.get_absolute_url()}stop_updates").status_code == 302
    assert "Nobody is reminded" in phone.get(incident.get_absolute_url()).content.decode()


def test_a_second_tap_sends_the_same_words_once(
    incident: Incident, ada: User, phone: Client, users: Channel
) -> None:
    address, said = (
        f"{incident.get_absolute_url()}update",
        {"text": "Half of them can sign in", "channels": [users.pk]},
    )
    assert [phone.post(address, said).status_code for _tap in range(2)] == [302, 302]
    assert (len(told()), incident.events.filter(kind="updated").count()) == (1, 1)
    phone.post(address, {**said, "text": "All of them can"})
    assert len(told()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_send_it_once(incident: Incident, ada: User, users: Channel) -> None:
    def tap(_n: int) -> int:
        try:
            return updates.update(fresh(incident), by=ada, text="Half of them", channels=[users.pk]).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(tap, range(4)))) == 1
    assert len(told()) == 1


def test_what_is_told_late_does_not_make_older_what_people_heard_since(incident: Incident, ada: User) -> None:
    Incident.objects.filter(pk=incident.pk).update(detected_at=moment.now() - timedelta(hours=2))
    event = updates.update(incident, by=ada, text="Half of them can sign in")
    updates.update(incident, by=ada, text="We knew by then", at=moment.now() - timedelta(hours=1))
    assert fresh(incident).update_due_at == event.occurred_at + timedelta(minutes=30)


def test_whoever_stopped_it_is_not_reminded_because_the_severity_changes(
    product: Product, incident: Incident, ada: User
) -> None:
    updates.stop(incident, by=ada)
    high, medium = (product.severities().get(key=key) for key in ("HIGH", "MEDIUM"))
    transitions.change_severity(incident, by=ada, severity=high, reason="One region")
    assert fresh(incident).update_due_at is None
    # Where there is no rhythm nothing was stopped: with one, it begins.
    transitions.change_severity(incident, by=ada, severity=medium, reason="Hardly anybody")
    transitions.change_severity(incident, by=ada, severity=high, reason="More of them")
    assert fresh(incident).update_due_at is not None


def test_a_lead_who_left_the_team_is_not_the_only_one_who_is_reminded(
    incident: Incident, ada: User, ben: User
) -> None:
    roles.claim(incident, by=ben)
    Membership.objects.filter(user=ben).delete()
    due_now(incident)
    assert (rhythm.remind_due(), [one.label for one in reminders()]) == (1, ["Ada"])
