"""Another severity: a reason is needed, the clocks follow, what was breached stays on record."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, Status
from notifications.models import Delivery
from products.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.usefixtures("house")


def test_the_clocks_follow_from_detection(incident: Incident, product: Product, ada: User) -> None:
    high = product.severities().get(key="HIGH")
    event = transitions.change_severity(incident, by=ada, severity=high, reason="There is a workaround")
    response = incident.clocks.get(key="response")
    assert (response.target, response.due_at) == ("< 4 h", incident.detected_at + timedelta(hours=4))
    assert (event.text, event.data["was"], event.data["now"]) == (
        "There is a workaround", incident.process_version.severities.get(key="CRITICAL").label, high.label,
    )  # fmt: skip


def test_in_triage_it_confirms_k19(product: Product, ada: User) -> None:
    incident = declare(product, by=None, title="Down")
    transitions.change_severity(
        incident, by=ada, severity=product.severities().get(key="HIGH"), reason="Partly"
    )
    assert incident.status == Status.ACTIVE


def test_without_a_reason_nothing_changes(incident: Incident, product: Product, ada: User) -> None:
    with pytest.raises(ValidationError):
        transitions.change_severity(
            incident, by=ada, severity=product.severities().get(key="HIGH"), reason="  "
        )
    incident.refresh_from_db()
    assert incident.severity.key == "CRITICAL"


def test_another_process_s_severity_is_refused(incident: Incident, ada: User) -> None:
    foreign = make_product(process="archy", name="Archipelago").severities().first()
    assert foreign is not None
    with pytest.raises(ValidationError):
        transitions.change_severity(incident, by=ada, severity=foreign, reason="Because")


def test_two_at_once_do_not_overwrite_each_other(
    incident: Incident, product: Product, ada: User, ben: User
) -> None:
    seen_by_ben = Incident.objects.get(pk=incident.pk)
    transitions.change_severity(
        incident, by=ada, severity=product.severities().get(key="HIGH"), reason="Partly"
    )
    with pytest.raises(TooLate):
        transitions.change_severity(
            seen_by_ben, by=ben, severity=product.severities().get(key="MEDIUM"), reason="Hardly"
        )
    incident.refresh_from_db()
    assert incident.severity.key == "HIGH"


def test_a_forgiven_breach_stays_on_record_and_the_clock_goes_on(product: Product, ada: User) -> None:
    long_ago = moment.now() - timedelta(hours=2)
    critical, high = (product.severities().get(key=key) for key in ("CRITICAL", "HIGH"))
    incident = declare(product, by=ada, title="Down", severity=critical, detected_at=long_ago)
    sweep.breach_due()
    transitions.change_severity(incident, by=ada, severity=high, reason="A workaround was found")
    first, second = incident.clocks.filter(key="response").order_by("cycle")
    assert first.breached_at is not None
    assert first.cancelled_at is not None
    assert (second.cycle, second.breached_at, second.due_at) == (2, None, long_ago + timedelta(hours=4))
    assert (
        incident.events.filter(kind="clock_breached", payload__body__contains='"key":"response"').count() == 1
    )


def test_a_higher_severity_may_be_due_at_once_and_is_not_called_late(product: Product, ada: User) -> None:
    seen = moment.now() - timedelta(hours=2)
    critical, high = (product.severities().get(key=key) for key in ("CRITICAL", "HIGH"))
    incident = declare(product, by=ada, title="Down", severity=high, detected_at=seen)
    sweep.breach_due()
    transitions.change_severity(incident, by=ada, severity=critical, reason="Data is lost")
    sweep.breach_due()
    breach = [e for e in incident.events.filter(kind="clock_breached") if e.data["key"] == "response"]
    assert len(breach) == 1
    assert breach[0].data["noticed_late_s"] < 60  # not the two hours


def test_the_sum_lists_every_severity_that_held(incident: Incident, product: Product, ada: User) -> None:
    """The same text on page, in the API and in the report."""
    changes = []
    for key in ("MEDIUM", "HIGH"):
        severity = product.severities().get(key=key)
        changes.append(transitions.change_severity(incident, by=ada, severity=severity, reason="Because"))
    second, third = (f"{event.occurred_at:%Y-%m-%d %H:%M:%S} UTC" for event in changes)
    medium = product.severities().get(key="MEDIUM").target("response").text()
    said = f"HIGH since {third}: < 4 h; MEDIUM since {second}: {medium}; CRITICAL before: < 1 h."
    assert incident.clocks.get(key="response").sum(moment.now())[1] == said


def test_who_hears_that_it_is_worse_reads_the_limit_that_holds_now(
    product: Product, ada: User, ben: User
) -> None:
    severities = product.severities()
    incident = declare(product, by=ada, title="Down", severity=severities.get(key="HIGH"))
    transitions.change_severity(
        incident, by=ada, severity=severities.get(key="CRITICAL"), reason="All of them"
    )
    told = Delivery.objects.filter(key="raised", user=ben).first()
    assert told
    assert f"({incident.clocks.get(key='response').target})." in told.body
