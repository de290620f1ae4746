"""Whom no phone and no mail reaches while something burns: said on the page and to those who can do something."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Team, User
from config.environment.mailers import mailers
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from notifications import send
from notifications.lanes import Lanes
from notifications.models import Delivery, Kind
from notifications.ways import add_channel
from products import contacts, role_holders
from products.models import Product
from tests.factories import join, make_user
from tests.notifications.mailbox import Mailbox, mailbox
from tests.notifications.receiving import Take, receiver
from tests.reading import in_one_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
NO_MAIL = "E-mail: The mail server takes no connections."


@pytest.fixture(autouse=True)
def outside(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the mail server; 127.0.0.2 is where phones are."""
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS = mailers(settings.MAIL_URL)
    monkeypatch.setattr(send, "lanes", Lanes())


@pytest.fixture
def team(product: Product, ada: User, ben: User) -> Team:
    for label, user in (("Release Engineer", ada), ("DevOps", ben)):
        contacts.add_contact(product, label=label, user=user, by=ada)
    return product.team


def phone_of(user: User, url: str) -> None:
    add_channel(kind=Kind.NTFY, name="Phone", config={"url": f"{url}/topic"}, by=user)


def critical(product: Product, by: User | None = None, **facts: object) -> Incident:
    severity = product.severities().get(key="CRITICAL")
    return declare(product, by=by, title="Sign-in fails", severity=severity, **facts)  # type: ignore[arg-type]


def minutes_later(incident: Incident, minutes: float) -> int:
    """As if they had passed since what was told so far, with what the sender and the sweep do then."""
    past = timedelta(minutes=minutes)
    moved = {"declared_at": incident.declared_at - past, "detected_at": incident.detected_at - past}
    Incident.objects.filter(pk=incident.pk).update(**moved)
    incident.refresh_from_db()
    for row in Delivery.objects.all():
        row.due_at, row.first_due_at, row.created_at = (
            row.due_at - past,
            row.first_due_at - past,
            row.created_at - past,
        )
        row.save()
    send.drain()
    return sweep.seek_due()


def told(key: str = "unreached") -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(key=key).exclude(route="email").order_by("pk")
    return [(row.label, row.route.partition(":")[0]) for row in rows]


def page(client: Client, incident: Incident, reader: User) -> str:
    client.force_login(reader)
    return in_one_line(client.get(f"/incidents/{incident.ref}/").text)


def test_one_whom_no_way_reaches_is_said_on_the_page_and_to_whoever_declared_it_and_the_others(
    client: Client, product: Product, team: Team, ada: User, ben: User
) -> None:
    cleo = make_user("cleo@example.test")
    join(cleo, team)
    with receiver() as phone:
        phone_of(ben, phone.url)
        incident = critical(product, by=cleo)
        send.drain()
        assert (minutes_later(incident, 2.5), "Not reached:" in page(client, incident, ben)) == (
            0,
            False,
        )
        assert minutes_later(incident, 0.6) == 1
        seen = page(client, incident, ben)
        assert ("<b>Not reached:</b> Ada (Release Engineer). E-mail" in seen, NO_MAIL in seen) == (
            True,
            True,
        )
        # By mail, in Nightdesk and on the phone: whoever declared it, and Ben, who has it already. Not Ada herself.
        assert told() == [("Cleo", "inapp"), ("Ben", "inapp"), ("Ben", "ntfy")]
        row = Delivery.objects.filter(key="unreached", user=cleo).first()
        assert row
        assert row.body.splitlines()[:2] == [
            f"Not reached for 3 min: Ada (Release Engineer). {NO_MAIL}", "Call them, or take it yourself.",
        ]  # fmt: skip
        # Once, however long it goes on; and nobody else is asked, for Ben has it.
        assert [minutes_later(incident, n) for n in (1, 5, 30)] == [0, 0, 0]
        assert (len(told()), told("escalated")) == (3, [])
    with mailbox() as box:
        use(box)
        Delivery.objects.waiting().update(due_at=moment.now())
        send.drain()
    assert "Not reached:" not in page(client, incident, ben)


def use(box: Mailbox) -> None:
    from django.conf import settings

    settings.MAIL_URL = f"smtp://127.0.0.1:{box.port}"
    settings.MAILERS = mailers(settings.MAIL_URL)


def test_where_nobody_at_all_is_reached_the_next_ones_are_asked_at_once_and_not_at_their_time(
    product: Product, team: Team, ada: User, ben: User
) -> None:
    lee, max_ = make_user("lee@example.test"), make_user("max@example.test")
    for user in (lee, max_):
        join(user, team)
    for user in (ada, lee):
        role_holders.list_for_role(product, role="release_engineer", user=user, by=ada)
    with receiver(lambda take: take.say(503)) as gone:
        phone_of(lee, gone.url)
        incident = critical(product)
        send.drain()
        assert minutes_later(incident, 3.1) == 1
        assert told("escalated") == [("Lee (deputy Release Engineer)", way) for way in ("inapp", "ntfy")]
        row = Delivery.objects.filter(key="escalated").first()
        assert row
        assert row.body.splitlines()[0] == (
            "Nobody who was told has been reached for 3 min. You are asked next: deputy Release Engineer."
        )
        # Lee has three minutes of his own; then everybody who responds is asked, once.
        assert minutes_later(incident, 2) == 0
        assert minutes_later(incident, 1.2) == 1
        assert ("Max", "inapp") in told("escalated")
        count = Delivery.objects.count()
        minutes_later(incident, 4)
        assert [minutes_later(incident, n) for n in (5, 30)] == [0, 0]
        assert (
            Delivery.objects.filter(key="escalated").exclude(user=lee).values("user").distinct().count() == 3
        )
        assert Delivery.objects.count() <= count + 12


