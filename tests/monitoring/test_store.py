"""What a batch saw is written in a fixed number of statements, and only by who still holds the lease."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from foundation import moment
from live.models import Announcement
from monitoring.check import check
from monitoring.claim import Claim, claim_due
from monitoring.edit import edit
from monitoring.models import Monitor, StatusChange, Target
from monitoring.probes.result import Outcome, Result, State
from monitoring.staleness import archive_missing, forget_kept
from monitoring.store import store
from monitoring.switch import disable
from tests.factories import make_monitor, make_user
from tests.monitoring.conftest import let_pass, make_many

pytestmark = pytest.mark.django_db


def outcome(*results: Result, code: str = "", detail: str = "", body: bytes = b"") -> Outcome:
    return Outcome(results=results, code=code, detail=detail, response=None, body=body)


UP = Result(key="", name="", state="up")
DOWN = Result(key="", name="", state="down", code="status", detail="It answered 503.")


def saw(claimed: Claim, seen: Outcome) -> int:
    return store(claimed.token, [(monitor, seen) for monitor in claimed.monitors])


def again() -> Claim:
    Monitor.objects.update(due_at=moment.now())
    return claim_due(500)


def test_a_first_good_look_is_a_change_and_the_monitor_is_due_at_its_next_mark() -> None:
    monitor = make_monitor(interval_s=60)
    assert saw(claim_due(10), outcome(UP)) == 1
    monitor.refresh_from_db()
    now = moment.now()
    assert monitor.lease_token is None
    assert timedelta(0) < monitor.due_at - now <= timedelta(seconds=60)
    target = monitor.targets.get()
    assert (target.state, target.settled, target.seen) == ("up", "up", "up")
    assert target.fresh_until is not None
    assert timedelta(seconds=178) < target.fresh_until - now <= timedelta(seconds=180)
    change = StatusChange.objects.get()
    assert (change.target_id, change.was, change.state, change.at) == (
        target.pk,
        "unknown",
        "up",
        target.since,
    )


def test_the_third_failure_in_a_row_raises_and_until_then_it_looks_again_soon() -> None:
    monitor = make_monitor(interval_s=3600, retry_s=10, fail_after=3)
    saw(claim_due(10), outcome(UP))
    made = []
    for _ in range(3):
        made.append(saw(again(), outcome(DOWN)))
        monitor.refresh_from_db()
        made.append((monitor.due_at - moment.now()).total_seconds() <= 10)
    assert made == [0, True, 0, True, 1, False]
    change = StatusChange.objects.latest("pk")
    assert (change.was, change.state, change.code, change.detail) == (
        "up",
        "down",
        "status",
        "It answered 503.",
    )


def test_who_lost_the_lease_writes_nothing() -> None:
    make_monitor()
    lost = claim_due(10)
    let_pass(31)
    mine = claim_due(10)
    assert saw(lost, outcome(DOWN)) == 0
    assert Target.objects.get().fails == 0
    assert Monitor.objects.get().lease_token == mine.token
    assert saw(mine, outcome(UP)) == 1


@pytest.mark.parametrize("verb", ["edit", "check", "disable"])
def test_a_look_that_was_under_way_when_somebody_changed_the_monitor_is_void(verb: str) -> None:
    monitor, ada = make_monitor(), make_user()
    claimed = claim_due(10)
    if verb == "edit":
        edit(monitor, by=ada, target="http://127.0.0.1:10/")
    elif verb == "check":
        check(monitor, by=ada)
    else:
        disable(monitor, by=ada)
    assert saw(claimed, outcome(UP)) == 0
    assert Target.objects.get().state == "unknown"
    assert Monitor.objects.get().looked_at is None


@pytest.mark.parametrize("count", [1, 200])
def test_the_number_of_statements_does_not_grow_with_the_batch(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_many(count)
    saw(claim_due(500), outcome(UP))
    Monitor.objects.update(due_at=moment.now())
    with django_assert_num_queries(1):
        unchanged = claim_due(500)
    # savepoint, lock monitors, the moment, lock targets, maintenance, write targets, who watches, write monitors
    with django_assert_num_queries(9):
        assert saw(unchanged, outcome(UP)) == 0
    Target.objects.update(fails=2)
    # … and: insert the changes, wake the ticker, the teams, refresh their boards
    claimed = again()
    with django_assert_num_queries(13):
        assert saw(claimed, outcome(DOWN)) == count


def test_a_state_that_did_not_change_announces_nothing_and_writes_no_change() -> None:
    make_monitor()
    saw(claim_due(10), outcome(UP))
    told = Announcement.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        saw(again(), outcome(UP))
    assert Announcement.objects.count() == told
    assert StatusChange.objects.count() == 1
    assert not any("nightdesk_tick" in query["sql"] for query in queries.captured_queries)


def test_a_change_refreshes_the_board_of_its_team_and_wakes_the_ticker() -> None:
    monitor = make_monitor()
    Announcement.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        saw(claim_due(10), outcome(UP))
    team = monitor.product.team_id
    assert list(Announcement.objects.values_list("topic", "event")) == [(f"board:{team}", "refresh")]
    assert sum("nightdesk_tick" in query["sql"] for query in queries.captured_queries) == 1


def listing(*names: str, state: State = "up") -> Outcome:
    return outcome(*(Result(key=name, name=name.title(), state=state) for name in names))


def test_targets_of_a_summary_appear_vanish_and_come_back() -> None:
    monitor = make_monitor(kind="summary", target="http://127.0.0.1:9/summary.json")
    assert monitor.targets.count() == 0
    saw(claim_due(10), listing("api", "web"))
    assert list(monitor.targets.order_by("key").values_list("key", "name", "state")) == [
        ("api", "Api", "up"),
        ("web", "Web", "up"),
    ]
    saw(again(), listing("api"))
    web = monitor.targets.get(key="web")
    assert (web.state, web.seen, web.code) == ("up", "unknown", "missing")
    let_pass(200)
    saw(again(), listing("api"))
    web.refresh_from_db()
    assert (web.state, web.code) == ("unknown", "missing")
    let_pass(8 * 86_400)
    assert archive_missing() == 1
    saw(again(), listing("api"))
    assert monitor.targets.get(key="web").archived_at is not None
    saw(again(), listing("api", "web"))
    web.refresh_from_db()
    assert (web.state, web.archived_at) == ("up", None)


def test_a_summary_that_says_nothing_tells_why_and_invents_no_target() -> None:
    monitor = make_monitor(kind="summary", target="http://127.0.0.1:9/summary.json")
    saw(claim_due(10), outcome(code="not_json", detail="This is not JSON.", body=b"<html>\x00 502"))
    monitor.refresh_from_db()
    assert monitor.targets.count() == 0
    assert (monitor.code, monitor.detail) == ("not_json", "This is not JSON.")
    assert (monitor.kept, monitor.kept_code) == ("<html> 502", "not_json")


def test_bad_input_keeps_its_first_four_kilobytes_and_is_not_written_every_time() -> None:
    monitor = make_monitor(kind="summary", target="http://127.0.0.1:9/summary.json")
    saw(claim_due(10), outcome(code="not_json", detail="", body=b"a" * 5000))
    saw(again(), outcome(code="not_json", detail="", body=b"b" * 5000))
    monitor.refresh_from_db()
    assert monitor.kept == "a" * 4096
    let_pass(601)
    saw(again(), outcome(code="not_json", detail="", body=b"b" * 5000))
    monitor.refresh_from_db()
    assert monitor.kept == "b" * 4096


def test_what_was_kept_is_forgotten_after_ninety_days() -> None:
    monitor = make_monitor(kind="summary", target="http://127.0.0.1:9/summary.json")
    saw(claim_due(10), outcome(code="not_json", detail="", body=b"personal data"))
    let_pass(89 * 86_400)
    assert forget_kept() == 0
    let_pass(2 * 86_400)
    assert forget_kept() == 1
    monitor.refresh_from_db()
    assert (monitor.kept, monitor.kept_code, monitor.kept_at) == ("", "", None)


def test_long_and_dirty_texts_of_a_machine_are_cut_and_two_stay_two() -> None:
    monitor = make_monitor(kind="summary", target="http://127.0.0.1:9/summary.json")
    long = "k" * 300
    seen = outcome(
        Result(key=long + "1", name="n" * 300, state="up", detail="\x00" + "d" * 500),
        Result(key=long + "2", name="two", state="up"),
    )
    assert saw(claim_due(10), seen) == 2
    assert sorted(len(key) for key in monitor.targets.values_list("key", flat=True)) == [193, 193]
    assert monitor.targets.get(name="n" * 200).detail == "d" * 400


def test_a_token_that_nobody_gave_out_writes_nothing() -> None:
    monitor = make_monitor()
    assert store(uuid.uuid4(), [(monitor, outcome(UP))]) == 0
