"""The watch begins by itself when its process says so: K61 after the smoke tests (C3), Archy's from the deployment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.lifecycle.lifecycle import TooLate
from incidents.messages import messages
from incidents.models import Clock, Incident, Status
from incidents.ruler.panel import read
from incidents.timeline.corrections import correct
from incidents.work import checklist, steps, work
from incidents.work.next_action import next_action
from incidents.work.report import report
from products.models import Product
from tests.factories import make_product
from tests.incidents.conftest import House, begin

pytestmark = pytest.mark.usefixtures("declared")


@pytest.fixture(scope="module")
def declared(house: House) -> Incident:
    """A hotfix of it is deployed."""
    incident = begin(house.product, house.ada)
    for kind in ("hotfix_started", "deployed"):
        report(incident, kind, by=house.ada)
    return incident


def opened(incident: Incident) -> list[str]:
    return [event.occurred_at.isoformat() for event in incident.events.filter(kind="watch_opened")]


def test_by_krow_it_begins_when_the_smoke_tests_pass_k61_c3(incident: Incident, ada: User) -> None:
    assert opened(incident) == []
    at = moment.now() - timedelta(milliseconds=1)
    passed = report(incident, "smoke_passed", by=ada, at=max(at, incident.detected_at))
    assert opened(incident) == [passed.occurred_at.isoformat()]
    incident.refresh_from_db()
    assert incident.status == Status.MONITORING
    clock = Clock.objects.get(incident=incident, key="watch")
    assert (clock.started_at, clock.due_at) == (passed.occurred_at, passed.occurred_at + timedelta(hours=2))
    shown = read(incident, moment.now())
    assert shown
    mark = next(mark for mark in shown.marks if mark.plan.label == "Watch begun")
    assert (mark.offset, mark.real_at) == ("T+60 min", passed.occurred_at)
    line = incident.events.get(kind="watch_opened").lines.get().html
    assert "<b>The watch begins</b>, for 2 h at least" in line


def test_by_archy_it_begins_with_the_deployment(ada: User) -> None:
    product = make_product(name="Neode", process="archy")
    severity = product.severities().order_by("position")[0]
    incident = declare(product, by=ada, title="Boot loop", severity=severity)
    report(incident, "hotfix_started", by=ada)
    done = report(incident, "deployed", by=ada)
    report(incident, "smoke_passed", by=ada)
    assert opened(incident) == [done.occurred_at.isoformat()]


def test_a_fault_ends_it_and_the_next_pass_begins_another(incident: Incident, ada: User) -> None:
    report(incident, "smoke_passed", by=ada)
    report(incident, "smoke_failed", by=ada, text="Menu is empty")
    incident.refresh_from_db()
    assert incident.status == Status.ACTIVE
    shown = read(incident, moment.now())
    assert shown
    assert next(mark for mark in shown.marks if mark.plan.label == "Watch begun").real_at is None
    report(incident, "deployed", by=ada)
    report(incident, "smoke_passed", by=ada)
    assert len(opened(incident)) == 2
    incident.refresh_from_db()
    assert incident.status == Status.MONITORING
    with pytest.raises(TooLate):
        transitions.mitigate(incident, by=ada)


def test_what_was_contained_by_hand_stays_so_without_a_watch(incident: Incident, ada: User) -> None:
    transitions.mitigate(incident, by=ada, text="Switched off")
    report(incident, "smoke_failed", by=ada)
    incident.refresh_from_db()
    assert incident.status == Status.MONITORING


def test_after_resolving_it_begins_and_the_status_stays(incident: Incident, ada: User) -> None:
    transitions.resolve(incident, by=ada)
    report(incident, "smoke_passed", by=ada)
    incident.refresh_from_db()
    assert (len(opened(incident)), incident.status) == (1, Status.RESOLVED)


def test_a_corrected_beginning_moves_the_mark_too(product: Product, ada: User) -> None:
    past = moment.now() - timedelta(hours=3)
    severity = product.severities().get(key="CRITICAL")
    incident = declare(product, by=ada, title="Slow", severity=severity, detected_at=past)
    report(incident, "hotfix_started", by=ada, at=past + timedelta(minutes=5))
    report(incident, "deployed", by=ada, at=past + timedelta(minutes=45))
    passed = report(incident, "smoke_passed", by=ada, at=past + timedelta(minutes=90))
    correct(passed, by=ada, reason="Wrong hour", occurred_at=past + timedelta(minutes=60))
    shown = read(incident, moment.now())
    assert shown
    mark = next(mark for mark in shown.marks if mark.plan.label == "Watch begun")
    assert (mark.text, mark.real_at) == ("on time", past + timedelta(minutes=60))
    assert Clock.objects.get(incident=incident, key="watch").started_at == past + timedelta(minutes=60)


def test_a_corrected_beginning_moves_a_clock_that_waits_for_the_watch_itself(
    product: Product, ada: User
) -> None:
    """A process of a team's own may count from `watch_opened`."""
    past = moment.now() - timedelta(hours=3)
    severity = product.severities().get(key="CRITICAL")
    for row in severity.version.document["clocks"]:
        if row["key"] == "watch":
            row["from"] = "watch_opened"
    severity.version.save(update_fields=["document"])
    incident = declare(product, by=ada, title="Slow", severity=severity, detected_at=past)
    report(incident, "hotfix_started", by=ada, at=past + timedelta(minutes=5))
    report(incident, "deployed", by=ada, at=past + timedelta(minutes=45))
    passed = report(incident, "smoke_passed", by=ada, at=past + timedelta(minutes=90))
    clock = Clock.objects.get(incident=incident, key="watch")
    assert clock.started_at == past + timedelta(minutes=90)
    correct(passed, by=ada, reason="Wrong hour", occurred_at=past + timedelta(minutes=60))
    clock.refresh_from_db()
    assert clock.started_at == past + timedelta(minutes=60)


