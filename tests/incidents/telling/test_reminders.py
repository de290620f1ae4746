"""A clock reminds at 50, 75 and 90 %: whom it concerns, once, and of nothing that is over."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from config.environment.mailers import mailers
from foundation import moment
from incidents.clocks import verbs as clock_verbs
from incidents.lifecycle import lifecycle, sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step, TooLate
from incidents.models import OPEN, Clock, Incident, Mode, Reminder
from incidents.roles import roles
from incidents.simulation.stage import Stage, stage
from incidents.timeline import corrections
from live.models import Announcement
from notifications.models import Delivery
from products import contacts, role_holders
from products.models import Product
from tests.depth import times
from tests.factories import join, make_product, make_team, make_user
from tests.incidents.rungs import NIGHT, play, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]
REMINDED = ("half", "warned", "nearly")


@pytest.fixture(autouse=True)
def post(settings: Settings) -> None:
    """Mail is set up, and nobody sends it here: what waits can be seen waiting."""
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    settings.MAILERS = mailers(settings.MAIL_URL)


@pytest.fixture
def clock(product: Product) -> Iterator[Stage]:
    with stage(NIGHT) as clock:
        yield clock


@pytest.fixture
def lee(product: Product, ada: User) -> User:
    """Listed after Ada as Release Engineer; no contact."""
    user = make_user("lee@example.test")
    join(user, product.team)
    for one in (ada, user):
        role_holders.list_for_role(product, role="release_engineer", user=one, by=ada)
    return user


def high(product: Product, ada: User) -> Incident:
    """Four hours to respond and four in all; acknowledged at once."""
    contacts.add_contact(product, label="On call", user=ada, by=ada)
    severity = product.severities().get(key="HIGH")
    incident = declare(product, by=None, title="Sign-in fails", severity=severity)
    lifecycle.perform(incident, transitions.ACKNOWLEDGE, by=None, stamp="acknowledged_at", label="duty")
    lifecycle.perform(incident, transitions.CONFIRM_SEVERITY, by=None)
    clock_verbs.waive_clock(incident, "decision", by=ada, reason="Not what this test is about")
    return incident


def test_where_nobody_has_the_step_the_contacts_hear_and_the_deputy_at_nine_tenths(
    product: Product, ada: User, lee: User, clock: Stage
) -> None:
    """Two clocks that come to the same stage at the same moment are one message."""
    incident = high(product, ada)
    play(incident, clock, until=240)
    assert told(incident, *REMINDED, "breached") == [
        (180.0, "warned", "Ada (On call)"),
        (216.0, "nearly", "Ada (On call)"),
        (216.0, "nearly", "Lee (deputy Release Engineer)"),
        (240.0, "breached", "Ada (On call)"),
        (240.0, "breached", "Lee (deputy Release Engineer)"),
    ]
    row = Delivery.objects.filter(key="nearly", user=lee, route="email").get()
    assert row.body.splitlines()[:2] == [
        "Respond: 24 min left, until 21 Nov 06:00 UTC.",
        "Total time: 24 min left, until 21 Nov 06:00 UTC.",
    ]


def test_who_has_the_step_hears_of_half_of_it_quietly_and_the_contacts_do_not(
    product: Product, ada: User, ben: User, lee: User, clock: Stage
) -> None:
    incident = high(product, ada)
    roles.claim(incident, "release_engineer", by=ben)
    play(incident, clock, until=239)
    assert told(incident, *REMINDED, route="inapp")[0] == (120.0, "half", "Ben (Release Engineer)")
    assert told(incident, *REMINDED) == [
        (180.0, "warned", "Ben (Release Engineer)"),
        (216.0, "nearly", "Ben (Release Engineer)"),
        (216.0, "nearly", "Ada (Release Engineer)"),
    ]


def test_each_clock_is_its_own_roles(product: Product, ada: User, ben: User, clock: Stage) -> None:
    """K48: the deployment is of the one who carries it out, the follow-up of the product owner; it counts from when
    it may be sent: a day after the deployment."""
    incident = high(product, ada)
    roles.claim(incident, "release_engineer", by=ada)
    role_holders.list_for_role(product, role="product_owner", user=ben, by=ada)
    roles.claim(incident, "product_owner", by=ben)
    for kind in ("hotfix_started", "approved"):
        lifecycle.perform(incident, Step(kind, OPEN), by=ada)
    play(incident, clock, until=29)
    assert told(incident, *REMINDED) == [
        (22.5, "warned", "Ada (Release Engineer)"), (27.0, "nearly", "Ada (Release Engineer)"),
    ]  # fmt: skip
    lifecycle.perform(incident, Step("deployed", OPEN), by=ada)
    follow_up = incident.clocks.get(key="follow_up")
    assert follow_up.warn_at == follow_up.started_at + timedelta(hours=25)
    transitions.resolve(incident, by=ada)
    Delivery.objects.all().delete()
    play(incident, clock, until=29 + 25.5 * 60)
    assert {row[1:] for row in told(incident, "warned")} >= {("warned", "Ben (Product Owner)")}


def test_after_an_outage_only_the_latest_stage_is_told(product: Product, ada: User, clock: Stage) -> None:
    incident = high(product, ada)
    clock.set(NIGHT + timedelta(minutes=230))
    Announcement.objects.all().delete()  # in one transaction, as this test is, each is said once
    assert sweep.warn_due() == 2
    # Who is asked next, and who was told, is something else on open pages now.
    said = Announcement.objects.filter(event="refresh").values_list("topic", flat=True)
    assert set(said) == {f"incident:{incident.pk}", f"board:{product.team_id}"}
    assert [row.key for row in Delivery.objects.filter(key__in=REMINDED, route="email")] == ["nearly"]
    rows = Reminder.objects.filter(clock=incident.clocks.get(key="response")).order_by("stage")
    assert [(row.stage, bool(row.about)) for row in rows] == [(50, False), (75, False), (90, True)]
    assert "Respond: 10 min left" in Delivery.objects.get(key="nearly", route="email").body
    clock.set(NIGHT + timedelta(minutes=300))
    assert (sweep.warn_due(), sweep.breach_due()) == (0, 2)


def test_what_ran_out_unseen_is_told_as_a_breach_alone(product: Product, ada: User, clock: Stage) -> None:
    incident = high(product, ada)
    clock.set(NIGHT + timedelta(minutes=300))
    sweep.warn_due()
    sweep.breach_due()
    keys = Delivery.objects.about(incident.ref).filter(route="email").values_list("key", flat=True)
    assert [key for key in keys if key in (*REMINDED, "breached")] == ["breached"]


def waiting(key: str = "warned") -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(key=key, route="email").order_by("pk")
    return [(row.state, row.reason) for row in rows]


@pytest.mark.parametrize("verb", ["mitigate", "pause", "waive", "change"])
def test_a_reminder_of_what_is_over_is_called_back_with_it(
    product: Product, ada: User, clock: Stage, verb: str
) -> None:
    incident = high(product, ada)
    clock_verbs.waive_clock(incident, "total", by=ada, reason="One clock is enough here")
    clock.set(NIGHT + timedelta(minutes=181))
    sweep.warn_due()
    assert waiting() == [("pending", "")]
    if verb == "mitigate":
        transitions.mitigate(incident, by=ada)
    elif verb == "pause":
        clock_verbs.pause_clock(incident, "response", by=ada, reason="The provider works on it")
    elif verb == "waive":
        clock_verbs.waive_clock(incident, "response", by=ada, reason="It is a test system")
    else:
        medium = product.severities().get(key="MEDIUM")
        transitions.change_severity(incident, by=ada, severity=medium, reason="Hardly anybody")
    assert [state for state, _reason in waiting()] == ["cancelled"]
    assert waiting()[0][1] != ""


def test_of_two_clocks_in_one_message_the_one_that_ended_is_taken_out(
    product: Product, ada: User, clock: Stage
) -> None:
    incident = high(product, ada)
    clock.set(NIGHT + timedelta(minutes=181))
    sweep.warn_due()
    transitions.mitigate(incident, by=ada)
    row = Delivery.objects.get(key="warned", route="email")
    assert (row.state, "Respond:" in row.body, "Total time:" in row.body) == ("pending", False, True)
    transitions.resolve(incident, by=ada)
    assert waiting() == [("cancelled", "resolved")]


def test_a_moment_that_is_corrected_takes_its_reminder_along(
    product: Product, ada: User, clock: Stage
) -> None:
    incident = high(product, ada)
    for kind in ("hotfix_started", "approved"):
        event = lifecycle.perform(incident, Step(kind, OPEN), by=ada)
    clock.set(NIGHT + timedelta(minutes=24))
    sweep.warn_due()
    assert waiting() == [("pending", "")]
    corrections.correct(
        event, by=ada, occurred_at=NIGHT + timedelta(minutes=10), reason="I was late to write"
    )
    assert waiting() == [("cancelled", "corrected")]


def test_what_wakes_nobody_waits_for_the_morning(product: Product, ada: User, clock: Stage) -> None:
    """K132: MEDIUM has four hours to be acknowledged; three quarters of them are gone at five in the morning."""
    contacts.add_contact(product, label="On call", user=ada, by=ada)
    medium = product.severities().get(key="MEDIUM")
    incident = declare(product, by=None, title="x", severity=medium)
    play(incident, clock, until=181)
    due = Delivery.objects.get(key="escalated", route="email").due_at
    assert due == NIGHT.replace(hour=8)


@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.RETROSPECTIVE])
def test_drills_and_what_is_told_afterwards_remind_nobody(
    product: Product, ada: User, clock: Stage, mode: Mode
) -> None:
    incident = declare(product, by=ada, title="x", mode=mode)
    for minutes in (8, 20, 46, 55, 70):
        clock.set(NIGHT + timedelta(minutes=minutes))
        sweep.warn_due()
        sweep.breach_due()
        sweep.escalate_due()
    rows = Delivery.objects.about(incident.ref)
    assert {row.state for row in rows} == {"skipped"}
    assert bool(rows.filter(key="warned")) is (mode == Mode.DRILL)
    assert Reminder.objects.exists() is (mode == Mode.DRILL)


def test_an_incident_that_was_known_late_is_not_reminded_of_what_has_passed(
    product: Product, ada: User
) -> None:
    declare(product, by=ada, title="x", severity=product.severities().get(key="CRITICAL"),
            detected_at=moment.now() - timedelta(minutes=50))  # fmt: skip
    assert sweep.warn_due() == 0
    response = Clock.objects.get(key="response")
    assert (response.warned, response.warn_at) == (
        75,
        response.due_at and response.due_at - timedelta(minutes=6),
    )


MOVES = ("wait 3", "wait 20", "wait 90", "acknowledge", "pause", "resume", "waive", "worse", "milder", "hotfix",
         "mitigate", "resolve", "reopen", "sweep")  # fmt: skip


@given(moves=st.lists(st.sampled_from(MOVES), min_size=3, max_size=14))
@how(max_examples=times(12, deep=100), deadline=None, suppress_health_check=list(HealthCheck))
def test_each_stage_comes_once_and_none_of_a_clock_that_has_ended(moves: list[str]) -> None:
    """Whatever people do in between: at most one message for each stage of each run, told while it ran."""
    with stage(NIGHT) as clock:
        product = make_product(make_team("night"), name="Night Mobile")
        ada = make_user("night@example.test")
        join(ada, product.team)
        incident = declare(product, by=ada, title="x", severity=product.severities().get(key="HIGH"))
        for move in moves:
            _move(incident, clock, ada, move)
            ended = {
                row.pk: row.run.ended_at or row.breached_at for row in Clock.objects.filter(incident=incident)
            }
            for row in Reminder.objects.filter(clock__incident=incident).exclude(about=""):
                at = ended[row.clock_id]
                assert at is None or row.noticed_at <= at or row.clock.breached_at is not None
                assert row.noticed_at < row.due_at
        seen = Reminder.objects.filter(clock__incident=incident).values_list("clock", "stage")
        assert len(seen) == len(set(seen))
        for row in Reminder.objects.exclude(about=""):
            if row.clock.run.ended_at:
                unsent = Delivery.objects.filter(about=row.about, state="pending")
                others = Reminder.objects.filter(about=row.about).exclude(clock=row.clock_id)
                assert not unsent.exists() or any(one.clock.run.ended_at is None for one in others)


def _move(incident: Incident, clock: Stage, ada: User, move: str) -> None:
    """As a person or the ticker does it; what does not fit just now is refused."""
    what, _space, minutes = move.partition(" ")
    severities = incident.process_version.severities
    acts: dict[str, Callable[[], object]] = {
        "acknowledge": lambda: transitions.acknowledge(incident, by=ada),
        "pause": lambda: clock_verbs.pause_clock(incident, "response", by=ada, reason="x"),
        "resume": lambda: clock_verbs.resume_clock(incident, "response", by=ada, reason="x"),
        "waive": lambda: clock_verbs.waive_clock(incident, "total", by=ada, reason="x"),
        "worse": lambda: transitions.change_severity(
            incident, by=ada, severity=severities.get(key="CRITICAL"), reason="x"
        ),
        "milder": lambda: transitions.change_severity(
            incident, by=ada, severity=severities.get(key="MEDIUM"), reason="x"
        ),
        "hotfix": lambda: lifecycle.perform(incident, Step("hotfix_started", OPEN), by=ada),
        "mitigate": lambda: transitions.mitigate(incident, by=ada),
        "resolve": lambda: transitions.resolve(incident, by=ada),
        "reopen": lambda: transitions.reopen(incident, by=ada, reason="x"),
        "sweep": lambda: sweep.turn(incident.pk, sweep.JOBS),
        "wait": lambda: clock.set(clock.now + timedelta(minutes=int(minutes or 0))),
    }
    with suppress(TooLate, ValidationError):
        acts[what]()
    incident.refresh_from_db()
