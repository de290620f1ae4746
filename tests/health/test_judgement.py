"""What is said when: the real figures, from facts, in words that a tired person understands."""

from dataclasses import replace

import pytest

from config.health.disk import Disk
from config.health.facts import Facts, Waiting
from config.health.judgement import Report, blind, judge
from tests.health.conftest import WEB, WELL, WORKER, ago, beat


def of(facts: Facts, key: str, **more: float) -> tuple[str, str]:
    part = judge(facts, **more).part(key)
    return str(part.level), part.summary


def alarms(facts: Facts, **more: float) -> list[str]:
    return [part.summary for part in judge(facts, **more).alarms]


def test_all_is_well() -> None:
    report = judge(WELL)
    assert (report.ok, report.alarms) == (True, [])
    assert {part.key: str(part.level) for part in report.parts if part.level != "ok"} == {"ping": "notice"}


def with_ticker(age: float) -> Facts:
    return replace(WELL, beats=(beat("worker"), beat("ticker", age), beat("broker"), *WEB))


def test_a_worker_that_lives_and_does_not_tick_is_said_after_fifteen_seconds() -> None:
    assert judge(with_ticker(15)).ok is True
    assert alarms(with_ticker(16)) == [
        "Nightdesk's worker has not ticked since 2026-11-21 02:19:44 UTC. Clocks and monitors are not being watched."
    ]


def test_a_worker_that_just_came_back_is_no_second_alarm_until_it_had_the_time_to_tick() -> None:
    """For a moment pages said something else about the same outage."""
    gone = (beat("worker", 300, pulse=300), beat("ticker", 300, pulse=300))
    back = [
        replace(WELL, beats=(*gone, beat("worker", process="b", started_at=ago(age)), beat("broker"), *WEB))
        for age in (3, 15, 16)
    ]
    assert [len(alarms(facts)) for facts in back] == [0, 0, 1]
    assert [judge(facts).part("ticker").ok for facts in back] == [False, False, False]
    late = replace(back[0], monitors=Waiting(4, ago(300)))
    assert (judge(late).part("monitors").ok, alarms(late)) == (False, [])
    again = replace(beat("worker", process="c", pulse=20), started_at=ago(25))
    assert len(alarms(replace(back[0], beats=(*back[0].beats, again)))) == 1


NOTHING = "Nobody checks clocks and monitors or sends messages."


def test_a_frozen_worker_is_told_from_one_that_is_gone_and_one_that_was_stopped() -> None:
    silent = [replace(each, pulse_at=ago(20), beat_at=ago(20)) for each in WORKER]
    gone = replace(WELL, beats=(*silent, *WEB))
    frozen = replace(WELL, beats=(*(replace(each, holds_session=True) for each in silent), *WEB))
    stopped = replace(WELL, beats=(*(replace(each, ended_at=ago(20)) for each in silent), *WEB))
    since = "2026-11-21 02:19:40 UTC"
    assert alarms(gone) == [f"Nightdesk's worker has been gone since {since}. {NOTHING}"]
    assert alarms(frozen) == [f"Nightdesk's worker has been frozen since {since}. {NOTHING}"]
    assert alarms(stopped) == [f"No worker runs: the last one ended at {since}. {NOTHING}"]
    assert alarms(replace(WELL, beats=WEB)) == [f"No worker has ever run here. {NOTHING}"]


def test_a_worker_that_is_being_replaced_is_no_news_yet() -> None:
    ended = replace(WELL, beats=(*(replace(each, ended_at=ago(4)) for each in WORKER), *WEB))
    assert (judge(ended).ok, alarms(ended)) == (True, [])


def test_one_cause_is_said_once() -> None:
    late = {
        "clocks": Waiting(2, ago(300)),
        "messages": Waiting(3, ago(300)),
        "monitors": Waiting(4, ago(300)),
    }
    gone = replace(WELL, beats=WEB, **late)  # type: ignore[arg-type]
    assert len(alarms(gone)) == 1
    assert {part.key for part in judge(gone).parts if not part.ok} == {
        "worker", "ticker", "clocks", "messages", "monitors",
    }  # fmt: skip


def test_another_worker_goes_on() -> None:
    dead = [replace(each, process="b", pulse_at=ago(60), beat_at=ago(60)) for each in WORKER]
    facts = replace(WELL, beats=(*WELL.beats, *dead))
    assert (judge(facts).ok, alarms(facts), of(facts, "worker")[0]) == (True, [], "notice")


