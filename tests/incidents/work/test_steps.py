"""The stepper: one next step, done by events, by boxes or by hand; "if needed" wants a reason (K145, A16)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.messages.messages import send_message
from incidents.models import Incident
from incidents.work import checklist, steps, work
from incidents.work.next_action import next_action
from incidents.work.report import report
from products.models import Product
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture
def archy(ada: User) -> Incident:
    product = make_product(process="archy", name="Archy", version="v1.0.0")
    return declare(product, by=ada, title="A node is bricked", severity=product.severities().get(key="P0"))


def shown(incident: Incident) -> list[str]:
    """Each step as its key, with a sign for what it is: `✓` done, `–` not needed, `>` next."""
    signs = {"done": "✓", "not_needed": "–", "open": ""}
    return [(">" if s.current else signs[s.state]) + s.key for s in steps.steps(incident)]


def test_krows_eleven_steps_in_order_the_first_is_done_by_declaring_with_a_severity_k145(
    incident: Incident,
) -> None:
    assert shown(incident) == [
        "✓assess", ">branch", "fix", "version", "changelog", "review", "merge", "tag", "deploy", "verify",
        "communicate",
    ]  # fmt: skip


def test_archys_steps_come_in_four_phases_a16(archy: Incident) -> None:
    phases = [step.phase for step in steps.steps(archy)]
    assert list(dict.fromkeys(phases)) == ["Triage", "Fix", "Release", "Communicate"]
    assert shown(archy)[:3] == [">reproduce", "✓classify", "branch"]


def test_walking_through_krow_finishes_every_step_and_event_k145(incident: Incident, ada: User) -> None:
    walked = []
    while (step := steps.next_step(incident)) and not step.message:
        steps.finish(incident, step.key, by=ada)
        walked.append(step.key)
    assert walked == ["branch", "fix", "version", "changelog", "review", "merge", "tag", "deploy", "verify"]
    assert shown(incident)[-1] == ">communicate"
    kinds = list(incident.events.order_by("seq").values_list("kind", flat=True))
    stated = [kind for kind in kinds if kind not in ("declared", "attested")]
    assert stated == [
        "hotfix_started", "branch_seen", "fix_pushed", "approved", "merged", "tagged", "deployed", "smoke_passed",
        "watch_opened",
    ]  # fmt: skip


def test_the_step_of_a_message_is_done_by_sending_it(incident: Incident, ada: User) -> None:
    with pytest.raises(ValidationError):
        steps.finish(incident, "communicate", by=ada)


def test_a_step_without_event_is_done_when_its_boxes_are_k103(incident: Incident, ada: User) -> None:
    event = steps.finish(incident, "version", by=ada, text="0.1.1+6", url="https://example.org/c/1")
    assert (event.kind, event.data["title"]) == ("attested", "Version number raised (PATCH only)")
    found = next(step for step in steps.steps(incident) if step.key == "version")
    assert (found.state, found.said) == ("done", "0.1.1+6")
    checklist.untick(incident, 4, by=ada)
    assert "version" in shown(incident)


def test_a_step_with_neither_is_done_by_the_word_of_a_person(product: Product, ada: User) -> None:
    """A third process need not have boxes at all."""
    version = product.process.current
    assert version is not None
    version.document["checklist"] = None
    version.document["steps"] = [version.document["steps"][3]]
    version.save(update_fields=["document"])
    incident = declare(product, by=ada, title="Sign-in fails")
    steps.finish(incident, "version", by=ada, text="By hand")
    assert shown(incident) == ["✓version"]
    with pytest.raises(TooLate):
        steps.finish(incident, "version", by=ada)
    steps.reopen(incident, "version", by=ada, reason="Wrong file")
    assert shown(incident) == [">version"]


def test_if_needed_is_answered_with_a_reason_and_its_box_follows_a28(archy: Incident, ada: User) -> None:
    with pytest.raises(ValidationError) as refused:
        steps.skip(archy, "iso", by=ada, reason=" ")
    assert list(refused.value.message_dict) == ["reason"]
    event = steps.skip(archy, "iso", by=ada, reason="Only the backend changed")
    assert (event.kind, event.text, event.data) == (
        "attested", "Only the backend changed", {"step_key": "iso", "title": "Build the ISO", "state": "not_needed"},
    )  # fmt: skip
    box = checklist.items(archy)[9]
    assert (box.title, box.state, box.said) == ("ISO built", "not_needed", "Only the backend changed")
    assert "–iso" in shown(archy)
    steps.reopen(archy, "iso", by=ada)
    assert "iso" in shown(archy)
    assert checklist.items(archy)[9].state == "open"


def test_a_step_that_the_process_always_asks_for_is_not_skipped(archy: Incident, ada: User) -> None:
    with pytest.raises(ValidationError):
        steps.skip(archy, "merge", by=ada, reason="No")
    with pytest.raises(ValidationError):
        steps.finish(archy, "nonsense", by=ada)


def test_a_monitor_that_is_up_again_asks_for_the_end_before_it_asks_for_the_severity(
    product: Product, ada: User
) -> None:
    incident = declare(product, by=ada, title="Sign-in fails")
    transitions.acknowledge(incident, by=ada)
    for state, verb in (("down", "confirm_severity"), ("up", "resolve")):
        found = next_action(incident, monitor_state=state)
        assert found
        assert found.verb == verb


def test_the_next_action_is_the_next_step_once_the_hotfix_has_begun(incident: Incident, ada: User) -> None:
    def action() -> tuple[Any, ...]:
        fresh = Incident.objects.get(pk=incident.pk)
        found = next_action(fresh, monitor_state="up", work=work.of(fresh))
        assert found is not None
        return found.verb, found.title, found.hidden

    transitions.acknowledge(incident, by=ada)
    assert action()[:2] == ("resolve", "Is it over?")
    report(incident, "hotfix_started", by=ada)
    assert action() == ("finish_step", "Create the hotfix branch", (("step", "branch"),))
    while (step := steps.next_step(incident)) and not step.message:
        steps.finish(incident, step.key, by=ada)
    assert action()[:2] == ("send_message", "Tell people")
    report(incident, "rollback_started", by=ada)
    assert action() == ("report", "Roll back", (("kind", "rolled_back"),))
    report(incident, "rolled_back", by=ada)
    assert action() == ("report", "Is it well again?", (("kind", "smoke_passed"),))


def test_what_was_passed_over_is_entered_after_the_watch_and_never_done_by_itself(
    incident: Incident, ada: User, client: Client
) -> None:
    """It runs and was tried: the message that is due and the watch come before a tick that nobody gave."""

    def action() -> tuple[str, str]:
        fresh = Incident.objects.get(pk=incident.pk)
        found = next_action(fresh, work=work.of(fresh))
        assert found
        return found.verb, found.title

    transitions.acknowledge(incident, by=ada)
    report(incident, "hotfix_started", by=ada)
    steps.finish(incident, "branch", by=ada)
    assert action() == ("finish_step", "Fix the bug")
    report(incident, "deployed", by=ada)
    assert action() == ("finish_step", "Verify and watch")
    report(incident, "smoke_passed", by=ada)
    assert action() == ("send_message", "Tell people")
    send_message(incident, "deployed", by=ada, text="#ops")
    assert action()[1].startswith("Watch until ")
    left = ["fix", "version", "changelog", "review", "merge", "tag"]
    assert [step.key for step in steps.steps(incident) if step.afterwards and step.is_open] == left
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    behind = page.partition("To be entered afterwards")[2].partition("</section>")[0]
    assert [key for key in left if f'id="step-{key}"' in behind] == left
    assert "Every step is done" not in page
    report(incident, "watch_met", by=ada)
    assert action() == ("finish_step", "6 steps are to be entered afterwards")
    for key in left:
        steps.finish(incident, key, by=ada)
    assert action()[0] == "attest"


def test_approved_and_deployed_are_asked_once_more_and_approving_ones_own_fix_is_said(
    incident: Incident, ada: User, client: Client
) -> None:
    """A thumb that presses on must not approve, merge and deploy alone (K87, K91)."""
    client.force_login(ada)
    transitions.acknowledge(incident, by=ada)
    for key in ("branch", "fix", "version", "changelog"):
        if (step := steps.next_step(incident)) and step.key == "branch":
            report(incident, "hotfix_started", by=ada)
        steps.finish(incident, key, by=ada)
    found = next_action(incident, work=work.read(incident))
    assert found
    assert (found.label, found.tap, found.query) == ("It is approved", False, "?step=review")
    here = f"/incidents/{incident.ref}/"
    page = client.get(here).content.decode()
    assert f'href="{here}finish_step?step=review"' in page
    form = client.get(f"{here}finish_step?step=review").content.decode()
    assert "You also said that the fix is pushed." in form
    assert '<button class="button primary">It is approved</button>' in form
    event = steps.finish(incident, "review", by=ada)
    assert event.data["alone"] is True
    assert "who also said that the fix is pushed" in event.lines.get().html


def test_somebody_else_s_approval_is_no_more_than_that(
    incident: Incident, ada: User, product: Product
) -> None:
    report(incident, "fix_pushed", by=ada)
    join(ben := make_user("ben@example.test"), product.team)
    event = report(incident, "approved", by=ben)
    assert "alone" not in event.data
    assert "who also said" not in event.lines.get().html
