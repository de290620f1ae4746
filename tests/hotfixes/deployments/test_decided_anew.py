"""A fix that another incident's rollback took back, and what is decided of it anew (A37): "hotfix" ends it and begins
the next one, which inherits none of its words; brought out again as it is, it goes on without any decision.
"""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.judging.telling import events_of
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import adopt, start
from hotfixes.models import Hotfix
from hotfixes.rollback import regressed
from hotfixes.standing import standing
from incidents.lifecycle import setbacks
from incidents.lifecycle.transitions import acknowledge
from incidents.messages import rhythm
from incidents.messages.messages import send_message
from incidents.messages.updates import update
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from incidents.work import checklist, steps, verdicts, work
from incidents.work.next_action import next_action
from incidents.work.report import report
from notifications.models import Channel
from products.models import Product
from tests.hotfixes.deployments.taken import (
    check,
    fix,
    fresh,
    gone_back,
    other,
    out,
    page,
    settle,
    stage,
)
from tests.hotfixes.starting import critical

__all__ = ["fix", "other", "out"]

pytestmark = pytest.mark.usefixtures("out")
CREATE = ("finish_step", "Create the hotfix branch")
GONE = (
    "Version 0.1.1, of which we told you, was taken back; 0.1.0 runs again. The problem may be there again."
)
NOT_YET = ("deployed", "smoke", "healthy_window", "fix_verified")


def anew(fix: Hotfix, olga: User) -> Hotfix:
    decide(fix.incident, by=olga, choice="hotfix", reason="With the guard as well")
    settle()
    return Hotfix.objects.for_page().get(incident=fix.incident_id, status="open")


def test_hotfix_decided_anew_ends_the_one_that_was_taken_back_and_begins_the_next(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    acknowledge(fix.incident, by=ada)
    gone_back(other, olga, ada)
    assert asked(fix) == ("propose", "Olga decides anew")
    confirm = page(olga, f"/decisions/{fix.incident.ref}/confirm?choice=hotfix")
    assert "HF-1 was taken back: it ends with this, and a new hotfix begins." in confirm
    made = anew(fix, olga)
    before = fresh(fix)
    assert (made.ref, made.old_version, made.new_version, made.taken_back_at) == (
        "HF-2",
        "0.1.0",
        "0.1.2",
        None,
    )
    assert (before.status, before.taken_back_at is not None, stage(before)) == (
        "abandoned",
        True,
        "Taken back",
    )
    ended = fix.incident.events.get(kind="check_changed", payload__body__contains='"instead"')
    assert "<b>HF-1 has ended</b>: it was taken back. HF-2 begins in its place" in str(sentence(ended))
    assert "Go to this check" not in page(ada, before.get_absolute_url())
    assert 'In its place: <a href="/hotfixes/HF-2/">HF-2 (0.1.2)</a>' in page(ada, before.get_absolute_url())
    incident = Incident.objects.for_page().get(pk=fix.incident_id)
    assert setbacks.of(incident) is None
    assert 'id="setback-title"' not in page(olga, incident.get_absolute_url())
    # No user was told of it: none is to hear that it is gone.
    assert asked(fix) == CREATE
    assert GONE not in page(ada, f"{incident.get_absolute_url()}update")
    assert adopt() == 0
    assert start(critical(product, ada), by=ada).new_version == "0.1.3"


def test_the_next_one_reads_no_word_that_was_said_of_the_one_before(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    for kind in ("branch_seen", "merged", "tagged"):
        report(fix.incident, kind, by=ada)
    tried = fix.incident.checklist.get(check_key="tests_passed")
    checklist.attest(fix.incident, tried.position, by=ada, text="Here")
    settle()
    gone_back(other, olga, ada)
    made = anew(fix, olga)
    assert stage(made) == "Preparing"
    assert {key: check(made, key)[0] for key in NOT_YET} == dict.fromkeys(NOT_YET, "PENDING")
    assert check(made, "severity_assessed") == ("PASS", "Olga has assessed the severity.")
    assert [one.verdict for one in standing.checks(made)].count("STATED") == 0
    incident = Incident.objects.for_page().get(pk=fix.incident_id)
    assert [one.key for one in steps.steps(incident) if not one.is_open] == ["assess"]
    assert [box.position for box in incident.checklist.exclude(state="open")] == [1]
    assert [one.kind for one in events_of(incident, made)][-2:] == ["hotfix_started", "check_changed"]
    assert (regressed.may_be(made), regressed.regression(made)) == (False, None)
    assert stage(fix) == "Taken back"


def test_after_one_that_was_given_up_hotfix_is_a_new_one_too(product: Product, ada: User, olga: User) -> None:
    first = start(critical(product, ada), by=ada)
    report(first.incident, "merged", by=ada)
    abandon(first, by=ada, reason="Another way", at=first.started_at - timedelta(milliseconds=1))
    assert adopt() == 0
    made = anew(first, olga)
    assert (made.ref, stage(made), adopt()) == ("HF-3", "Preparing", 0)
    assert [one.key for one in steps.steps(made.incident) if not one.is_open] == ["assess"]


def test_users_who_were_told_of_the_fix_are_to_hear_that_it_is_gone(
    fix: Hotfix, other: Incident, ada: User, olga: User
) -> None:
    """After the decision, as an update whose words a person reads before they go."""
    channel = Channel.objects.create(
        team=fix.product.team, kind="webhook", name="List", audience="users", shown="here"
    )
    acknowledge(fix.incident, by=ada)
    send_message(fix.incident, "deployed", by=ada, text="By mail")
    gone_back(other, olga, ada)
    assert asked(fix) == ("propose", "Olga decides anew")
    anew(fix, olga)
    assert asked(fix) == ("update", "Tell users that the fix is gone")
    incident = Incident.objects.for_page().get(pk=fix.incident_id)
    assert GONE in page(ada, f"{incident.get_absolute_url()}update")
    assert incident.update_due_at is not None
    assert incident.update_due_at <= moment.now()
    update(incident, by=ada, text=rhythm.standing(incident), channels=[channel.pk])
    assert rhythm.standing(incident).startswith("We are working on it.")
    assert asked(fix) == CREATE


def asked(fix: Hotfix) -> tuple[str, str] | None:
    incident = Incident.objects.for_page().get(pk=fix.incident_id)
    found = next_action(incident, work=work.read(incident), checks=verdicts.of(incident))
    return (found.verb, found.title) if found else None