@pytest.mark.parametrize(
    ("host", "started", "frozen", "level"),
    [
        ("host", 50, False, "ok"),  # its supervisor has started it again
        ("host", 70, False, "notice"),  # that one ran before
        ("other", 50, False, "notice"),
        ("host", 50, True, "notice"),  # it is not gone
    ],
)
def test_one_whose_place_another_has_taken_is_no_news(
    host: str, started: float, frozen: bool, level: str
) -> None:
    dead = [
        replace(each, process="b", pulse_at=ago(60), beat_at=ago(60), holds_session=frozen) for each in WORKER
    ]
    alive = [replace(each, label=f"worker 2 on {host}", started_at=ago(started)) for each in WORKER]
    assert of(replace(WELL, beats=(*alive, *dead, *WEB)), "worker")[0] == level
    twice = [*dead, *(replace(each, process="c") for each in dead)]
    assert of(replace(WELL, beats=(*alive, *twice, *WEB)), "worker")[0] == "notice"
    before = replace(dead[0], process="c", pulse_at=ago(600))
    after = [replace(each, started_at=ago(590)) for each in dead]
    assert of(replace(WELL, beats=(*alive, *after, before, *WEB)), "worker")[0] == level


def test_a_ticker_that_turns_without_working_off_what_is_due_is_noticed() -> None:
    assert judge(replace(WELL, clocks=Waiting(1, ago(30)))).ok is True
    assert alarms(replace(WELL, clocks=Waiting(1, ago(31)))) == [
        "1 clock ran out at 2026-11-21 02:19:29 UTC and nobody was told."
    ]
    assert alarms(replace(WELL, changes=Waiting(2, ago(21)))) == [
        "2 monitor changes have not reached their incidents, the first since 2026-11-21 02:19:39 UTC."
    ]


def test_alerts_that_nobody_judges_and_those_that_nobody_could_read_are_said() -> None:
    assert alarms(replace(WELL, alerts=Waiting(1, ago(20)))) == []
    assert alarms(replace(WELL, alerts=Waiting(3, ago(21)), unread=Waiting(1, ago(9)))) == [
        "3 alerts have not reached their incidents, the first since 2026-11-21 02:19:39 UTC."
    ]
    assert alarms(replace(WELL, unread=Waiting(1, ago(9)))) == [
        "What 1 alert source sent at 2026-11-21 02:19:51 UTC could not be used. Its page says why."
    ]


def test_a_page_that_waits_a_minute_is_said_and_one_that_nobody_takes_sooner() -> None:
    busy = (*WELL.beats, beat("sender", 2))
    assert judge(replace(WELL, beats=busy, messages=Waiting(1, ago(60)))).ok is True
    late = "1 message has been waiting to be sent since 2026-11-21 02:18:59 UTC."
    assert alarms(replace(WELL, beats=busy, messages=Waiting(1, ago(61)))) == [late]
    untaken = replace(WELL, messages=Waiting(2, ago(21)), unclaimed=ago(21))
    assert alarms(untaken) == [
        "2 messages have been waiting to be sent, the first since 2026-11-21 02:19:39 UTC."
    ]
    assert judge(replace(untaken, beats=busy)).ok is True


def test_a_send_or_a_probe_that_gives_no_sign_is_said() -> None:
    def silent(name: str, seconds: float) -> Facts:
        return replace(WELL, beats=(*WELL.beats, beat(name, seconds, silent_since=ago(seconds))))

    assert judge(silent("sender", 18)).ok is True
    assert judge(silent("prober", 18)).ok is True
    assert alarms(silent("sender", 19)) == [
        "A message has been on its way without a sign since 2026-11-21 02:19:41 UTC."
    ]
    assert alarms(silent("prober", 19)) == ["Checking monitors has been stuck since 2026-11-21 02:19:41 UTC."]


def test_a_monitor_that_nobody_looks_at_is_said() -> None:
    assert judge(replace(WELL, monitors=Waiting(1, ago(20)))).ok is True
    assert alarms(replace(WELL, monitors=Waiting(3, ago(21)))) == [
        "3 monitors have not been checked, the first since 2026-11-21 02:19:39 UTC."
    ]


def test_a_monitor_that_is_taken_again_and_again_without_a_result_is_said() -> None:
    facts = replace(WELL, unstored=Waiting(1, ago(400)))
    assert judge(facts, unstored_s=45).ok is True  # a lease of a dead worker ends, one is switched on again
    assert alarms(facts, unstored_s=46) == [
        "1 monitor gave no result since 2026-11-21 02:13:20 UTC, although it is looked at."
    ]


def test_open_pages_that_hear_nothing_are_said() -> None:
    deaf = replace(WELL, beats=(*WORKER, WEB[0], replace(WEB[1], beat_at=ago(16))))
    assert alarms(deaf) == [
        "Open pages have heard nothing new since 2026-11-21 02:19:44 UTC. Load them again to see what is true."
    ]
    behind = replace(WELL, announced=101)
    assert alarms(behind) == ["web 1 on host passes on nothing new: pages open there may be old."]
    assert alarms(replace(WELL, beats=WORKER)) == ["No web process listens: open pages hear nothing new."]


def test_a_broker_that_is_away_is_said_and_is_not_down() -> None:
    facts = replace(WELL, beats=(beat("worker"), beat("ticker"), beat("broker", 16), *WEB))
    assert (judge(facts).ok, alarms(facts)) == (
        True,
        [
            "Redis has not answered since 2026-11-21 02:19:44 UTC. The work goes on without it, a little slower."
        ],
    )


