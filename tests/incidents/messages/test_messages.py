"""What people are told: due by events, filled in, without what cannot be shown, sent once (K65–K77, C11, C17)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import Step, TooLate, perform
from incidents.messages import messages
from incidents.messages.messages import MessageView
from incidents.models import Incident
from incidents.work.report import REPORTED_IN, report
from monitoring.models import Target
from products.models import Product
from products.vocabulary import EventKind
from tests.factories import make_product, make_target

pytestmark = pytest.mark.usefixtures("declared")


def message(incident: Incident, key: str, later: timedelta = timedelta()) -> MessageView:
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    return {m.key: m for m in messages.messages(fresh, now=moment.now() + later)}[key]


def states(incident: Incident) -> list[str]:
    return [m.state for m in messages.messages(Incident.objects.for_page().get(pk=incident.pk))]


def up(target: Target, since: timedelta) -> None:
    now = moment.now()
    Target.objects.filter(pk=target.pk).update(
        state="up", settled="up", since=now - since, fresh_until=now + timedelta(hours=1)
    )


def test_a_message_waits_for_what_it_claims_c11(incident: Incident, ada: User) -> None:
    assert states(incident) == ["later", "later", "later"]
    report(incident, "deployed", by=ada)
    assert states(incident) == ["waits", "later", "planned"]
    assert message(incident, "deployed").waits_for == "Smoke tests passed"
    report(incident, "smoke_passed", by=ada)
    assert states(incident) == ["due", "later", "planned"]


def test_the_follow_up_is_due_a_day_after_the_deployment_and_late_two_hours_after_k73(
    incident: Incident, ada: User
) -> None:
    event = report(incident, "deployed", by=ada)
    found = message(incident, "follow_up", timedelta(hours=23))
    assert (found.state, found.due_at) == ("planned", event.occurred_at + timedelta(hours=24))
    found = message(incident, "follow_up", timedelta(hours=25))
    assert (found.state, found.late) == ("due", False)
    found = message(incident, "follow_up", timedelta(hours=27))
    assert (found.state, found.late) == ("due", True)


def test_the_first_message_as_its_source_writes_it_without_what_nobody_can_show_k65_k72(
    product: Product, ada: User
) -> None:
    product.version = "0.1.0"
    product.save(update_fields=["version"])
    incident = declare(
        product,
        by=ada,
        title="Sign-in fails",
        severity=product.severities().get(key="HIGH"),
        users_affected=120,
    )
    report(incident, "deployed", by=ada)
    report(incident, "smoke_passed", by=ada)
    found = message(incident, "deployed")
    assert found.text.splitlines() == [
        "🚨 PRODUCTION HOTFIX DEPLOYED",
        "Product: Staff Mobile",
        "Version: 0.1.1",
        "Issue: Sign-in fails",
        "Impact: Resolved for 120 users",
        "Status: ✅ Deployed & verified",
    ]
    struck = {line.text: line.finding.why for line in found.lines if line.struck and line.finding}
    assert struck == {
        "No user action required.": "Only a person can know what users must do.",
        "Service restored to normal.": "No monitor watches this product.",
    }


def test_verified_is_struck_out_after_smoke_tests_that_failed_k70(incident: Incident, ada: User) -> None:
    for kind in ("deployed", "smoke_passed", "smoke_failed"):
        report(incident, kind, by=ada)
    line = message(incident, "deployed").lines[5]
    assert (line.text, line.struck) == ("Status: ✅ Deployed & verified", True)


def test_once_it_got_worse_nothing_is_verified_also_when_somebody_has_decided_on_it_k70(
    incident: Incident, ada: User
) -> None:
    for kind in ("deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    messages.vouch(incident, "deployed", "no_user_action", by=ada, reason="The fix is on the server")
    assert "Deployed & verified" in message(incident, "deployed").text
    for kind in (EventKind.REGRESSED, EventKind.DECIDED):
        perform(incident, Step(kind, REPORTED_IN), by=ada, text="Menus are empty")
        found = message(incident, "deployed")
        assert found.lines[5].struck
        assert found.lines[5].finding
        assert "says since" in found.lines[5].finding.why
        # Whoever vouched did not know of it yet.
        assert "No user action required." not in found.text


def test_restored_and_stable_stand_while_the_monitors_agree_k72_k76_c17(product: Product, ada: User) -> None:
    target = make_target(product)
    incident = declare(product, by=ada, title="Sign-in fails")

    def struck(key: str, claim: str) -> str:
        line = next(line for line in message(incident, key).lines if line.claim == claim)
        assert line.finding is not None
        return line.finding.why if line.struck else ""

    assert struck("deployed", "restored") == "The monitor Checkout says: Can't tell."
    up(target, timedelta(hours=2))
    assert struck("deployed", "restored") == ""
    assert struck("follow_up", "stable") == "Checkout has been watched for 0 s of the last 24 h only."
    up(target, timedelta(hours=25))
    assert struck("follow_up", "stable") == ""
    Target.objects.filter(pk=target.pk).update(state="down", settled="down")
    assert struck("follow_up", "stable") == "The monitor Checkout says: Down."
    assert struck("follow_up", "zero_errors") == "Nothing here counts the errors of this product."


def test_somebody_may_vouch_for_a_line_with_a_reason_k71(incident: Incident, ada: User) -> None:
    report(incident, "deployed", by=ada)
    with pytest.raises(ValidationError):
        messages.vouch(incident, "deployed", "no_user_action", by=ada, reason=" ")
    event = messages.vouch(incident, "deployed", "no_user_action", by=ada, reason="The fix is on the server")
    assert (event.kind, event.text) == ("overridden", "The fix is on the server")
    line = next(line for line in message(incident, "deployed").lines if line.claim == "no_user_action")
    assert (line.struck, line.reason) == (False, "The fix is on the server")
    assert "No user action required." in message(incident, "deployed").text
    with pytest.raises(ValidationError):
        messages.vouch(incident, "deployed", "no_user_action", by=ada, reason="Again")
    report(incident, "rolled_back", by=ada)
    report(incident, "deployed", by=ada)
    assert "No user action required." not in message(incident, "deployed").text


def test_sent_is_recorded_with_what_it_said_and_stops_its_clock_k65_k73(
    incident: Incident, ada: User
) -> None:
    report(incident, "deployed", by=ada)
    said = message(incident, "follow_up").text
    event = messages.send_message(
        incident, "follow_up", by=ada, text="Status page", url="https://status.example.org"
    )
    assert (event.kind, event.text) == ("message_sent", "Status page")
    assert (event.data["message"], event.data["body"]) == ("follow_up", said)
    assert event.data["left_out"] == ["Zero errors reported post-deployment.", "System stable."]
    assert incident.clocks.get(key="follow_up").stopped_at == event.occurred_at
    assert message(incident, "follow_up").state == "sent"


def test_the_deployed_message_ticks_its_box_and_step_k114(incident: Incident, ada: User) -> None:
    report(incident, "deployed", by=ada)
    event = messages.send_message(incident, "deployed", by=ada, text="#status")
    box = incident.checklist.get(position=15)
    assert (box.title, box.state, box.done_by_event) == ("Users told", "done", event)


def test_it_is_never_sent_twice_without_saying_so(incident: Incident, ada: User, ben: User) -> None:
    report(incident, "deployed", by=ada)
    first = messages.send_message(incident, "deployed", by=ada, text="#status")
    with pytest.raises(TooLate) as late:
        messages.send_message(incident, "deployed", by=ben, text="#status")
    assert late.value.last == first
    assert messages.send_message(incident, "deployed", by=ben, text="Mail", again=True).data["again"] is True


def test_a_new_deployment_asks_for_its_message_anew(incident: Incident, ada: User) -> None:
    for kind in ("deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    messages.send_message(incident, "deployed", by=ada, text="#status")
    assert states(incident)[0] == "sent"
    for kind in ("smoke_failed", "rolled_back", "deployed", "smoke_passed"):
        report(incident, kind, by=ada)
    assert states(incident)[0] == "due"


def test_after_closing_the_follow_up_can_still_be_sent(incident: Incident, ada: User) -> None:
    report(incident, "deployed", by=ada)
    transitions.resolve(incident, by=ada)
    Incident.objects.filter(pk=incident.pk).update(status="closed")
    incident.refresh_from_db()
    assert messages.send_message(incident, "follow_up", by=ada, text="Mail").kind == "message_sent"


def test_archys_messages_are_house_defaults_of_its_own(ada: User) -> None:
    incident = declare(make_product(process="archy", name="Archy", version="v1.0.0"), by=ada, title="Bricked")
    report(incident, "released", by=ada)
    assert message(incident, "released").text == "Version 1.0.1 is out.\nIt mends: Bricked"