def test_a_phone_that_is_gone_for_good_and_no_mail_are_said_at_once(
    client: Client, product: Product, team: Team, ada: User, ben: User, settings: Settings
) -> None:
    settings.MAIL_URL = ""
    with receiver(lambda take: take.say(404)) as gone, receiver() as phone:
        phone_of(ada, gone.url)
        phone_of(ben, phone.url)
        incident = critical(product)
        send.drain()
        assert sweep.seek_due() == 1
        assert "<b>Not reached:</b> Ada (Release Engineer). ntfy" in page(client, incident, ben)
        assert told() == [("Ben", "inapp"), ("Ben", "ntfy")]
        assert [minutes_later(incident, n) for n in (2, 2, 2)] == [0, 0, 0]


def test_who_has_neither_mail_nor_a_phone_is_said_at_once_and_the_next_is_asked_where_nobody_has(
    client: Client, product: Product, team: Team, ada: User, ben: User, settings: Settings
) -> None:
    settings.MAIL_URL = ""
    lee = make_user("lee@example.test")
    join(lee, team)
    for user in (ada, lee):
        role_holders.list_for_role(product, role="release_engineer", user=user, by=ada)
    why = "E-mail: mail is not set up: MAIL_URL is empty. They have set up no phone either."
    with receiver() as phone:
        phone_of(lee, phone.url)
        # Before the sweep came: nobody waits for what cannot come.
        incident = critical(product, by=lee)
        assert f"<b>Not reached:</b> Ada (Release Engineer), Ben (DevOps). {why}" in page(
            client, incident, lee
        )
        assert sweep.seek_due() >= 1
        assert told() == [("Lee", "inapp"), ("Lee", "ntfy")]
        (asked,) = Delivery.objects.filter(key="escalated", route="inapp", user=lee)
        assert asked.body.splitlines()[0] == (
            "Nobody who was told can be reached. You are asked next: deputy Release Engineer."
        )
        row = Delivery.objects.filter(key="unreached").first()
        assert row
        assert row.body.splitlines()[0] == f"Not reached: Ada (Release Engineer), Ben (DevOps). {why}"
        # Where the product's people are chosen, too.
        assert "<b>No message wakes Ada, Ben.</b>" in client.get(f"/products/{product.slug}/").text
        send.drain()
        assert [minutes_later(incident, n) for n in (1, 30)] == [0, 0]


def a_page(take: Take) -> None:
    take.say(200, b"<html>")


def test_where_a_page_answers_it_says_that_they_may_not_have_been_reached(
    client: Client, product: Product, team: Team, ada: User, ben: User
) -> None:
    with receiver(a_page) as portal, receiver() as phone:
        phone_of(ada, portal.url)
        phone_of(ben, phone.url)
        incident = critical(product)
        send.drain()
        minutes_later(incident, 3.1)
        assert "<b>Perhaps not reached:</b> Ada (Release Engineer). E-mail" in page(client, incident, ben)


def test_once_somebody_has_acknowledged_nobody_is_looked_for_any_more(
    client: Client, product: Product, team: Team, ada: User, ben: User
) -> None:
    incident = critical(product)
    send.drain()
    transitions.acknowledge(incident, by=ben)
    assert (minutes_later(incident, 4), told()) == (0, [])
    assert "Not reached:" not in page(client, incident, ada)


@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.LIVE])
def test_neither_a_drill_nor_what_wakes_nobody_looks_for_people(
    client: Client, product: Product, team: Team, ada: User, mode: Mode
) -> None:
    quiet = product.severities().filter(wake=False).first()
    assert quiet
    severity = product.severities().get(key="CRITICAL") if mode == Mode.DRILL else quiet
    incident = declare(product, by=None, title="Sign-in fails", severity=severity, mode=mode)
    Delivery.objects.waiting().update(due_at=moment.now(), first_due_at=moment.now())
    send.drain()
    assert (minutes_later(incident, 4), told()) == (0, [])
    assert "Not reached:" not in page(client, incident, ada)


def test_who_left_and_whose_message_is_held_are_not_looked_for(
    client: Client, product: Product, team: Team, ada: User, ben: User
) -> None:
    incident = critical(product)
    mails = Delivery.objects.filter(route="email")
    mails.filter(user=ada).update(state="cancelled", reason="no longer in the team")
    mails.filter(user=ben).update(state="held")
    assert (minutes_later(incident, 4), "Not reached:" in page(client, incident, ada)) == (0, False)
    # Without any address nobody can be reached, and that is said.
    mails.filter(user=ben).update(state="skipped", reason="no address")
    assert "<b>Not reached:</b> Ben (DevOps). E-mail: no address." in page(client, incident, ada)


def test_of_a_private_one_only_who_takes_part_hears_it(
    product: Product, team: Team, ada: User, ben: User
) -> None:
    with receiver() as phone, receiver() as room:
        phone_of(ben, phone.url)
        add_channel(kind=Kind.SLACK, name="Room", config={"url": f"{room.url}/x"}, by=admin(team), team=team)
        incident = critical(product, by=ada, private=True)
        send.drain()
        minutes_later(incident, 4)
    assert {row.user for row in Delivery.objects.filter(key="unreached")} <= {ada}
    assert (room.got, phone.got) == ([], [])


def admin(team: Team) -> User:
    user = make_user("root@example.test")
    join(user, team, "admin")
    return user


def test_the_ticker_looks_for_them() -> None:
    from config.schedule import SWEEPS

    (found,) = [one for one in SWEEPS if one.run is sweep.seek_due]
    assert found.rest_s <= 30
