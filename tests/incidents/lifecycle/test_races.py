"""Many at once: one winner, the others told, nothing undone, no deadlock."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from foundation import moment
from incidents.lifecycle import sweep, transitions
from incidents.lifecycle.declare import declare
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.timeline.verify import verify
from products.models import Product
from tests.depth import times
from tests.factories import join, make_product, make_user
from tests.patience import START_S

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50
# Of each of four incidents.
ROUNDS = times(40, deep=250)


def together(act: Callable[[int], object], count: int = AT_ONCE) -> Counter[str]:
    """Run `act` in `count` threads from one barrier; how often each outcome came."""
    barrier, outcomes, guard = threading.Barrier(count), Counter[str](), threading.Lock()

    def one(number: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            act(number)
            outcome = "won"
        except Exception as error:
            outcome = type(error).__name__
        finally:
            connections.close_all()
        with guard:
            outcomes[outcome] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def people() -> tuple[Product, list[User]]:
    product = make_product()
    users = [make_user(f"p{number}@example.test") for number in range(2)]
    for user in users:
        join(user, product.team)
    return product, users


def opened(product: Product, by: User, **facts: Any) -> Incident:
    return declare(product, by=by, title="Sign-in fails", severity=product.severities().first(), **facts)


@pytest.mark.parametrize("verb", [transitions.acknowledge, transitions.resolve])
def test_fifty_at_once_have_one_winner(
    people: tuple[Product, list[User]], verb: Callable[..., object]
) -> None:
    product, users = people
    incident = opened(product, users[0])
    outcomes = together(lambda number: verb(Incident.objects.get(pk=incident.pk), by=users[number % 2]))
    assert outcomes == {"won": 1, "TooLate": AT_ONCE - 1}
    assert incident.events.count() == 2
    assert list(verify(Incident.objects.all())) == []


def test_acknowledging_and_resolving_at_once_never_unresolves(people: tuple[Product, list[User]]) -> None:
    product, users = people
    incident = opened(product, users[0])

    def act(number: int) -> None:
        verb = transitions.resolve if number % 2 else transitions.mitigate
        verb(Incident.objects.get(pk=incident.pk), by=users[0])

    together(act)
    incident.refresh_from_db()
    assert incident.status == Status.RESOLVED
    assert incident.events.filter(kind="resolved").count() == 1


def test_notes_of_fifty_people_are_numbered_without_gaps(people: tuple[Product, list[User]]) -> None:
    product, users = people
    incident = opened(product, users[0])
    outcomes = together(
        lambda number: transitions.note(Incident.objects.get(pk=incident.pk), by=users[0], text=f"{number}")
    )
    assert outcomes == {"won": AT_ONCE}
    assert list(incident.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, AT_ONCE + 2))


def test_a_breach_fires_once_however_many_workers_sweep(people: tuple[Product, list[User]]) -> None:
    product, users = people
    incident = opened(product, users[0], detected_at=moment.now() - timedelta(hours=3))
    due = Clock.objects.ticking().filter(due_at__lte=moment.now())
    count = due.count()
    together(lambda number: sweep.breach_due(), count=12)
    assert incident.events.filter(kind="clock_breached").count() == count == 2
    assert due.count() == 0


def test_verbs_against_the_sweep_without_deadlock(people: tuple[Product, list[User]]) -> None:
    """160 rounds; the thousand: `./run test --deep tests/incidents/lifecycle/test_races.py`."""
    product, users = people
    severities = list(product.severities()[:2])
    incidents = [opened(product, users[0]) for _ in range(4)]
    ended, errors, fired = threading.Event(), list[str](), list[int]()
    # A sweep for every eighth verb, beside those that follow; not as many as fit in, which grows with their work.
    go = threading.Semaphore(0)

    def sweeping() -> None:
        try:
            while go.acquire(timeout=START_S) and not ended.is_set():
                # The sweeps have work in each round: one clock of each incident is due, in every fourth all at once.
                whole = len(fired) % 4 == 0
                for incident in incidents:
                    with transaction.atomic():
                        # In the order of the verbs: this is not what is tested.
                        Incident.objects.select_for_update().get(pk=incident.pk)
                        past = moment.now() - timedelta(seconds=1)
                        running = Clock.objects.running().filter(incident=incident).order_by("key")
                        keys = list(running.values_list("key", flat=True))
                        due = keys if whole else keys[len(fired) % len(keys) :][:1]
                        running.filter(key__in=due).update(breached_at=None, due_at=past, warn_at=past)
                sweep.warn_due()
                fired.append(sweep.breach_due())
        except Exception as error:
            errors.append(repr(error))
        finally:
            connections.close_all()

    def verbs(mine: Incident) -> None:
        try:
            for round_ in range(ROUNDS):
                incident = Incident.objects.select_related("severity").get(pk=mine.pk)
                other = severities[1 - severities.index(incident.severity)]
                transitions.change_severity(incident, by=users[0], severity=other, reason=f"{round_}")
                if round_ % 8 == 0:
                    go.release()
        except Exception as error:
            errors.append(repr(error))
        finally:
            connections.close_all()

    sweeper = threading.Thread(target=sweeping)
    workers = [threading.Thread(target=verbs, args=(incident,)) for incident in incidents]
    sweeper.start()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ended.set()
    go.release()
    sweeper.join()
    assert errors == []
    assert TimelineEvent.objects.filter(kind="severity_changed").count() == 4 * ROUNDS
    assert sum(fired) > 0
    assert len(fired) > ROUNDS / 12
    assert deadlocks() == 0
    assert list(verify(Incident.objects.all())) == []


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database: a loser that tries again would not show them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)