def action_of(incident: Incident) -> tuple[str, str, str]:
    fresh = Incident.objects.get(pk=incident.pk)
    found = next_action(fresh, work=work.of(fresh))
    assert found
    return found.verb, found.title, found.anchor


def test_while_it_runs_one_watches_then_looks_through_the_boxes_c3(
    product: Product, ada: User, client: Client
) -> None:
    """Resolving is one tap away meanwhile; it is not what comes next."""
    incident = begin(product, ada)
    transitions.acknowledge(incident, by=ada)
    report(incident, "hotfix_started", by=ada)
    while (step := steps.next_step(incident)) and not step.message:
        steps.finish(incident, step.key, by=ada)
    for one in messages.messages(incident, work.read(incident)):
        if one.state != "sent":
            messages.send_message(incident, one.key, by=ada, text="#ops")
    due = Clock.objects.get(incident=incident, key="watch").due_at
    assert due
    assert action_of(incident)[:2] == ("note", f"Watch until {words(due)}")
    client.force_login(ada)
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    assert f'href="/incidents/{incident.ref}/resolve"' in page
    report(incident, "watch_met", by=ada)
    left = sum(box.is_open for box in work.read(incident).boxes)
    assert left
    assert action_of(incident) == ("attest", f"Every step is done; {left} boxes are open", "checklist")
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    assert f'<a href="#checklist">{left} boxes are open</a>' in page
    assert 'id="checklist" open' in page
    for box in work.read(incident).boxes:
        if box.is_open:
            checklist.attest(incident, box.position, by=ada)
    assert action_of(incident)[0] == "resolve"


def words(due: datetime) -> str:
    """In the zone of the team, with the day if it is another one."""
    here = due.astimezone(ZoneInfo("UTC"))
    return f"{here:%H:%M %Z}" if here.date() == moment.now().date() else f"{here:%d %b %H:%M %Z}"
