"""A window from its first to its last moment: looks go on, nothing is raised, and what fails then counts anew."""

from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from foundation import moment
from incidents.lifecycle.intake import take_in
from incidents.models import Incident
from monitoring.claim import claim_due
from monitoring.history import uptimes
from monitoring.maintenance.settle import begin_due
from monitoring.maintenance.verbs import Over, end, move_end, set_maintenance
from monitoring.models import Maintenance, Monitor, StatusChange, Target
from monitoring.probes.result import Outcome, Result, State
from monitoring.push import receive
from monitoring.push_keys import push_url
from monitoring.staleness import mark_stale
from monitoring.store import store
from monitoring.sweep import probe_due
from products.vocabulary import EventKind
from tests.factories import make_monitor, make_product, make_user
from tests.monitoring.conftest import let_pass

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def ada(db: None) -> User:
    return make_user()


@pytest.fixture
def monitor(db: None) -> Monitor:
    return make_monitor(interval_s=60, fail_after=3, recover_after=2)


def see(state: State, times: int = 1) -> None:
    """That many looks, and what the incidents make of them."""
    for _ in range(times):
        Monitor.objects.update(due_at=moment.now())
        claimed = claim_due(10)
        seen = Outcome((Result(key="", name="", state=state, code="" if state == "up" else "status"),))
        store(claimed.token, [(monitor, seen) for monitor in claimed.monitors])
    take_in()


def states() -> list[str]:
    return list(StatusChange.objects.order_by("pk").values_list("state", flat=True))


def test_looks_go_on_and_are_told_of_but_nothing_is_raised_until_it_ends(monitor: Monitor, ada: User) -> None:
    see("up")
    set_maintenance(monitor.product, by=ada, lasts=HOUR, reason="Neue Datenbank 🛠")
    target = Target.objects.get()
    assert (target.state, target.fails) == ("maintenance", 0)
    see("down", 5)
    target.refresh_from_db()
    assert (target.state, target.seen, target.settled, target.fails) == ("maintenance", "down", "up", 0)
    let_pass(3600)
    mark_stale()
    target.refresh_from_db()
    assert (target.state, target.maintenance_until) == ("unknown", None)
    see("down", 2)
    assert (states(), Incident.objects.count()) == (["up", "maintenance", "unknown"], 0)
    see("down")
    assert (states()[-1], Incident.objects.get().target) == ("down", target)


def test_changes_are_dated_to_the_windows_own_moments_however_late_a_worker_comes(
    monitor: Monitor, ada: User
) -> None:
    see("up")
    now = moment.now()
    window = set_maintenance(monitor.product, by=ada, starts_at=now + MINUTE, ends_at=now + 21 * MINUTE)
    assert begin_due() == 0
    let_pass(90)
    see("down", 3)  # the look comes before the sweep
    assert states() == ["up", "maintenance"]
    let_pass(3600)
    assert (mark_stale(), begin_due(), mark_stale()) == (1, 0, 0)
    window.refresh_from_db()
    began, ended = StatusChange.objects.order_by("pk")[1:]
    assert (began.at, ended.at, ended.state) == (window.starts_at, window.ends_at, "unknown")


def test_the_sweep_begins_what_nobody_looks_at(monitor: Monitor, ada: User) -> None:
    see("up")
    now = moment.now()
    set_maintenance(monitor.product, by=ada, starts_at=now + MINUTE, ends_at=now + 21 * MINUTE)
    other = make_monitor(monitor.product, name="Queue", enabled=False)
    let_pass(60)
    assert (begin_due(), begin_due()) == (1, 0)
    assert (monitor.targets.get().state, other.targets.get().state) == ("maintenance", "unknown")


def test_what_the_last_look_saw_stands_at_the_end_if_it_is_what_was_settled(
    monitor: Monitor, ada: User
) -> None:
    see("up")
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    see("down", 4)
    see("up")
    end(window, by=ada)
    assert states() == ["up", "maintenance", "up"]
    monitor.refresh_from_db()
    assert monitor.due_at <= moment.now()


def test_what_was_open_goes_on_is_told_of_it_and_recovers_in_it(monitor: Monitor, ada: User) -> None:
    see("up")
    see("down", 3)
    incident = Incident.objects.get()
    due = list(incident.clocks.order_by("pk").values_list("due_at", "pauses"))
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR, reason="New disk")
    see("up", 2)
    see("down", 3)
    take_in()
    assert list(incident.clocks.order_by("pk").values_list("due_at", "pauses")) == due
    told = incident.events.order_by("-seq").first()
    assert told
    assert (told.kind, told.payload.text) == (EventKind.NOTED, "New disk")
    end(window, by=ada)
    see("down", 3)
    assert states() == ["up", "down", "maintenance", "unknown", "down"]
    assert Incident.objects.count() == 1


def test_what_was_down_before_and_never_well_since_is_down_at_the_end(monitor: Monitor, ada: User) -> None:
    see("down", 3)
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    see("up")
    see("down")
    end(window, by=ada)
    assert states() == ["down", "maintenance", "down"]


