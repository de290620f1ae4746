"""Simulate plays the real verbs against a clock of its own and leaves no trace (docs/decisions/0004)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from accounts.models import User
from foundation import moment
from incidents.lifecycle import transitions
from incidents.lifecycle.declare import declare
from incidents.models import Incident, TimelineEvent
from incidents.simulation.play import Played, play
from incidents.simulation.shown import Shown, read
from incidents.simulation.stage import Stage, stage
from incidents.timeline import timeline
from products.edit_product import edit_product
from products.models import Process, Product
from products.sources.import_process import import_process
from tests.incidents.simulating import A_WHOLE_STORY, FRIDAY, basis, script, shown


def counts() -> dict[str, int]:
    """How many rows every table of the database has."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_row_no_number_no_wake_up_and_no_news(product: Product, ada: User) -> None:
    first = declare(product, by=ada, title="Real", severity=None)
    before = counts()
    info = connection.connection.info
    with psycopg.connect(info.dsn, autocommit=True) as listener:
        listener.execute("LISTEN nightdesk_live")
        listener.execute("LISTEN nightdesk_tick")
        done = []
        transaction.on_commit(lambda: done.append("outside"))
        found = shown(script(*A_WHOLE_STORY))
        heard = list(listener.notifies(timeout=0.3))
    assert (found.status, found.refused[0].move.verb, len(found.refused)) == ("Closed", "close", 1)
    assert heard == []
    assert counts() == before
    words = " ".join([*(one.subject for one in found.told), *(str(line.html) for line in found.log)])
    assert ("INC-0" in words, "INC-1" in words) == (True, False)  # nor is its number read
    assert declare(product, by=ada, title="Real too", severity=None).number == first.number + 1


@pytest.mark.django_db(transaction=True)
def test_its_clock_is_its_own_and_gone_afterwards(product: Product) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        path = cursor.fetchone()
    with stage(FRIDAY) as clock:
        assert moment.now() == FRIDAY
        clock.set(FRIDAY + timedelta(hours=1))
        assert moment.now() == FRIDAY + timedelta(hours=1)
        assert elsewhere(moment.now) > datetime(2026, 1, 1, tzinfo=UTC)
        assert abs(elsewhere(moment.now) - datetime.now(UTC)) < timedelta(minutes=1)
    assert abs(moment.now() - datetime.now(UTC)) < timedelta(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == path


def elsewhere[T](act: Callable[[], T]) -> T:
    """`act()` on another connection, with ten seconds for it; what it raises is raised here."""
    found: list[T] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            found.append(act())
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    if failed:
        raise failed[0]
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_nobody_who_works_for_real_waits_for_a_simulation(product: Product, ada: User) -> None:
    """While one stands open with everything written, real verbs of all kinds finish at once."""
    incident = declare(product, by=ada, title="Real", severity=None)
    krow = Process.objects.get(key="krow").current
    assert krow is not None

    def work() -> int:
        another = declare(product, by=ada, title="Real too", severity=None)
        transitions.acknowledge(Incident.objects.get(pk=incident.pk), by=ada)
        transitions.resolve(another, by=ada)
        edit_product(product, by=ada, name="Staff app", process=product.process, version="2.0.0")
        import_process(krow.text.replace("Urgent fixes", "Quick fixes").encode(), name="krow.yaml", by=ada)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=ada.pk)
            Product.objects.select_for_update().get(pk=product.pk)
            Process.objects.select_for_update().get(key="krow")
        return another.number

    def meanwhile(played: Played) -> int:
        read(played)
        return elsewhere(work)

    assert play(basis(), script(*A_WHOLE_STORY), meanwhile) == incident.number + 1
    assert Incident.objects.get(pk=incident.pk).acknowledged_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_simulation_waits_for_nobody_who_works_for_real(product: Product, ada: User) -> None:
    incident = declare(product, by=ada, title="Real", severity=None)
    with transaction.atomic():
        declare(product, by=ada, title="Not committed yet", severity=None)
        Incident.objects.select_for_update().get(pk=incident.pk)
        Process.objects.select_for_update().get(key="krow")
        found = elsewhere(lambda: shown(script(*A_WHOLE_STORY)))
    assert found.status == "Closed"


@pytest.mark.django_db(transaction=True)
def test_several_people_simulate_at_once_and_see_only_their_own(product: Product) -> None:
    outer = script((60, "acknowledge", ""), (90, "claim", "devops"), (120, "resolve", ""))
    inner = script((60, "acknowledge", ""), severity="CRITICAL", until_s=120)

    def meanwhile(played: Played) -> tuple[Shown, Shown]:
        return read(played), elsewhere(lambda: shown(inner))

    mine, theirs = play(basis(), outer, meanwhile)
    assert (mine.status, theirs.status) == ("Resolved", "Active")
    for one, alone in ((mine, shown(outer)), (theirs, shown(inner))):
        assert (one.log, one.told, one.clocks, one.roles) == (
            alone.log,
            alone.told,
            alone.clocks,
            alone.roles,
        )


@pytest.mark.django_db(transaction=True)
def test_what_saw_its_clock_cannot_be_committed(product: Product, ada: User) -> None:
    """Nobody backdates an entry that stays: the database refuses the commit, not Python."""
    incident = declare(product, by=ada, title="Real", severity=None)
    before = TimelineEvent.objects.count()
    with pytest.raises(DatabaseError, match="a simulation never stays"):
        backdate(incident, ada)
    assert TimelineEvent.objects.count() == before


@transaction.atomic
def backdate(incident: Incident, by: User) -> None:
    Stage(FRIDAY)
    event = timeline.record(incident, "noted", by=by, at=FRIDAY, text="Yesterday")
    assert event.recorded_at == FRIDAY
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM incidents_simulatedmoment")


@pytest.mark.django_db(transaction=True)
def test_a_path_alone_changes_no_time(product: Product) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public, pg_catalog")
        assert abs(moment.now() - datetime.now(UTC)) < timedelta(minutes=1)
