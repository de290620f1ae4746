"""Is it a hotfix, and how bad (A18–A20, K6–K13, K19, C5, C6): asked on the page, one tap, no script."""

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle import triage
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Status
from incidents.work.next_action import next_action
from monitoring.states import State
from products.models import Product
from tests.factories import make_product, make_target

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def unsure(product: Product, ada: User) -> Incident:
    return declare(product, by=ada, title="Sign-in fails", severity=None)


@pytest.fixture
def phone(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_the_questions_are_the_process_s_own(unsure: Incident) -> None:
    """K6–K9 lead to a hotfix, K10–K13 leave it for a release."""
    found = triage.questions(unsure)
    assert [(one.text, one.seen) for one in found["use"]] == [
        ("A critical bug in production that affects users", False),
        ("Data is lost, or there is a security vulnerability", False),
        ("The service is unavailable, or a major feature is broken", False),
        ("Something keeps customers from going on", False),
    ]
    assert [one.text for one in found["leave"]] == [
        "A minor bug that can wait for the next release", "A feature request",
        "An improvement that would be nice to have", "A question of styling",
    ]  # fmt: skip


def test_a_monitor_that_is_down_answers_one_of_them(product: Product, ada: User) -> None:
    """K8."""
    target = make_target(product)
    incident = declare(product, by=None, title="Down", severity=None, target=target)
    target.state = State.DOWN
    assert [one.text for one in triage.questions(incident)["use"] if one.seen] == [
        "The service is unavailable, or a major feature is broken"
    ]
    assert [one.text for _row, examples in triage.guide(incident) for one in examples if one.seen] == [
        "Service down"
    ]


def test_every_line_is_one_tap(phone: Client, unsure: Incident) -> None:
    page = phone.get(f"/incidents/{unsure.ref}/").content.decode()
    for number in range(4):
        assert f'href="/incidents/{unsure.ref}/assess?why={number}"' in page
        assert f'href="/incidents/{unsure.ref}/defer?why={number}"' in page
    form = phone.get(f"/incidents/{unsure.ref}/assess?why=1").content.decode()
    places = [form.find(f'value="{pick}"') for pick in ("CRITICAL:0", "CRITICAL:1", "HIGH:0", "MEDIUM:0")]
    assert -1 not in places
    assert 'value="HIGH:1"' not in form  # a workaround alone is no HIGH
    assert places == sorted(places)
    assert "Not sure: keep CRITICAL" in form


def test_the_proposed_one_is_confirmed_with_what_was_tapped(phone: Client, unsure: Incident) -> None:
    """K19, A19: at once, no further gate."""
    answer = phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "CRITICAL:1", "why": "1"})
    assert answer.status_code == 302
    unsure.refresh_from_db()
    event = unsure.events.select_related("payload").latest("seq")
    assert (unsure.status, event.kind) == (Status.ACTIVE, "severity_confirmed")
    assert event.text == "Data is lost, or there is a security vulnerability: data loss"


def test_another_one_is_chosen_by_its_example(phone: Client, unsure: Incident) -> None:
    phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "medium:0"})
    unsure.refresh_from_db()
    assert (unsure.status, unsure.severity.key) == (Status.ACTIVE, "MEDIUM")
    assert unsure.events.select_related("payload").latest("seq").text == "It is this: Minor feature affected."
    assert unsure.clocks.get(key="response").target == "next release"


@pytest.mark.parametrize(
    "sent", [{}, {"pick": ""}, {"pick": "P0"}, {"pick": "HIGH:9"}, {"pick": "HIGH:x"}, {"pick": ":"}]
)
def test_what_the_process_does_not_know_is_refused(
    phone: Client, unsure: Incident, sent: dict[str, str]
) -> None:
    phone.post(f"/incidents/{unsure.ref}/assess", {"other": "x", **sent})
    unsure.refresh_from_db()
    assert unsure.status == Status.TRIAGE


def test_what_is_confirmed_is_assessed_once(phone: Client, unsure: Incident) -> None:
    assert phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "CRITICAL"}).status_code == 302
    assert phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "CRITICAL"}).status_code == 409


@pytest.mark.parametrize(
    ("process", "severity", "verb"),
    [
        ("krow", "CRITICAL", "lead"), ("krow", "HIGH", "lead"), ("krow", "MEDIUM", "defer"),
        ("archy", "P0", "lead"), ("archy", "P1", "lead"), ("archy", "P2", "defer"), ("archy", "P3", "defer"),
    ],
)  # fmt: skip
def test_the_worst_go_ahead_and_the_others_are_planned_by_default(
    ada: User, process: str, severity: str, verb: str
) -> None:
    """A19, A20, C5, C6: while the clock goes on."""
    product = make_product(name=process, process=process)
    incident = declare(product, by=ada, title="Broken", severity=product.severities().get(key=severity))
    incident.acknowledged_at = incident.declared_at
    action = next_action(incident)
    assert action is not None
    assert action.verb == verb
    assert incident.clocks.get(key="response").stopped_at is None


def test_a_stale_tab_does_not_lower_what_somebody_else_confirmed(phone: Client, unsure: Incident) -> None:
    """It is told what stands now; lowering it then asks why."""
    form = phone.get(f"/incidents/{unsure.ref}/assess").content.decode()
    assert '<input type="hidden" name="seen" value="CRITICAL"' in form
    phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "CRITICAL:0", "seen": "CRITICAL"})
    answer = phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "MEDIUM:0", "seen": "CRITICAL"})
    unsure.refresh_from_db()
    assert (answer.status_code, unsure.severity.key) == (409, "CRITICAL")
    assert "Severity confirmed" in answer.content.decode()


def test_a_lower_one_without_a_reason_is_refused(phone: Client, unsure: Incident) -> None:
    answer = phone.post(f"/incidents/{unsure.ref}/assess", {"pick": "MEDIUM", "seen": "CRITICAL"})
    unsure.refresh_from_db()
    assert (answer.status_code, unsure.status) == (422, Status.TRIAGE)
    assert "less severe than it is now" in answer.content.decode()
