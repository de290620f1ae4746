"""What runs out is breached: once, in order, and late if it was noticed late."""

from datetime import timedelta

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident
from incidents.work.report import report
from products.models import Product


def due_in(incident: Incident, key: str, seconds: float) -> Clock:
    """Put the clock where it runs out `seconds` from now."""
    clock = Clock.objects.get(incident=incident, key=key)
    clock.started_at = moment.now() + timedelta(seconds=seconds - (clock.target_s or 0))
    clock.due_set_at = clock.started_at
    clock.due_at = clock.reading(moment.now()).due_at
    clock.save()
    return clock


def test_a_clock_that_still_has_time_is_left_alone(incident: Incident) -> None:
    due_in(incident, "response", 60)
    due_in(incident, "acknowledged", 60)
    assert sweep.breach_due() == 0


def test_a_breach_is_told_at_its_due_moment_and_once(incident: Incident) -> None:
    clock = due_in(incident, "response", -1)
    due_in(incident, "acknowledged", 60)
    assert (sweep.breach_due(), sweep.breach_due()) == (1, 0)
    event = incident.events.get(kind="clock_breached")
    assert (event.occurred_at, event.actor, event.source) == (clock.due_at, None, "clock")
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_noticed_late_says_how_late(incident: Incident) -> None:
    due_in(incident, "response", -420)
    sweep.breach_due()
    event = next(e for e in incident.events.filter(kind="clock_breached") if e.data["key"] == "response")
    assert 420 <= event.data["noticed_late_s"] < 480
    assert "noticed 7 min" in event.lines.get().html


def test_declared_long_after_detection_is_not_noticed_late(product: Product, ada: User) -> None:
    critical = product.severities().get(key="CRITICAL")
    seen = moment.now() - timedelta(hours=5)
    incident = declare(product, by=ada, title="Down since five hours", severity=critical, detected_at=seen)
    sweep.breach_due()
    late = [event.data["noticed_late_s"] for event in incident.events.filter(kind="clock_breached")]
    assert len(late) == 3  # to acknowledge, to respond, in all
    assert max(late) < 60  # not the five hours


def test_a_stopped_clock_is_never_breached(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    stopped = Clock.objects.filter(incident=incident).exclude(stopped_at=None)
    assert stopped.update(due_at=moment.now() - timedelta(hours=1)) == 4
    assert sweep.breach_due() == 0


def test_the_next_due_moment_is_the_earliest(incident: Incident) -> None:
    due_in(incident, "response", 60)
    first = due_in(incident, "acknowledged", 30)
    assert sweep.next_due() == first.due_at


def test_a_person_faster_than_the_sweep_does_not_hide_the_breach(incident: Incident, ada: User) -> None:
    clock = due_in(incident, "acknowledged", -600)
    due_in(incident, "response", 60)
    transitions.acknowledge(incident, by=ada)
    clock.refresh_from_db()
    assert (clock.breached_at, clock.reading(moment.now()).state) == (clock.due_at, "breached")
    assert list(incident.events.order_by("seq").values_list("kind", flat=True)) == [
        "declared", "clock_breached", "acknowledged",
    ]  # fmt: skip
    assert sweep.breach_due() == 0


def test_lowering_the_severity_late_does_not_hide_the_breach(
    incident: Incident, product: Product, ada: User
) -> None:
    due_in(incident, "response", -60)
    due_in(incident, "acknowledged", 60)
    medium = product.severities().get(key="MEDIUM")
    transitions.change_severity(incident, by=ada, severity=medium, reason="Hardly anybody is affected")
    assert incident.events.filter(kind="clock_breached").count() == 1


def test_whoever_contains_it_has_seen_it(incident: Incident, ada: User) -> None:
    event = transitions.mitigate(incident, by=ada)
    assert incident.acknowledged_at == event.occurred_at


def test_what_happened_in_the_last_moment_or_was_told_afterwards_is_in_time(
    product: Product, ada: User
) -> None:
    """K47: approved fifteen minutes after it was asked for, to the second; contained in time and said too late."""
    seen = moment.now() - timedelta(hours=2)
    incident = declare(
        product,
        by=ada,
        title="Sign-in fails",
        severity=product.severities().get(key="CRITICAL"),
        detected_at=seen,
    )
    report(incident, "review_requested", by=ada, at=seen + timedelta(minutes=15))
    report(incident, "approved", by=ada, at=seen + timedelta(minutes=30))
    told = [event.data["key"] for event in incident.events.filter(kind="clock_breached")]
    assert told == ["acknowledged"]
    assert sweep.breach_due() == 1
    assert Clock.objects.get(incident=incident, key="response").breached_at is None  # the hotfix had begun
    late = Clock.objects.get(incident=incident, key="deploy")
    assert late.breached_at is not None
    report(incident, "deployed", by=ada, at=seen + timedelta(minutes=60))
    late.refresh_from_db()
    assert late.breached_at is None
    assert late.reading(moment.now()).state == "met"
