"""The remedy's facts by hand: stated once, followed by clocks, possible again after what makes them new (K19–K64)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from incidents.lifecycle import transitions
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from incidents.work.report import SAID, possible, report

pytestmark = pytest.mark.usefixtures("declared")


def kinds(incident: Incident) -> list[str]:
    return list(incident.events.order_by("seq").values_list("kind", flat=True))


def clock(incident: Incident, key: str) -> tuple[bool, bool]:
    """Whether the clock has begun, and whether it has ended."""
    run = incident.clocks.filter(key=key).order_by("-cycle").first()
    return run is not None, bool(run and run.stopped_at)


def test_the_way_of_a_hotfix_starts_and_stops_its_clocks_k47_k57_k61(incident: Incident, ada: User) -> None:
    report(incident, "branch_seen", by=ada)
    assert kinds(incident)[-2:] == ["hotfix_started", "branch_seen"]
    assert clock(incident, "response") == (True, True)
    report(incident, "review_requested", by=ada, url="https://github.com/acme/app/pull/7")
    assert clock(incident, "approval") == (True, False)
    report(incident, "approved", by=ada, text="Ben, on the phone")
    assert (clock(incident, "approval"), clock(incident, "deploy")) == ((True, True), (True, False))
    report(incident, "deployed", by=ada)
    assert clock(incident, "deploy") == (True, True)
    report(incident, "smoke_passed", by=ada)
    assert clock(incident, "watch") == (True, False)
    report(incident, "watch_met", by=ada)
    assert clock(incident, "watch") == (True, True)
    asked = incident.events.get(kind="review_requested")
    assert (asked.source, asked.data) == ("person", {"url": "https://github.com/acme/app/pull/7"})
    approved = incident.events.get(kind="approved")
    assert (approved.text, approved.actor) == ("Ben, on the phone", ada)


def test_the_same_fact_a_second_time_is_refused_and_says_who_told_it_first(
    incident: Incident, ada: User, ben: User
) -> None:
    report(incident, "merged", by=ada)
    with pytest.raises(TooLate) as late:
        report(incident, "merged", by=ben)
    assert late.value.last is not None
    assert (late.value.last.kind, late.value.last.actor) == ("merged", ada)
    assert kinds(incident).count("merged") == 1


@pytest.mark.parametrize(
    ("kind", "before", "expected"),
    [
        ("merged", [], True),
        ("merged", ["merged"], False),
        ("merged", ["merged", "deployed"], False),
        ("merged", ["merged", "fix_pushed"], True),
        ("deployed", ["deployed", "smoke_passed"], False),
        ("deployed", ["deployed", "smoke_failed"], True),
        ("deployed", ["deployed", "rolled_back"], True),
        ("approved", ["approved", "approval_dismissed"], True),
        ("hotfix_started", ["hotfix_started", "merged"], False),
        ("hotfix_started", ["hotfix_started", "reopened"], True),
        ("smoke_failed", ["smoke_failed"], False),
        ("smoke_failed", ["smoke_failed", "deployed"], True),
        ("rolled_back", ["rolled_back", "noted"], False),
        ("rolled_back", ["rolled_back", "rollback_started"], True),
        ("released", ["released", "clock_breached"], False),
    ],
)
def test_a_fact_is_told_again_only_after_what_makes_it_new(
    kind: str, before: list[str], expected: bool
) -> None:
    assert possible(kind, before) is expected


@pytest.mark.parametrize("kind", SAID)
def test_every_fact_can_be_told_once(incident: Incident, ada: User, kind: str) -> None:
    assert report(incident, kind, by=ada).kind == kind


def test_after_a_reopening_a_fix_begins_a_hotfix_anew(incident: Incident, ada: User) -> None:
    report(incident, "fix_pushed", by=ada)
    transitions.resolve(incident, by=ada)
    transitions.reopen(incident, by=ada, reason="It came back")
    report(incident, "fix_pushed", by=ada)
    assert kinds(incident)[-3:] == ["reopened", "hotfix_started", "fix_pushed"]
    assert clock(incident, "response") == (True, True)


def test_what_makes_no_sense_is_refused_with_its_field(incident: Incident, ada: User) -> None:
    before = kinds(incident)
    wrong = [
        ({"kind": "noted"}, "kind"),
        ({"kind": "merged", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "merged", "url": "https://ada:s3cret@git.example.test/pr/7"}, "url"),
        ({"kind": "merged", "url": "https://github.com@evil.example.test/pr/7"}, "url"),
        ({"kind": "merged", "at": incident.declared_at + timedelta(days=1)}, "at"),
        ({"kind": "merged", "at": incident.detected_at - timedelta(minutes=1)}, "at"),
    ]
    for facts, field in wrong:
        with pytest.raises(ValidationError) as refused:
            report(incident, by=ada, **facts)  # type: ignore[arg-type]
        assert list(refused.value.message_dict) == [field]
    assert kinds(incident) == before
