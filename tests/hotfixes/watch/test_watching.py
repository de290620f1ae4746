"""A watch over a night: opened by the deployment, measured by real looks, longer for what nobody saw (K61, K84)."""

from datetime import timedelta

import pytest

from accounts.models import User
from hotfixes.models import Watch
from hotfixes.watch import shown, smoke
from incidents.lifecycle import closing, transitions
from incidents.lifecycle.closing import Held
from incidents.lifecycle.declare import declare
from incidents.models import Status
from incidents.timeline.corrections import correct
from incidents.work import remaining, work
from incidents.work.report import report
from tests.factories import make_monitor, make_product
from tests.hotfixes.watch.conftest import NIGHT, Night
from tests.signing import sign_in


def test_looks_are_kept_from_the_deployment_and_the_time_counts_from_the_smoke_tests_c3(night: Night) -> None:
    night.sparse = False
    night.deploy(-10)
    assert (night.watch.remedy, night.watch.counts_from) == (night.hotfix.ref, None)
    night.go(0)
    assert night.watch.samples.count() == 6  # the one before it too
    night.pass_smoke(0)
    assert (night.watch.kept_from, night.watch.counts_from) == (NIGHT - timedelta(minutes=10), NIGHT)
    night.go(118)
    assert night.told() == ["watch_opened 0"]
    night.go(120)
    assert night.told() == ["watch_opened 0", "watch_met 120"]
    assert (night.watch.state, night.clocks()) == ("met", [(120, "met")])
    assert "<b>The watch went well</b>: 2 h watched, 100 % of the time" in night.line("watch_met")


def test_by_archy_the_time_counts_from_the_deployment(archy: Night) -> None:
    archy.deploy(0)
    assert (archy.watch.counts_from, archy.watch.remedy) == (NIGHT, "")
    archy.go(120)
    assert archy.told() == ["watch_opened 0", "watch_met 120"]


def test_by_archy_a_smoke_test_that_fails_ends_clock_and_count_and_both_begin_anew_once_they_pass(
    archy: Night,
) -> None:
    archy.deploy(0)
    archy.go(10)
    first, *_rest = smoke.wanted(archy.incident)
    smoke.tick(archy.incident, by=archy.ada, results={first: False})
    archy.go(20)
    (panel,) = shown.of_incident(archy.incident, archy.clock.now)
    assert (panel.state, panel.head, panel.ends_at) == (
        "waits", "A smoke test failed: the time counts anew once all of them pass", None,
    )  # fmt: skip
    assert archy.clocks() == [(120, "breached")]
    (hold,) = closing.holds(archy.incident, archy.clock.now)
    assert hold.sentence == "“Watch” was ended too early. Watch again, or waive it with a reason."
    smoke.tick(archy.incident, by=archy.ada, results=dict.fromkeys(smoke.wanted(archy.incident), True))
    (panel,) = shown.of_incident(archy.incident, archy.clock.now)
    assert (panel.state, archy.minute(panel.ends_at), archy.clocks()[-1]) == ("runs", 140, (140, "running"))
    archy.go(140)
    assert archy.told() == ["watch_opened 0", "watch_opened 20", "watch_met 140"]


def test_by_archy_smoke_tests_that_pass_leave_the_count_as_it_was(archy: Night) -> None:
    archy.deploy(0)
    archy.go(10)
    report(archy.incident, "smoke_passed", by=archy.ada)
    archy.go(20)
    assert (archy.told(), archy.clocks()) == (["watch_opened 0"], [(120, "running")])


def test_of_two_watches_of_a_product_both_say_the_same_of_a_monitor(watched: Night) -> None:
    """The younger one says why it has not failed where the older has: what was down before has a while to come up."""
    watched.go(10)
    watched.to(12)
    watched.look("down")
    watched.to(14)
    watched.look("down")
    watched.judge()
    assert watched.told()[-1] == "watch_failed 14"
    other = declare(
        watched.product,
        by=watched.ada,
        title="Again",
        severity=watched.product.severities().get(key="CRITICAL"),
    )
    report(other, "deployed", by=watched.ada)
    now = watched.to(14.5)
    older = shown.of(Watch.objects.get(incident=watched.hotfix.incident), now)
    younger = shown.of(Watch.objects.get(incident=other), now)
    assert [one.strips[0].pieces[-1].state for one in (older, younger)] == ["down", "down"]
    report(other, "smoke_passed", by=watched.ada)
    younger = shown.of(Watch.objects.get(incident=other), watched.clock.now)
    assert younger.head == "API was not well when this watch began, and has until 21 Nov 02:19 UTC to come up"


def test_who_ends_it_too_early_reads_how_much_was_watched(watched: Night) -> None:
    watched.go(10)
    page = sign_in(watched.ada).get(f"{watched.incident.get_absolute_url()}finish_watch").content.decode()
    assert f"Only 10 min of 2 h of {watched.hotfix.ref} were watched: 1 h 50 min are missing." in page
    assert "asks for 2 h. It will stand there as your word: nothing measured it." in page
    assert "Left alone, it ends by itself at 21 Nov 04:00 UTC." in page
    assert watched.told() == ["watch_opened 0"]


