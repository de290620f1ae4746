"""What fails a watch, and what begins it anew (A37, K61): told once, however long it lasts."""

from datetime import timedelta

from hotfixes.models import Watch
from hotfixes.watch.judging import measured
from incidents.lifecycle import closing, transitions
from incidents.messages.claims import Claims
from incidents.models import Clock, Status
from incidents.work import work
from incidents.work.report import report
from monitoring.maintenance.verbs import set_maintenance
from monitoring.models import Monitor
from monitoring.probes.result import State
from monitoring.switch import disable
from tests.hotfixes.watch.conftest import NIGHT, Night


def test_a_flapping_minute_at_one_hour_fifty_begins_it_anew(watched: Night) -> None:
    """It must show: a flapping minute at 1 h 50 restarts it."""
    Monitor.objects.update(fail_after=9)  # nothing confirms it
    watched.go(110)
    flaps: list[State] = ["down", "up", "down", "up", "up"]
    for n, state in enumerate(flaps, start=1):
        watched.to(110 + n / 6)
        watched.look(state)
        watched.judge()
    assert watched.told() == ["watch_opened 0", "watch_failed 110.5"]
    assert "API comes and goes. Decide: mend it or roll back." in watched.line("watch_failed")
    assert watched.incident.status == Status.ACTIVE
    watched.go(120)
    assert watched.told()[2:] == ["watch_opened 110.67"]
    assert watched.incident.status == Status.MONITORING
    assert "<b>The watch begins anew</b>: all is well again. It takes 2 h at least" in watched.line(
        "watch_opened"
    )
    assert watched.clocks() == [(120, "breached"), (230.67, "running")]
    watched.go(232)
    assert watched.told()[3:] == ["watch_met 230.67"]
    assert (watched.watch.restarts, watched.watch.state) == (1, "met")


def test_what_the_monitor_says_is_down_fails_it_and_the_recovery_begins_it_anew_a37(watched: Night) -> None:
    watched.go(60)
    watched.go(64, "down")
    assert watched.told() == ["watch_opened 0", "watch_failed 64"]
    assert "<b>The watch failed</b> after 1 h: API is down" in watched.line("watch_failed")
    watched.go(80, "down")
    assert len(watched.told()) == 2, "told once, however long it lasts"
    watched.go(90)
    assert watched.told()[2:] == ["watch_opened 84"]  # up is what two looks in a row say


def test_a_single_bad_look_changes_nothing_but_takes_its_time_out(watched: Night) -> None:
    watched.go(60)
    watched.go(62, "down")
    watched.go(124)
    assert watched.told() == ["watch_opened 0", "watch_met 124"]


def test_maintenance_is_no_failure_and_nobody_watched_it(watched: Night) -> None:
    watched.go(60)
    set_maintenance(watched.product, by=watched.ada, lasts=timedelta(minutes=20))
    watched.go(80, "down")
    watched.go(122)
    assert watched.told() == ["watch_opened 0", "watch_extended 122"]
    watched.go(150)
    assert watched.told()[2:] == ["watch_met 142"]


def test_without_a_monitor_only_a_person_ends_it(watched: Night) -> None:
    disable(watched.api, by=watched.ada)
    Watch.objects.get().samples.all().delete()
    watched.to(300)
    watched.judge()
    assert watched.told() == ["watch_opened 0"]
    assert measured(watched.watch, watched.clock.now).why == "nobody"
    report(watched.incident, "watch_met", by=watched.ada, text="I tried it all night")
    assert (watched.watch.state, watched.watch.facts["said_by"]) == ("met", "Ada")
    assert watched.clocks() == [(120, "met")]


def test_a_relapse_within_a_day_is_told_before_people_hear_that_it_went_well(watched: Night) -> None:
    watched.go(120)
    watched.to(298)
    watched.go(300)
    watched.go(304, "down")
    assert watched.told() == ["watch_opened 0", "watch_met 120", "watch_failed 304"]
    assert "<b>After the watch</b> API is down again" in watched.line("watch_failed")
    watched.go(310, "down")
    assert (len(watched.told()), watched.watch.state, watched.watch.look_at) == (3, "failed", None)


def test_a_relapse_after_closing_is_told_too_and_the_sentences_are_struck_out(watched: Night) -> None:
    """The day is looked at before the follow-up promises it, whoever has gone home."""
    watched.go(120)
    transitions.resolve(watched.incident, by=watched.ada)
    closing.close(watched.incident, by=watched.ada)
    watched.to(298)
    watched.go(300)
    watched.go(304, "down")
    assert watched.told()[-1] == "watch_failed 304"
    assert (watched.incident.status, watched.watch.state) == ("closed", "failed")
    running = Clock.objects.running().filter(incident=watched.incident, subject="")
    assert "decision" not in running.values_list("key", flat=True), "nobody is woken for what is closed"
    watched.go(320)
    claims = Claims(work.read(watched.incident), watched.clock.now)
    assert claims.judge("stable", watched.hotfix.ref).why == "The watch failed."


def test_after_a_day_it_looks_no_more(watched: Night) -> None:
    watched.go(120)
    watched.to(24 * 60)
    watched.judge()
    assert (watched.watch.state, watched.watch.look_at) == ("met", None)


def test_what_fails_before_a_longer_promise_is_kept_fails_the_watch(watched: Night) -> None:
    """Enough was watched, but the clock that waits for it runs on: it is not over, and nothing is called well yet."""
    watched.go(100)
    Clock.objects.filter(key="watch").update(due_at=NIGHT + timedelta(minutes=180))
    assert watched.minute(measured(watched.watch, watched.clock.now).ends_at) == 180
    watched.go(130)
    assert (watched.told(), watched.watch.state) == (["watch_opened 0"], "running")
    watched.go(134, "down")
    watched.go(180)
    assert watched.told()[1] == "watch_failed 134"
    assert not any(line.startswith("watch_met") for line in watched.told())