def test_windows_that_overlap_are_one_stretch_and_count_once(monitor: Monitor, ada: User) -> None:
    see("up")
    first = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    second = set_maintenance(monitor.product, by=ada, lasts=2 * HOUR, monitors=[monitor])
    end(first, by=ada)
    target = Target.objects.get()
    assert target.maintenance_until == second.ends_at
    let_pass(2 * 3600 + 60)
    whole, _each = uptimes([Target.objects.get()], moment.now(), 1)  # no worker has written the end yet
    assert (round(whole.maintenance), round(whole.watched)) == (7200, 0)
    mark_stale()
    assert uptimes([Target.objects.get()], moment.now(), 1)[0].maintenance == pytest.approx(7200, abs=1)
    assert states() == ["up", "maintenance", "unknown"]


def test_its_end_moves_for_who_is_in_it(monitor: Monitor, ada: User) -> None:
    see("up")
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    move_end(window, by=ada, ends_at=window.starts_at + 3 * HOUR)
    assert Target.objects.get().maintenance_until == window.ends_at
    assert [(act.kind, act.by, act.ends_at) for act in window.acts.all()] == [
        ("set", ada, window.starts_at + HOUR), ("moved", ada, window.starts_at + 3 * HOUR),
    ]  # fmt: skip


def test_one_that_has_not_begun_is_cancelled_and_one_that_is_over_stays_as_it_is(
    monitor: Monitor, ada: User
) -> None:
    now = moment.now()
    planned = set_maintenance(monitor.product, by=ada, starts_at=now + MINUTE, ends_at=now + HOUR)
    end(planned, by=ada)
    let_pass(120)
    assert (begin_due(), planned.phase(moment.now())) == (0, "cancelled")
    with pytest.raises(Over):
        end(planned, by=ada)
    with pytest.raises(Over):
        move_end(planned, by=ada, ends_at=now + 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "last", "field"),
    [
        (-6 * MINUTE, HOUR, "starts_at"),  # what was told stays
        (400 * 24 * HOUR, HOUR, "starts_at"),
        (MINUTE, timedelta(0), "ends_at"),
        (MINUTE, 59 * timedelta(seconds=1), "ends_at"),
        (MINUTE, 7 * 24 * HOUR + MINUTE, "ends_at"),
    ],
)
def test_times_that_cannot_be_are_refused_by_their_field(
    start: timedelta, last: timedelta, field: str, monitor: Monitor, ada: User
) -> None:
    at = moment.now() + start
    with pytest.raises(ValidationError) as refused:
        set_maintenance(monitor.product, by=ada, starts_at=at, ends_at=at + last)
    assert list(refused.value.message_dict) == [field]


def test_a_begin_that_passed_while_the_form_lay_open_is_now(monitor: Monitor, ada: User) -> None:
    before = moment.now()
    window = set_maintenance(monitor.product, by=ada, starts_at=before - 4 * MINUTE, ends_at=before + HOUR)
    assert before <= window.starts_at <= moment.now()


def test_it_holds_from_its_first_moment_on_and_not_at_its_last(monitor: Monitor, ada: User) -> None:
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    held = [
        Maintenance.objects.holding(at).exists()
        for at in (window.starts_at - timedelta(microseconds=1), window.starts_at, window.ends_at)
    ]
    assert held == [False, True, False]


def test_a_script_has_a_whole_interval_after_it_until_its_silence_counts(ada: User) -> None:
    monitor = make_monitor(kind="heartbeat", target="", interval_s=60, fail_after=1)
    receive(push_url(monitor).rsplit("/", 1)[-1], b"")
    set_maintenance(monitor.product, by=ada, lasts=HOUR)
    seen = []
    for seconds in (3590, 65, 10):  # just before its end, 55 s after it, 65 s after it
        let_pass(seconds)
        mark_stale()
        Monitor.objects.update(due_at=moment.now())
        probe_due()
        seen.append(states()[-1])
    assert seen == ["maintenance", "unknown", "down"]


@pytest.mark.django_db(transaction=True)
def test_a_look_that_is_judged_while_it_is_ended_waits_for_that() -> None:
    """The look holds the targets; who ends the window waits, or the look does: none of both is lost."""
    monitor, ada = make_monitor(fail_after=1), make_user()
    see("up")
    for _ in range(3):
        window = set_maintenance(monitor.product, by=ada, lasts=HOUR)

        def finish(window: Maintenance = window) -> None:
            end(window, by=ada)
            connection.close()

        ending = Thread(target=finish)
        ending.start()
        see("up")
        ending.join()
        see("up")
        target = Target.objects.get()
        assert (target.state, target.maintenance_until) == ("up", None)


def test_the_monitors_of_another_product_are_not_touched(monitor: Monitor, ada: User) -> None:
    other = make_monitor(make_product(name="Shop"), name="Till")
    see("up")
    set_maintenance(monitor.product, by=ada, lasts=HOUR)
    see("up")
    assert (begin_due(), other.targets.get().state) == (0, "up")


def test_scripts_are_excused_until_the_end_that_it_has_now(ada: User) -> None:
    monitor = make_monitor(kind="heartbeat", target="", interval_s=60)
    receive(push_url(monitor).rsplit("/", 1)[-1], b"")
    window = set_maintenance(monitor.product, by=ada, lasts=HOUR)
    let_pass(90)
    probe_due()
    seen = []
    window.refresh_from_db()
    longer = partial(move_end, ends_at=window.ends_at + HOUR)
    for verb in (longer, end):
        verb(window, by=ada)
        monitor.refresh_from_db()
        seen.append(monitor.listening_since == window.ends_at)
    assert seen == [True, True]