def test_hints_that_hang_on_their_way_are_said_and_are_not_down() -> None:
    facts = replace(WELL, beats=(*WELL.beats, beat("bell", 19, silent_since=ago(19))))
    assert (judge(facts).ok, alarms(facts)) == (
        True,
        [
            "Waking the workers has been stuck since 2026-11-21 02:19:41 UTC. The work goes on without it, a little"
            " slower."
        ],
    )


@pytest.mark.parametrize(
    ("change", "key", "level"),
    [
        ({"took_s": 1.1}, "database", "warn"),
        ({"disk": Disk(400_000_000, 1_000_000_000_000)}, "disk", "warn"),
        ({"disk": Disk(40_000_000_000, 1_000_000_000_000)}, "disk", "ok"),
        ({"disk": Disk(31_000_000, 1_000_000_000_000, database=True)}, "disk", "down"),
        ({"disk": Disk(33_000_000, 1_000_000_000_000, database=True)}, "disk", "warn"),
        ({"disk": Disk(0, 1_000_000_000_000)}, "disk", "warn"),
        ({"may_delete": True}, "role", "notice"),
        ({"locale_provider": "c"}, "locale", "notice"),
        ({"unmade": "incidents.0099_later"}, "tables", "down"),
        ({"mail": False}, "mail", "notice"),
        ({"links_stay": True}, "links", "notice"),
    ],
)
def test_what_the_house_stands_on(change: dict[str, object], key: str, level: str) -> None:
    report = judge(replace(WELL, **change))  # type: ignore[arg-type]
    assert (report.ok, str(report.part(key).level)) == (level != "down", level)


def test_a_process_file_that_cannot_be_used_is_named_with_its_line_and_wakes_nobody() -> None:
    assert "processes" not in {part.key for part in judge(WELL).parts}
    assert of(replace(WELL, processes=()), "processes") == ("ok", "All are in force.")
    problem = "shop.yaml:8: severities[0].rank: expected a whole number (here: '100%(since)s')"
    level, said = of(replace(WELL, processes=(problem,)), "processes")
    assert (level, alarms(replace(WELL, processes=(problem,)))) == ("notice", [])
    assert said == (
        "A process file cannot be used; its last good version stays. "
        "shop.yaml:8: severities[0].rank: expected a whole number (here: '100% (since)s')"
    )


def test_a_process_that_has_just_begun_cannot_know_yet() -> None:
    nobody = replace(WELL, beats=())
    assert judge(nobody, up_s=14).ok is True
    assert judge(nobody, up_s=16).ok is False


def test_a_ping_that_does_not_arrive_is_said_and_is_not_down() -> None:
    def pinged(age: float, **figures: object) -> Facts:
        return replace(
            WELL, ping=True, beats=(*WELL.beats, beat("ping", age, role="ping", pulse=age, figures=figures))
        )

    assert of(replace(WELL, ping=True), "ping") == ("ok", "Not sent yet.")
    assert of(pinged(30, ok=True), "ping") == ("ok", "Last taken at 2026-11-21 02:19:30 UTC.")
    assert of(pinged(30, ok=False, said="it answered 500 (50%)"), "ping") == (
        "warn",
        "The ping did not arrive at 2026-11-21 02:19:30 UTC: it answered 500 (50%)",
    )
    assert of(pinged(181, ok=True), "ping")[0] == "notice"


def test_the_digest_changes_only_with_what_pages_say() -> None:
    late, later = (replace(WELL, clocks=Waiting(n, ago(40 + n))) for n in (1, 2))
    assert judge(WELL).digest == ()
    assert judge(late).digest == judge(later).digest == (("clocks", "down"),)
    assert Report(WELL.now, ()).ok is True


def test_a_mistake_of_ours_is_not_blamed_on_the_database() -> None:
    report = blind(WELL.now, why="UndefinedTable")
    assert [(part.key, part.ok) for part in report.parts] == [("look", False)]
    assert report.parts[0].said == "Nightdesk could not look at itself. The log says why."


def test_what_nobody_out_there_takes_is_a_notice_and_mail_that_reaches_nobody_an_alarm() -> None:
    one = replace(WELL, stuck=Waiting(1, ago(30)), unmailed=1)
    assert (judge(one).ok, alarms(one), of(one, "outside")) == (
        True, [], ("notice", "1 message has not got through since 2026-11-21 02:19:30 UTC."),
    )  # fmt: skip
    assert alarms(replace(WELL, stuck=Waiting(9, ago(30)), unmailed=2)) == []
    assert alarms(replace(WELL, stuck=Waiting(4, ago(30)), unmailed=3)) == [
        "4 messages have not got through, the first since 2026-11-21 02:19:30 UTC. Mail no longer reaches 3 people: "
        "look at the mail server."
    ]