def test_a_hole_of_ten_minutes_makes_it_longer_says_so_and_closing_waits_for_it(watched: Night) -> None:
    """It must show: a watch with a 10-minute hole in its polls is extended and says so."""
    watched.go(10)
    watched.to(18)
    watched.go(22)
    assert watched.told() == ["watch_opened 0", "watch_extended 22"]
    said = watched.line("watch_extended")
    assert "<b>Watch extended</b> by 10 min: 10 min without a good look between 02:10 and 02:20 (API)" in said
    assert "Until 04:10 UTC" in said
    assert watched.clocks() == [(130, "running")]
    transitions.resolve(watched.incident, by=watched.ada)
    watched.go(124)
    with pytest.raises(Held) as held:
        closing.close(watched.incident, by=watched.ada)
    assert held.value.messages == [
        "“Watch” is not over: 6 min to go, until 21 Nov 04:10 UTC. Wait, or waive it with a reason."
    ]
    watched.go(130)
    assert watched.told()[2:] == ["watch_met 130"]
    closing.close(watched.incident, by=watched.ada)
    assert watched.incident.status == Status.CLOSED


def test_while_nobody_looks_at_the_two_hour_mark_it_is_not_over(watched: Night) -> None:
    watched.go(100)
    watched.to(130)
    watched.judge()
    assert (watched.told(), watched.clocks()) == (["watch_opened 0"], [(150, "running")])
    transitions.resolve(watched.incident, by=watched.ada)
    with pytest.raises(Held) as held:
        closing.close(watched.incident, by=watched.ada)
    assert held.value.messages == [
        "“Watch” is not over: 20 min to go, until 21 Nov 04:30 UTC. Wait, or waive it with a reason."
    ]


def test_while_a_gap_lasts_next_clock_and_panel_say_the_same_end_in_the_readers_zone(watched: Night) -> None:
    transitions.acknowledge(watched.incident, by=watched.ada)
    User.objects.filter(pk=watched.ada.pk).update(time_zone="Europe/Berlin")
    watched.ada.refresh_from_db()
    watched.go(60)
    watched.to(90)
    watched.judge()
    watched.to(90.2)  # between two rounds
    incident, now = watched.incident, watched.clock.now
    (panel,) = shown.of_incident(incident, now, watched.ada)
    (hold,) = closing.holds(incident, now)
    assert (watched.clocks(), watched.minute(panel.ends_at), watched.minute(hold.until)) == (
        [(150, "running")], 150, 150,
    )  # fmt: skip
    page = sign_in(watched.ada).get(incident.get_absolute_url()).content.decode()
    assert (panel.course.why, "05:30 CET" in page, "05:00 CET" in page) == ("gap", True, False)
    assert "Nobody sees how it is just now: until somebody does, the end moves on." in page
    found = remaining.watching(incident, work.read(incident), watched.ada)
    assert found
    assert (found.title, found.reason[: found.reason.index(" Look at")]) == (
        "Watch until 05:30 CET",
        "59 min 48 s to go. 30 min later than planned: only time in which all was seen to be well counts.",
    )


def test_once_somebody_looks_again_the_clock_stays_where_the_watch_ends(watched: Night) -> None:
    watched.go(60)
    watched.to(90)
    watched.judge()
    watched.go(110)
    watched.go(150)
    assert watched.clocks() == [(152, "running")]
    watched.go(152)
    assert watched.told() == ["watch_opened 0", "watch_extended 110", "watch_met 152"]


def test_what_was_told_late_counts_the_states_that_the_monitors_have_kept(night: Night) -> None:
    night.go(60)
    report(night.incident, "deployed", by=night.ada, at=NIGHT - timedelta(minutes=10))
    report(night.incident, "smoke_passed", by=night.ada, at=NIGHT)
    night.go(120)
    assert night.told() == ["watch_opened 0", "watch_met 120"]


def test_a_corrected_beginning_moves_it(watched: Night) -> None:
    watched.go(60)
    passed = watched.event("smoke_passed")
    correct(passed, by=watched.ada, reason="It was later", occurred_at=NIGHT + timedelta(minutes=30))
    watched.go(150)
    assert watched.told() == ["watch_opened 0", "watch_met 150"]
    assert watched.clocks() == [(150, "met")]


def test_a_failed_deployment_stops_it_and_the_next_one_opens_another(watched: Night) -> None:
    watched.go(20)
    report(watched.incident, "deploy_failed", by=watched.ada)
    assert (watched.watch.state, watched.watch.look_at) == ("stopped", None)
    watched.deploy(30)
    watched.pass_smoke(40)
    states = list(Watch.objects.order_by("pk").values_list("state", "remedy"))
    assert states == [("stopped", watched.hotfix.ref), ("running", watched.hotfix.ref)]
    assert watched.told() == ["watch_opened 0", "watch_opened 40"]


def test_a_rollback_is_watched_like_what_was_deployed(archy: Night) -> None:
    archy.deploy(0)
    archy.go(30)
    report(archy.incident, "rollback_started", by=archy.ada)
    archy.go(40)
    report(archy.incident, "rolled_back", by=archy.ada)
    assert list(Watch.objects.order_by("pk").values_list("state", flat=True)) == ["stopped", "running"]
    archy.go(160)
    assert archy.told() == ["watch_opened 0", "watch_opened 40", "watch_met 160"]
    assert archy.clocks()[-1] == (160, "met")


def test_closing_ends_it(watched: Night) -> None:
    watched.go(6)
    watched.incident.clocks.update(waived_at=watched.clock.now)
    transitions.resolve(watched.incident, by=watched.ada)
    closing.close(watched.incident, by=watched.ada)
    assert (watched.watch.state, watched.watch.look_at) == ("stopped", None)
    watched.go(10)
    assert watched.watch.samples.filter(at__gt=NIGHT + timedelta(minutes=6)).count() == 0


def test_two_products_of_one_incident_do_not_watch_each_other(watched: Night) -> None:
    other = make_monitor(make_product(name="Web"), name="Elsewhere")
    watched.look("down", other)
    assert set(watched.watch.samples.values_list("target__monitor__name", flat=True)) == {"API"}
