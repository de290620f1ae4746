"""What monitors saw becomes incidents: one per outage, in order, whoever works beside us."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.utils.html import strip_tags

from foundation import moment
from incidents.lifecycle import intake, transitions
from incidents.models import Incident, Status
from incidents.sentences import sentences
from monitoring.models import StatusChange, Target
from notifications.models import Delivery
from products.models import Process, Product
from tests.factories import join, make_product, make_target, make_user


def change(target: Target, state: str, was: str = "up", at: datetime | None = None) -> StatusChange:
    return StatusChange.objects.create(
        target=target, was=was, state=state, at=at or moment.now(), code="connect", detail="Nothing answered."
    )


def kinds(incident: Incident) -> list[str]:
    return list(incident.events.order_by("seq").values_list("kind", flat=True))


def test_an_outage_opens_one_incident_in_triage_at_the_worst_severity(db: None) -> None:
    target = make_target()
    seen = change(target, "down")
    assert intake.take_in() == 1
    incident = Incident.objects.get()
    assert (incident.status, incident.severity.key, incident.detected_at) == (
        Status.TRIAGE,
        "CRITICAL",
        seen.at,
    )
    assert (incident.title, incident.target) == ("Checkout is down", target)
    assert kinds(incident) == ["declared", "monitor_down"]
    seen.refresh_from_db()
    assert (seen.outcome, seen.handled_at is not None) == ("INC-1", True)


def test_the_monitor_s_own_severity_is_proposed(db: None) -> None:
    change(make_target(severity="HIGH"), "down")
    intake.take_in()
    assert Incident.objects.get().severity.key == "HIGH"


def test_recovery_is_a_note_and_resolves_nothing(db: None) -> None:
    target = make_target()
    change(target, "down")
    change(target, "up", was="down")
    assert intake.take_in() == 2
    incident = Incident.objects.get()
    assert kinds(incident) == ["declared", "monitor_down", "monitor_up"]
    assert incident.status == Status.TRIAGE


def test_an_outage_is_as_long_as_it_was_watched(db: None) -> None:
    """After a gap nobody knows when it came back, so no length is told, and not "again" either."""
    target, start = make_target(), moment.now() - timedelta(minutes=30)
    for minute, (was, state) in enumerate(
        (("up", "down"), ("down", "up"), ("up", "unknown"), ("unknown", "up"), ("up", "down"), ("down", "up"))
    ):
        change(target, state, was, at=start + timedelta(minutes=minute))
    intake.take_in()
    ups = Incident.objects.get().events.filter(kind="monitor_up").order_by("seq")
    assert [event.data.get("down_s") for event in ups] == [60.0, None, 60.0]
    assert [strip_tags(sentences.sentence(event)) for event in ups] == [
        "Monitor Checkout is up again after 1 min. If people can work again, resolve.",
        "Monitor Checkout is up, now that Nightdesk looks again.",
        "Monitor Checkout is up again after 1 min. If people can work again, resolve.",
    ]


def test_people_are_told_what_the_monitor_saw(db: None) -> None:
    target = make_target()
    target.detail, target.code = "Nothing answered.", "connect"
    target.save(update_fields=["detail", "code"])
    join(make_user(), target.monitor.product.team)
    change(target, "down")
    intake.take_in()
    opened = Delivery.objects.filter(key="opened").exclude(body="")
    assert opened.exists()
    assert [row.body for row in opened if "Nothing answered." not in row.body] == []


def test_a_second_outage_goes_into_the_open_incident(db: None) -> None:
    target = make_target()
    for state, was in (("down", "up"), ("up", "down"), ("down", "up")):
        change(target, state, was)
    intake.take_in()
    assert kinds(Incident.objects.get()) == ["declared", "monitor_down", "monitor_up", "monitor_down"]


def test_when_its_time_is_over_it_stops_after_one_and_one_that_fails_is_none(
    db: None,
) -> None:
    bad, good = make_target(), make_target(make_product(name="Other"), name="Other")
    for target in (bad, good):
        change(target, "down")
    change(good, "up", was="down")
    Product.objects.filter(pk=bad.monitor.product_id).update(process=Process.objects.get(key="archy"))
    Process.objects.filter(key="archy").update(current=None)  # no severities: its incident cannot be opened
    handled = [intake.take_in(seconds=0) for _round in range(3)]
    assert handled == [1, 1, 0]
    assert kinds(Incident.objects.get()) == ["declared", "monitor_down", "monitor_up"]


def test_after_it_was_resolved_an_outage_opens_a_new_one(db: None) -> None:
    target = make_target()
    change(target, "down")
    intake.take_in()
    ada = make_user()
    join(ada, target.monitor.product.team)
    transitions.resolve(Incident.objects.get(), by=ada)
    change(target, "up", was="down")
    change(target, "down")
    intake.take_in()
    assert Incident.objects.count() == 2


def test_not_seeing_it_any_more_is_noted_not_called_up(db: None) -> None:
    target = make_target()
    change(target, "down")
    change(target, "unknown", was="down")
    intake.take_in()
    assert kinds(Incident.objects.get()) == ["declared", "monitor_down", "noted"]


def test_a_monitor_that_shall_not_opens_none(db: None) -> None:
    change(make_target(opens_incident=False), "down")
    assert intake.take_in() == 1
    assert Incident.objects.count() == 0


def test_a_target_that_cannot_be_handled_holds_back_its_own_changes_only(db: None) -> None:
    good = make_target(name="good")
    bad = make_target(make_product(process="archy", name="Archipelago"), name="bad")
    Process.objects.filter(key="archy").update(current=None)
    for state, was in (("down", "up"), ("up", "down")):
        change(bad, state, was)
    change(good, "down")
    assert intake.take_in() == 1
    assert Incident.objects.get().target == good
    assert StatusChange.objects.unhandled().filter(target=bad).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_overtake_each_other_on_one_target() -> None:
    target = make_target()
    change(target, "down")
    change(target, "up", was="down")
    held, go_on = threading.Event(), threading.Event()

    def slow_worker() -> None:
        with transaction.atomic():
            intake._take(target.pk)
            held.set()
            go_on.wait(10)
        connections.close_all()

    slow = threading.Thread(target=slow_worker)
    slow.start()
    held.wait(10)
    assert intake.take_in() == 0
    go_on.set()
    slow.join()
    assert intake.take_in() == 1
    assert kinds(Incident.objects.get()) == ["declared", "monitor_down", "monitor_up"]
