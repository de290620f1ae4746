"""What `./run demo` tells: both processes whole, each once more in the middle, and what else happens to incidents."""

from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from config.demo import stories
from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.models import CheckResult, Hotfix
from incidents.lifecycle.closing import holds
from incidents.messages.messages import messages
from incidents.models import ChecklistItem, Clock, Incident
from incidents.work.steps import steps
from monitoring.models import Alert, Maintenance
from notifications.models import Channel
from products.models import Product
from products.setup.sections import progress
from review.models import Postmortem
from tests.factories import join, make_team, make_user
from tests.shipped import import_once

KROW, ARCHY = "Nobody can sign in after the token change", "App does not start after the update to v1.0.0"
DECIDING, WATCHING = "Sign-in fails for all staff", "Nodes lose their session after a restart"


@pytest.fixture
def visitor(db: None, settings: Settings, tmp_path: Path) -> User:
    settings.NIGHTDESK_FILE_ROOTS = [str(tmp_path)]
    settings.NIGHTDESK_DATA = tmp_path / "data"
    settings.NIGHTDESK_GIT_PROTOCOLS = ("file",)
    import_once()
    user = make_user("demo@example.test", is_administrator=True)
    join(user, make_team("first"), "admin")
    stories.tell("http://localhost:9")
    return user


def test_both_stories_are_told(visitor: User) -> None:
    """One filling serves all that is asked of it: it takes some seconds."""
    what_happened()
    for title in (KROW, ARCHY):
        whole(Incident.objects.get(title=title))
    in_the_middle()
    alerts_are_told()
    nothing_is_late()
    every_hotfix_is_there()
    the_pages_open(visitor)
    stories.tell("http://localhost:9")
    assert (Incident.objects.count(), Product.objects.count()) == (8, 3)


def alerts_are_told() -> None:
    """One fires and one is over, both of the open incident; one is held back, and a window is planned."""
    shown = Alert.objects.all().as_read().order_by("pk")
    found = [
        (one.labels.get("alertname", ""), one.state, one.incident, bool(one.held_until)) for one in shown
    ]
    assert found == [
        ("ShiftStartFailures", "firing", "INC-8", False),
        ("ImportQueueLong", "resolved", "INC-8", False),
        ("", "firing", "", True),
    ]
    told = Incident.objects.get(title=DECIDING).events.filter(kind="alert_received").select_related("payload")
    assert [event.data["state"] for event in told.order_by("seq")] == ["firing", "resolved"]
    now = moment.now()
    assert (Maintenance.objects.planned(now).count(), Maintenance.objects.holding(now).count()) == (1, 1)


def every_hotfix_is_there() -> None:
    """What its timeline says has begun has its row, which ended when the incident was closed, not today."""
    begun = Incident.objects.filter(events__kind="hotfix_started").distinct()
    assert {one.pk for one in begun} == set(Hotfix.objects.values_list("incident", flat=True))
    while judge_due():
        pass
    for hotfix in Hotfix.objects.filter(incident__status="closed"):
        closed = hotfix.incident.events.get(kind="closed").occurred_at
        assert (hotfix.status, hotfix.ended_at, hotfix.verify_at) == ("released", closed, None)
    done = CheckResult.objects.filter(hotfix__incident__title=KROW, superseded_at=None, verdict="PASS")
    assert {"cut_from_tag", "commit_message", "minimal_diff", "merged", "tag_commit"} <= set(
        done.values_list("key", flat=True)
    ), "its repository has the fix of the story"


def what_happened() -> None:
    assert list(Incident.objects.order_by("number").values_list("title", "status", "mode", "private")) == [
        (ARCHY, "closed", "live", False),
        ("Node tokens readable in the debug log", "resolved", "live", True),
        ("Backups show 0 % until they are done", "deferred", "live", False),
        (KROW, "closed", "live", False),
        ("Shift list should sort by site", "declined", "live", False),
        ("Drill: the shifts API answers nobody", "resolved", "drill", False),
        (WATCHING, "monitoring", "live", False),
        (DECIDING, "active", "live", False),
    ]


def whole(incident: Incident) -> None:
    """Every step and box, every message, the decision, each clock kept, the report reviewed by somebody else."""
    assert [step.key for step in steps(incident) if step.is_open] == []
    assert [box.title for box in ChecklistItem.objects.filter(incident=incident) if box.is_open] == []
    assert {message.state for message in messages(incident)} == {"sent"}
    assert incident.decisions.get().choice == "hotfix"
    report = Postmortem.objects.get(incident=incident)
    assert report.is_reviewed
    assert report.reviewed_by not in {answer.by for answer in report.answers.all()}
    assert report.actions.count() >= 2


def in_the_middle() -> None:
    deciding, watching = Incident.objects.get(title=DECIDING), Incident.objects.get(title=WATCHING)
    assert deciding.decisions.count() == 0
    assert [hold.clock.key for hold in holds(watching, moment.now())] == ["watch"]


def nothing_is_late() -> None:
    """At whatever hour it starts: nothing has run out, and nothing does within the next half hour, but that a visitor
    has some minutes of ten to decide."""
    assert list(Clock.objects.exclude(breached_at=None)) == []
    ticking = Clock.objects.in_time().ticking()

    def left(clocks: QuerySet[Clock]) -> float:
        soonest = min(due for due in clocks.values_list("due_at", flat=True) if due)
        return (soonest - moment.now()).total_seconds()

    assert left(ticking.filter(key="decision")) > 180
    assert left(ticking.exclude(key="decision")) > 1800


def the_pages_open(visitor: User) -> None:
    """Each process in its own words."""
    client = Client()
    client.force_login(visitor)
    krow, archy = Incident.objects.get(title=KROW), Incident.objects.get(title=ARCHY)
    for incident, words in (
        (krow, ("CRITICAL", "Release Engineer", "DevOps")),
        (archy, ("P1 High", "Fixer", "Watcher")),
    ):
        page = client.get(incident.get_absolute_url()).text
        assert [word for word in words if word not in page] == []
        assert client.get(f"{incident.get_absolute_url()}postmortem/").status_code == 200
    assert DECIDING in client.get("/decisions/").text
    assert "6 of 8 things set up." in client.get("/products/archipelago/").text
    node = Product.objects.get(slug="archipelago")
    assert [each.item.key for each in progress(node).missing] == ["channel", "repository"]
    assert Channel.objects.count() == 0
