"""Nothing stays believed by itself; the time that nobody watched is a gap, dated back to where it began."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from foundation import moment
from monitoring.claim import claim_due
from monitoring.history import past
from monitoring.models import Monitor, StatusChange, Target
from monitoring.probes.result import Outcome, Result, State
from monitoring.staleness import mark_stale
from monitoring.store import store
from tests.factories import make_monitor
from tests.monitoring.conftest import let_pass, make_many

pytestmark = pytest.mark.django_db


def see(state: State = "up", **facts: Any) -> None:
    Monitor.objects.update(due_at=moment.now())
    claimed = claim_due(500)
    seen = Outcome(results=(Result(key="", name="", state=state, **facts),))
    store(claimed.token, [(monitor, seen) for monitor in claimed.monitors])


def changes() -> list[tuple[str, str, str]]:
    return list(StatusChange.objects.order_by("pk").values_list("was", "state", "code"))


def test_what_was_not_looked_at_for_two_intervals_and_a_minute_is_unknown() -> None:
    make_monitor(interval_s=60)
    see()
    let_pass(179)
    assert mark_stale() == 0
    let_pass(2)
    assert mark_stale() == 1
    assert mark_stale() == 0
    assert changes() == [("unknown", "up", ""), ("up", "unknown", "not_watched")]
    target, gap = Target.objects.get(), StatusChange.objects.latest("pk")
    assert (target.state, target.since) == ("unknown", gap.at)
    assert gap.at == target.fresh_until
    assert timedelta(seconds=1) <= gap.recorded_at - gap.at < timedelta(seconds=3)


def test_an_hour_in_which_nightdesk_was_stopped_is_never_called_up() -> None:
    make_monitor(interval_s=60)
    see()
    let_pass(3600)
    see()  # the first look comes before the first sweep of staleness
    assert changes() == [("unknown", "up", ""), ("up", "unknown", "not_watched"), ("unknown", "up", "")]
    day = past(list(Target.objects.all()), moment.now()).whole.windows[1]
    assert round(day.up) == 180
    assert day.down == 0
    assert round(day.up + day.unwatched) == 86_400


def test_down_before_the_gap_must_pass_all_good_looks_after_it() -> None:
    make_monitor(fail_after=1, recover_after=2)
    see("down", code="connect")
    let_pass(3600)
    mark_stale()
    see()
    assert Target.objects.get().state == "unknown"
    see()
    assert Target.objects.get().state == "up"


def test_a_file_is_stale_by_its_own_time_however_often_it_is_read() -> None:
    make_monitor(kind="summary", target="/srv/summary.json", interval_s=60)
    written = moment.now()
    see(checked_at=written, fresh_until=written + timedelta(seconds=90))
    target = Target.objects.get()
    assert target.fresh_until == written + timedelta(seconds=90)
    let_pass(91)
    written -= timedelta(seconds=91)
    see(checked_at=written, fresh_until=written + timedelta(seconds=90))
    target.refresh_from_db()
    assert (target.state, target.code) == ("unknown", "stale")
    assert changes()[-1] == ("up", "unknown", "stale")
    assert StatusChange.objects.latest("pk").at == written + timedelta(seconds=90)


def test_a_look_that_says_nothing_is_why_it_became_unknown() -> None:
    make_monitor()
    see()
    see("unknown", code="refused_address", detail="Nightdesk may not go there.")
    assert Target.objects.get().state == "up"
    let_pass(181)
    assert mark_stale() == 1
    assert changes()[-1] == ("up", "unknown", "refused_address")


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_statements_does_not_grow(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_many(count)
    see()
    with django_assert_num_queries(2):  # the moment, is there any
        assert mark_stale() == 0
    let_pass(3600)
    with django_assert_num_queries(11):
        assert mark_stale() == count
