"""What a message claims is judged by what is known: monitors' history, checks, and what other parts know (K70–K76)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from foundation import moment
from incidents.lifecycle import lifecycle, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step
from incidents.messages import claims
from incidents.messages.claims import Claims, Finding, register_claim
from incidents.models import OPEN, Incident
from incidents.work import work
from incidents.work.report import report
from monitoring.models import Monitor, StatusChange, Target
from products.models import Product
from tests.factories import make_target

pytestmark = pytest.mark.usefixtures("declared")


def judged(incident: Incident, claim: str, subject: str = "") -> Finding:
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    return Claims(work.read(fresh), moment.now()).judge(claim, subject)


def was(target: Target, *changes: tuple[float, str]) -> None:
    """(hours ago, state) in their order; the last one is how it is now."""
    now = moment.now()
    last = StatusChange.objects.filter(target=target).order_by("-at").first()
    before = last.state if last else "unknown"
    for hours, state in changes:
        at = now - timedelta(hours=hours)
        StatusChange.objects.create(target=target, was=before, state=state, at=at)
        before = state
        Target.objects.filter(pk=target.pk).update(
            state=state, settled=state, since=at, fresh_until=now + timedelta(hours=1)
        )


@pytest.fixture
def target(product: Product) -> Target:
    return make_target(product)


@pytest.fixture
def asked() -> Iterator[list[tuple[str, str]]]:
    """What registered judges are asked in this test; they are forgotten after it."""
    before = {claim: list(found) for claim, found in claims._judges.items()}
    yield []
    claims._judges.clear()
    claims._judges.update(before)


def test_quiet_for_a_day_by_what_the_monitors_saw_k76(target: Target, incident: Incident) -> None:
    was(target, (30, "up"))
    found = judged(incident, "stable")
    assert (found.shown, found.why) == (True, "Every monitor of the product has been up for 24 hours.")
    assert found.facts["monitors"]["Checkout"] == {
        "up_s": 86400,
        "down_s": 0,
        "degraded_s": 0,
        "unwatched_s": 0,
    }


def test_a_fault_in_the_night_that_is_over_speaks_against_it_k76(target: Target, incident: Incident) -> None:
    was(target, (30, "up"), (5, "down"), (4.75, "up"))
    found = judged(incident, "stable")
    assert found.shown is False
    assert found.why.startswith("Checkout was down for 15 min, from ")
    assert found.facts["monitors"]["Checkout"]["down_s"] == 900


def test_a_short_gap_of_ours_does_not_and_a_long_one_does_k76(target: Target, incident: Incident) -> None:
    # Not quite six minutes and two hours: on the full minute the sum's last digit would decide.
    was(target, (30, "up"), (5, "unknown"), (4.905, "up"))
    assert judged(incident, "stable").shown is True
    was(target, (3, "unknown"), (1, "up"))
    found = judged(incident, "stable")
    assert (found.shown, found.why) == (
        False,
        "Checkout has been watched for 21 h 54 min of the last 24 h only.",
    )


@pytest.mark.parametrize("interval_s", [60, 10])
def test_what_was_ill_until_the_deployment_worked_is_not_of_the_day_after_k76(
    product: Product, target: Target, ada: User, interval_s: int
) -> None:
    """Said a day late: the watch goes by what the monitor saw, however often it looks."""
    was(target, (25, "down"), (23.75, "up"))
    Target.objects.filter(pk=target.pk).update(created_at=moment.now() - timedelta(hours=25))
    Monitor.objects.filter(targets=target).update(looked_at=moment.now(), interval_s=interval_s)
    incident = declare(product, by=ada, title="Sign-in fails", detected_at=moment.now() - timedelta(hours=25))
    report(incident, "deployed", by=ada, at=moment.now() - timedelta(hours=24))
    report(incident, "smoke_passed", by=ada, at=moment.now() - timedelta(hours=23.5))
    assert judged(incident, "stable").shown is True


def test_who_knows_more_is_asked_first_and_what_speaks_against_it_decides_k75(
    incident: Incident, asked: list[tuple[str, str]]
) -> None:
    def counted(about: Incident, subject: str, now: datetime) -> Finding | None:
        asked.append((about.ref, subject))
        return Finding(True, "0 errors in 24 h, counted by Sentry.", {"errors": 0}) if subject else None

    assert judged(incident, "zero_errors").why == "Nothing here counts the errors of this product."
    register_claim("zero_errors", counted)
    register_claim("zero_errors", counted)
    assert judged(incident, "zero_errors").shown is False
    assert judged(incident, "zero_errors", "HF-3").shown is True
    assert asked == [(incident.ref, ""), (incident.ref, "HF-3")]
    register_claim("zero_errors", lambda about, subject, now: Finding(False, "2 errors since 14:00."))
    assert judged(incident, "zero_errors", "HF-3").why == "2 errors since 14:00."


def test_what_no_message_claims_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured):
        register_claim("all_well", lambda about, subject, now: None)


def test_a_finding_is_known_by_its_digest() -> None:
    found = Finding(True, "0 errors.", {"errors": 0})
    assert found.digest == Finding(True, "0 errors.", {"errors": 0}).digest
    assert found.digest != Finding(True, "0 errors.", {"errors": 1}).digest


def test_the_smoke_tests_of_another_remedy_say_nothing_of_this_one(incident: Incident, ada: User) -> None:
    for kind, subject in (("deployed", "HF-1"), ("deployed", "HF-2"), ("smoke_passed", "HF-1")):
        lifecycle.perform(incident, Step(kind, OPEN), by=ada, subject=subject)
    assert judged(incident, "deployed_and_verified", "HF-1").shown is True
    found = judged(incident, "deployed_and_verified", "HF-2")
    assert (found.shown, found.why) == (False, "The smoke tests have not passed since the deployment.")


def test_resolved_is_not_said_to_users_once_it_has_failed_since_or_a_monitor_is_down_k71(
    incident: Incident, target: Target, ada: User
) -> None:
    transitions.describe(incident, by=ada, users_affected=120)
    report(incident, "deployed", by=ada)
    report(incident, "smoke_passed", by=ada)
    transitions.resolve(incident, by=ada)
    assert judged(incident, "resolved_for_users").shown is True
    was(target, (2, "up"), (1, "down"))
    found = judged(incident, "resolved_for_users")
    assert (found.shown, found.why) == (False, f"The monitor {target.monitor} says: Down.")
    was(target, (0.5, "up"))
    report(incident, "smoke_failed", by=ada)
    found = judged(incident, "resolved_for_users")
    assert (found.shown, found.why) == (False, "Since it was resolved: smoke tests failed.")
    report(incident, "smoke_passed", by=ada)
    assert judged(incident, "resolved_for_users").shown is True


def test_who_switches_off_the_monitor_that_saw_it_has_not_mended_it_k70(
    product: Product, incident: Incident, target: Target
) -> None:
    other = make_target(product)
    was(other, (30, "up"))
    was(target, (30, "down"))
    Incident.objects.filter(pk=incident.pk).update(target=target)
    Monitor.objects.filter(pk=target.monitor_id).update(enabled=False)
    for claim in ("restored", "stable"):
        found = judged(incident, claim)
        assert (found.shown, found.why) == (
            False,
            f"The monitor {target.monitor}, which saw it, is switched off.",
        )
