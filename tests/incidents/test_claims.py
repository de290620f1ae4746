"""What a message claims is judged by what is known: monitors' history, checks, and what other parts know (K70–K76)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from foundation import moment
from incidents import claims, work
from incidents.claims import Claims, Finding, register_claim
from incidents.declare import declare
from incidents.models import Incident
from incidents.report import report
from monitoring.models import StatusChange, Target
from products.models import Product
from tests.factories import make_target


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
    was(target, (30, "up"), (5, "unknown"), (4.9, "up"))
    assert judged(incident, "stable").shown is True
    was(target, (3, "unknown"), (1, "up"))
    found = judged(incident, "stable")
    assert (found.shown, found.why) == (
        False,
        "Checkout has been watched for 21 h 54 min of the last 24 h only.",
    )


def test_what_was_ill_until_the_deployment_worked_is_not_of_the_day_after_k76(
    product: Product, target: Target, ada: User
) -> None:
    incident = declare(product, by=ada, title="Sign-in fails", detected_at=moment.now() - timedelta(hours=25))
    report(incident, "deployed", by=ada, at=moment.now() - timedelta(hours=24))
    report(incident, "smoke_passed", by=ada, at=moment.now() - timedelta(hours=23.5))
    was(target, (25, "down"), (23.75, "up"))
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
