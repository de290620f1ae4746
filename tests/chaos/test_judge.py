"""The judge finds what is wrong: each promise broken by hand, each time exactly that is said."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from chaos import judge
from chaos.figures import spread
from chaos.journal import Journal
from chaos.report import is_kept
from chaos.scene import by_day
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident
from incidents.timeline.timeline import record
from monitoring.alerts.sources import connect
from monitoring.models import Alert, AlertChange
from notifications import hours
from notifications.models import Delivery, State
from products.vocabulary import EventKind
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def declared(undone: None) -> Incident:
    """As `a-1`, noted as `a-2`, its clock `acknowledged` breached; everything told and arrived."""
    product = make_product()
    ada = make_user()
    join(ada, product.team)
    made = declare(product, by=ada, title="a-1", severity=product.severities().first())
    transitions.note(made, by=ada, text="a-2")
    made.clocks.filter(key="acknowledged").update(due_at=moment.now())
    sweep.breach_due()
    Delivery.objects.exclude(route="inapp").update(state=State.SENT)
    return made


@pytest.fixture
def incident(declared: Incident, db: None) -> Incident:
    """Nothing that another test did to it."""
    return Incident.objects.get(pk=declared.pk)


@pytest.fixture
def told(incident: Incident, tmp_path: Path) -> Callable[[], dict[str, Any]]:
    """Judges, with the journal of a client that declared and noted."""
    with Journal(tmp_path / "a.jsonl") as journal:
        for key, path, verb in (
            ("a-1", "/incidents", "declare"),
            ("a-2", f"/incidents/{incident.ref}/note", "note"),
        ):
            journal.write("asked", key=key, path=path, verb=verb)
            journal.write("done", key=key, path=path, verb=verb, ref=incident.ref)
    came = {str(uid): 1 for uid in Delivery.objects.values_list("uid", flat=True)}

    def found(at: float = 0) -> dict[str, Any]:
        return judge.judge(str(tmp_path), {"mail": came}, [], at)

    return found


def wrong(found: dict[str, Any]) -> dict[str, int]:
    """How many sentences there are for each broken promise."""
    return {name: len(value) for name, value in found.items() if isinstance(value, list) and value}


def test_a_whole_house_is_found_whole(told: Callable[[], dict[str, Any]]) -> None:
    found = told()
    assert wrong(found) == {}
    assert (found["breaches"], found["acknowledged writes"], found["state changes"]) == (1, 2, 3)
    assert is_kept({"judged": found, "unfinished": {}})
    assert not is_kept({"judged": found, "unfinished": {"messages": 1}})
    assert not is_kept({"judged": {**found, "acknowledged writes": 0}, "unfinished": {}})


def test_an_acknowledged_write_that_is_not_there_is_missing(
    told: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    with Journal(tmp_path / "b.jsonl") as journal:
        journal.write("asked", key="b-1", path="/incidents", verb="declare")
        journal.write("done", key="b-1", path="/incidents", verb="declare", ref="INC-9")
        journal.write("asked", key="b-2", path="/incidents", verb="declare")
    found = told()
    assert (wrong(found), found["acknowledged writes missing"]) == (
        {"acknowledged writes missing": 1},
        ["b-1 /incidents"],
    )
    assert not is_kept({"judged": found, "unfinished": {}})


def test_a_write_that_was_done_twice_is_doubled(
    told: Callable[[], dict[str, Any]], incident: Incident
) -> None:
    transitions.note(incident, by=incident.declared_by, text="a-2")  # type: ignore[arg-type]
    found = told()
    assert found["doubled"] == [f"a-2 /incidents/{incident.ref}/note: 2 times"]


def test_a_breach_told_twice_is_doubled_and_one_never_noticed_is_lost(
    told: Callable[[], dict[str, Any]], incident: Incident
) -> None:
    clock = incident.clocks.get(key="acknowledged")
    record(incident, EventKind.CLOCK_BREACHED, by=None, at=moment.now(), key=clock.key, cycle=clock.cycle)
    incident.clocks.filter(key="response").update(due_at=moment.now())
    found = told()
    assert wrong(found) == {"doubled": 1, "lost": 1}
    assert found["lost"][0].endswith("response/1: not noticed")


def test_a_breach_marked_and_not_told_is_lost(told: Callable[[], dict[str, Any]]) -> None:
    Clock.objects.filter(key="response").update(breached_at=moment.now())
    assert wrong(told()) == {"lost": 1}


def test_messages_that_never_came_or_still_wait_are_lost(told: Callable[[], dict[str, Any]]) -> None:
    found = told()
    one = Delivery.objects.exclude(route="inapp").earliest("pk")
    Delivery.objects.filter(pk=one.pk).update(state=State.DEAD)
    assert wrong(told()) == {"lost": 1}
    Delivery.objects.filter(pk=one.pk).update(state=State.SENT, uid="00000000-0000-0000-0000-000000000000")
    assert wrong(told()) == {"lost": 1, "doubled": 1}  # it did not come, and what came was never to be told
    assert wrong(found) == {}


def test_a_changed_word_breaks_the_chain(told: Callable[[], dict[str, Any]], incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE incidents_timelinepayload DISABLE TRIGGER USER")
        cursor.execute("UPDATE incidents_timelinepayload SET salt = 'x' WHERE body LIKE '%a-2%'")
        cursor.execute("ALTER TABLE incidents_timelinepayload ENABLE TRIGGER USER")
    assert wrong(told()) == {"chain": 1}


def test_a_refused_write_is_said(told: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    with Journal(tmp_path / "b.jsonl") as journal:
        journal.write("refused", key="b-1", path="/incidents", status=409)
    assert told()["refused"] == ["/incidents: 409"]


def test_a_spread_has_the_nearest_ranks() -> None:
    assert spread([]) == {"n": 0}
    assert spread([3.0, 1.0, 2.0]) == {"n": 3, "p50": 2.0, "p99": 3.0, "max": 3.0}
    assert spread([float(n) for n in range(1, 201)]) == {"n": 200, "p50": 101.0, "p99": 199.0, "max": 200.0}


def test_what_falls_due_once_all_is_calm_is_on_its_way(
    told: Callable[..., dict[str, Any]], incident: Incident
) -> None:
    """Clocks of what nobody ended run out while the house is judged; what waits since before that is lost."""
    row = Delivery.objects.exclude(route="inapp").earliest("pk")
    for due, lost in ((timedelta(0), 0), (timedelta(seconds=20), 1)):
        Delivery.objects.filter(pk=row.pk).update(
            state=State.PENDING, sent_at=None, due_at=moment.now() - due
        )
        assert len(told(time.time())["lost"]) == lost
    assert len(told()["lost"]) == 1


@pytest.mark.parametrize("hour", range(24))
def test_the_storm_is_by_day(hour: int) -> None:
    now = datetime(2026, 11, 21, hour, 30, tzinfo=UTC)
    assert hours.due(now + timedelta(hours=2), by_day(now), wake=False) == now + timedelta(hours=2)


def test_an_alert_that_was_acknowledged_is_kept_and_told_once(
    incident: Incident, told: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    source, now = connect(incident.product, by=None, tool="generic"), moment.now()
    said = dict.fromkeys(("started_at", "first_seen", "last_seen", "since"), now)
    full = Alert.objects.create(source=source, fingerprint="c", state="firing", title="Full", **said)
    change = AlertChange.objects.create(
        alert=full, state="firing", at=now, handled_at=now, outcome=incident.ref
    )
    with Journal(tmp_path / "c.jsonl") as journal:
        for what in ("asked", "done"):
            journal.write(what, alert="c", number=1)
        journal.write("asked", alert="c", number=2)

    def tell() -> None:
        record(incident, EventKind.ALERT_RECEIVED, by=None, at=now, changes=[change.pk], last=False)

    assert told()["lost"] == [f"alert's change {change.pk} to firing"]
    tell()
    assert (wrong(told()), told()["alerts' changes"]) == ({}, 1)
    tell()
    assert told()["doubled"] == [f"alert's change {change.pk}: told 2 times"]
    for _more in range(2):
        AlertChange.objects.create(alert=full, state="resolved", at=now, handled_at=now)
    assert "alert c: 3 changes of 2" in told()["doubled"]
    AlertChange.objects.all().delete()
    assert "alert c: 1 were acknowledged, 0 changes" in told()["lost"]
