"""Who is asked next while nobody acknowledges: contacts, a deputy, the next person of the process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from foundation import moment
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import exits, sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, Mode
from incidents.overview import keep_rows, overview
from incidents.simulation.stage import Stage, stage
from incidents.telling import escalation, recipients, woken
from incidents.telling.escalation import Next, plan
from incidents.telling.ladder import Asked, Ladder
from notifications.models import Delivery
from products import contacts, role_holders
from products.models import Process, Product
from products.sources.import_process import import_process
from tests.factories import join, make_product, make_user
from tests.incidents.rungs import NIGHT, play, told

pytestmark = pytest.mark.usefixtures("house")

ADA = Asked("Ada", "Release Engineer", "user:1")
BEN = Asked("Ben", "DevOps", "user:2")
CLEO = Asked("Cleo", "Product Owner", "user:3")
DUTY = Asked("duty@example.test", "DevOps", "address:duty@example.test")
LEE = Asked("Lee", "deputy Release Engineer", "user:4")
MAX = Asked("Max", "deputy DevOps", "user:5")
ALL = "everybody who responds in Payments"
AT = [datetime(2026, 11, 21, 2, minutes, tzinfo=UTC) for minutes in (7, 9, 10)]


def asked(steps: Ladder, out: tuple[str, ...] = (), *, wake: bool = True) -> list[tuple[str, int, int]]:
    """(who, rung, minute) as planned."""
    found = plan(steps, AT, out=out, zone="UTC", wake=wake)
    return [(one.who, one.level, one.at.minute + 60 * (one.at.hour - 2)) for one in found]


def ladder(
    contacts: tuple[Asked, ...] = (), deputies: tuple[Asked, ...] = (), others: tuple[Asked, ...] = ()
) -> Ladder:
    return Ladder(contacts, deputies, others, ALL)


@pytest.mark.parametrize(
    ("steps", "out", "expected"),
    [
        (ladder((ADA, BEN), (LEE, MAX), (ADA, BEN, CLEO)), (),
         [("Ada (Release Engineer), Ben (DevOps)", 0, 7), ("Lee", 1, 9), ("Cleo", 2, 10)]),
        (ladder((ADA, BEN, CLEO, DUTY)), (),
         [("Ada (Release Engineer), Ben (DevOps) and 2 more", 0, 7), (ALL, 2, 10)]),
        (ladder((ADA,), (LEE, MAX), (ADA, LEE, MAX)), ("user:4",),
         [("Ada (Release Engineer)", 0, 7), ("Max", 1, 9), (ALL, 2, 10)]),
        (ladder((ADA,), (ADA,), (ADA,)), (), [("Ada (Release Engineer)", 0, 7), ("Ada", 1, 9), (ALL, 2, 10)]),
        (ladder((ADA,), (), (ADA, BEN)), ("user:1", "user:2"), [(ALL, 2, 10)]),
    ],
)  # fmt: skip
def test_each_moment_asks_whoever_is_left_on_its_rung(
    steps: Ladder, out: tuple[str, ...], expected: list[Any]
) -> None:
    assert asked(steps, out) == expected


def test_what_wakes_nobody_is_planned_for_the_morning() -> None:
    assert asked(ladder((ADA,), (LEE,)), wake=False) == [
        ("Ada (Release Engineer)", 0, 360), ("Lee", 1, 360), (ALL, 2, 360),
    ]  # fmt: skip


@pytest.fixture
def post(settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS = mailers(settings.MAIL_URL)


@pytest.fixture
def clock(product: Product, post: None) -> Iterator[Stage]:
    with stage(NIGHT) as clock:
        yield clock


@pytest.fixture
def lee(product: Product, ada: User) -> User:
    user = make_user("lee@example.test")
    join(user, product.team)
    for one in (ada, user):
        role_holders.list_for_role(product, role="release_engineer", user=one, by=ada)
    return user


@pytest.fixture
def paula(product: Product, ada: User) -> User:
    user = make_user("paula@example.test")
    join(user, product.team, "viewer")
    role_holders.list_for_role(product, role="product_owner", user=user, by=ada)
    contacts.add_contact(product, role="product_owner", address="owners@example.test", by=ada)
    contacts.add_contact(product, role="release_engineer", user=ada, by=ada)
    contacts.add_contact(product, role="devops", address="duty@example.test", by=ada)
    return user


def critical(product: Product, **facts: Any) -> Incident:
    """Nobody is in it yet: a machine saw it, in triage at the worst; ten minutes to acknowledge."""
    return declare(product, by=None, title="Sign-in fails", source="monitor", **facts)


CONTACTS = [
    "owners@example.test (Product Owner)", "Ada (Release Engineer)", "duty@example.test (DevOps)",
]  # fmt: skip


@pytest.mark.django_db
def test_the_clock_to_acknowledge_asks_contacts_then_a_deputy_then_the_next_person(
    product: Product, lee: User, paula: User, clock: Stage
) -> None:
    """K132–K135: 75 and 90 % of ten minutes and their end; once each."""
    incident = critical(product)
    play(incident, clock, until=14)
    assert told(incident, "escalated") == [
        *((7.5, "escalated", who) for who in CONTACTS),
        (9.0, "escalated", "Lee (deputy Release Engineer)"),
        (10.0, "escalated", "Paula (Product Owner)"),
    ]
    row = Delivery.objects.get(key="escalated", user=lee, route="email")
    assert row.subject.endswith("nobody has acknowledged: Sign-in fails")
    assert row.body.splitlines()[0] == (
        "Nobody has acknowledged it for 9 min. You are asked next: deputy Release Engineer."
    )
    assert row.offers == ["acknowledge", "cannot"]


@pytest.mark.django_db
def test_acknowledging_ends_it_and_calls_back_what_still_waits(
    product: Product, ada: User, lee: User, paula: User, clock: Stage
) -> None:
    incident = critical(product)
    play(incident, clock, until=9)
    transitions.acknowledge(incident, by=ada)
    rows = Delivery.objects.filter(key="escalated", route="email")
    assert {(row.state, row.reason) for row in rows} == {("cancelled", "acknowledged by Ada")}
    play(incident, clock, until=20)
    assert rows.count() == 4
    assert escalation.next_to_wake(incident, clock.now) is None


@pytest.mark.django_db
def test_who_cannot_is_not_asked_again_and_a_paused_clock_asks_nobody(
    product: Product, ada: User, lee: User, paula: User, clock: Stage
) -> None:
    incident = critical(product)
    row = Delivery.objects.about(incident.ref).filter(user=ada, route="email").get()
    Delivery.objects.filter(pk=row.pk).update(answer="cannot", answered_at=clock.now)
    found = escalation.next_to_wake(incident, clock.now)
    assert found is not None
    assert found.who == "owners@example.test (Product Owner), duty@example.test (DevOps)"
    assert recipients.declined(incident) == {f"user:{ada.pk}"}
    clock_verbs.pause_clock(incident, "acknowledged", by=ada, reason="The provider is on it")
    assert escalation.next_to_wake(incident, clock.now) is None
    play(incident, clock, until=12)
    assert told(incident, "escalated") == []


def texts(incident: Incident, now: datetime) -> list[tuple[float, str]]:
    """What the page would say, minute by minute."""
    found = [escalation.next_to_wake(incident, now + timedelta(minutes=n)) for n in (0, 8, 9.5)]
    return [((one.at - now).total_seconds() / 60, one.text) for one in found if one]


@pytest.mark.django_db
def test_page_and_api_name_the_next_one_until_somebody_acknowledges(
    phone: Client, product: Product, ada: User, lee: User, paula: User
) -> None:
    incident = critical(product)
    opened = Incident.objects.get(pk=incident.pk).detected_at
    assert texts(incident, opened) == [
        (7.5, "owners@example.test (Product Owner), Ada (Release Engineer) and 1 more"),
        (9.0, "Lee (deputy Release Engineer)"),
        (10.0, "Paula (Product Owner)"),
    ]
    page = phone.get(f"/incidents/{incident.ref}/").content.decode()
    line = page.partition('id="next-to-wake"')[2].partition("</p>")[0]
    assert "Next to be woken:" in line
    assert "Ada (Release Engineer) and 1 more" in line
    assert "unless somebody acknowledges" in line
    row = phone.get("/").content.decode().partition("Next to be woken:")[2].partition("</article>")[0]
    assert "Ada (Release Engineer) and 1 more</b> at <time" in row
    transitions.acknowledge(incident, by=ada)
    assert "next-to-wake" not in phone.get(f"/incidents/{incident.ref}/").content.decode()
    assert "Next to be woken" not in phone.get("/").content.decode()


@pytest.mark.django_db
def test_without_contacts_whoever_responds_is_named_and_in_a_private_one_who_takes_part(
    product: Product, ada: User, ben: User
) -> None:
    now = moment.now()
    open_one = escalation.next_to_wake(critical(product), now)
    private = declare(product, by=ada, title="x", private=True)
    closed_one = escalation.next_to_wake(private, now)
    assert (open_one and open_one.text, closed_one and closed_one.text) == (
        "everybody who responds in Payments", "Ada",
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.RETROSPECTIVE])
def test_a_drill_wakes_nobody_and_names_nobody(product: Product, ada: User, mode: Mode) -> None:
    incident = declare(product, by=ada, title="x", mode=mode)
    assert escalation.next_to_wake(incident, moment.now()) is None


@pytest.fixture
def untimed(db: None, ada: User) -> Product:
    """A process that gives no time to acknowledge."""
    make_product(name="Other")
    text = Process.objects.get(key="krow").current.text  # type: ignore[union-attr]
    before, _mark, after = text.partition("  - key: acknowledged\n")
    without = before + "  - key: response\n" + after.partition("  - key: response\n")[2]
    lines = [line for line in without.splitlines() if "acknowledged: {within" not in line]
    text = "\n".join(lines).replace("key: krow", "key: untimed", 1)
    import_process(text.encode(), name="untimed.yaml", by=None)
    product = make_product(name="Untimed", process="untimed")
    contacts.add_contact(product, label="On call", user=ada, by=ada)
    role_holders.list_for_role(product, role="release_engineer", user=ada, by=ada)
    return product


@pytest.mark.django_db
def test_without_a_clock_for_it_five_ten_and_fifteen_minutes_hold_where_people_are_woken(
    untimed: Product, ada: User, ben: User, post: None
) -> None:
    lee = make_user("lee@example.test")
    join(lee, untimed.team)
    role_holders.list_for_role(untimed, role="release_engineer", user=lee, by=ada)
    with stage(NIGHT) as clock:
        incident = critical(untimed)
        assert texts(incident, NIGHT) == [(5.0, "Ada (On call)"), (10.0, "Lee (deputy Release Engineer)"),
                                          (10.0, "Lee (deputy Release Engineer)")]  # fmt: skip
        play(incident, clock, until=20)
        assert told(incident, "escalated") == [
            (5.0, "escalated", "Ada (On call)"),
            (10.0, "escalated", "Lee (deputy Release Engineer)"),
            *((15.0, "escalated", who) for who in ("Ada (On call)", "Ben", "Lee")),
        ]
        assert (incident.escalate_at, sweep.next_escalation()) == (None, None)


@pytest.mark.django_db
def test_after_an_outage_only_the_last_rung_is_asked_and_a_milder_severity_wakes_nobody(
    untimed: Product, ada: User, post: None
) -> None:
    with stage(NIGHT) as clock:
        incident = critical(untimed)
        clock.set(NIGHT + timedelta(minutes=12))
        assert (sweep.escalate_due(), sweep.escalate_due()) == (2, 0)
        assert Delivery.objects.filter(key="escalated", route="email").count() == 1
        medium = untimed.severities().get(key="MEDIUM")
        transitions.change_severity(incident, by=ada, severity=medium, reason="Hardly anybody")
        assert sweep.next_escalation() is None


def test_a_next_one_is_named_with_the_role_alone_where_it_is_a_person() -> None:
    person = Next("Lee", AT[0], "deputy DevOps", 1, (User(),))
    assert (person.text, Next(ALL, AT[0], "nobody else is named", 2).text) == ("Lee (deputy DevOps)", ALL)


@pytest.mark.django_db
def test_what_was_declined_by_mistake_and_opened_again_asks_from_the_beginning(
    product: Product, ada: User, lee: User, paula: User, clock: Stage
) -> None:
    incident = critical(product)
    play(incident, clock, until=4)
    exits.mark_duplicate(incident, by=ada, of=critical(product))
    transitions.reopen(incident, by=ada, reason="It is another one")
    assert incident.acknowledged_at is None
    found = escalation.next_to_wake(incident, clock.now)
    assert found is not None
    assert found.at == clock.now + timedelta(minutes=5)
    play(incident, clock, until=20)
    assert [(at, who) for at, _key, who in told(incident, "escalated")] == [
        *((9.0, who) for who in CONTACTS), (14.0, "Lee (deputy Release Engineer)"), (19.0, "Paula (Product Owner)"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_incident_without_a_clock_for_it_asks_all_again_after_a_reopening(
    untimed: Product, ada: User, ben: User, post: None
) -> None:
    with stage(NIGHT) as clock:
        incident = critical(untimed)
        play(incident, clock, until=6)
        exits.mark_duplicate(incident, by=ada, of=critical(untimed))
        transitions.reopen(incident, by=ada, reason="It is another one")
        play(incident, clock, until=12)
        assert [at for at, _key, _who in told(incident, "escalated")] == [5.0, 11.0]


@pytest.mark.django_db
def test_a_rung_that_was_asked_is_not_announced_again_under_a_milder_limit(
    product: Product, ada: User, lee: User, paula: User, clock: Stage
) -> None:
    incident = critical(product)
    play(incident, clock, until=8)
    high = product.severities().get(key="HIGH")
    transitions.change_severity(incident, by=ada, severity=high, reason="One region")
    found = escalation.next_to_wake(incident, clock.now)
    assert found is not None
    assert (found.at - NIGHT, found.text) == (timedelta(minutes=27), "Lee (deputy Release Engineer)")
    play(incident, clock, until=31)
    assert [(at, who) for at, _key, who in told(incident, "escalated")][len(CONTACTS):] == [
        (27.0, "Lee (deputy Release Engineer)"), (30.0, "Paula (Product Owner)"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_now_names_of_each_the_same_as_its_own_page(
    product: Product, ada: User, lee: User, paula: User
) -> None:
    """Who said that they cannot take one is not asked for that one."""
    first, second = critical(product), critical(product)
    Delivery.objects.filter(about__startswith=f"{second.ref}/", user=ada).update(
        answer="cannot", answered_at=moment.now()
    )
    at = Incident.objects.get(pk=second.pk).detected_at
    for minutes in (0, 8, 9.5):
        now = at + timedelta(minutes=minutes)
        incidents = list(Incident.objects.for_list().order_by("pk"))
        with overview(incidents):
            keep_rows(
                incidents, "clocks", Clock.objects.filter(incident__in=incidents).order_by("cycle", "pk")
            )
            found = woken.next_of(incidents, now)
        assert found == {one.pk: escalation.next_to_wake(one, now) for one in (first, second)}
