"""What a simulation shows and offers: the clocks of a real incident, the hours of the night, every way to the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from accounts.models import User
from incidents.clocks.shown import clock_views
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.simulation.basis import Basis
from incidents.simulation.offers import offers
from incidents.simulation.play import Played, act, advance, play
from incidents.simulation.script import MOST_MOVES, Move, Script
from incidents.simulation.shown import read
from incidents.work import work
from products.models import Process, Product
from tests.incidents.simulating import A_WHOLE_STORY, FRIDAY, VIENNA, basis, script, shown

pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.django_db
def test_clocks_are_those_of_a_real_incident(product: Product, ada: User) -> None:
    """K15, K144: the same clocks with the same targets, due as long after detection."""
    severity = product.severities().get(key="HIGH")
    real = declare(product, by=ada, title="Real", severity=severity)

    def told(incident: Incident, now: datetime) -> list[tuple[Any, ...]]:
        return [
            (
                v.clock.key,
                v.clock.kind,
                v.clock.target,
                v.clock.due_at and v.clock.due_at - incident.detected_at,
            )
            for v in clock_views(incident, now)
        ]

    simulated = play(basis(), script(), lambda played: told(played.fresh(), played.now))
    assert simulated == told(real, real.declared_at)


@pytest.mark.django_db
def test_time_alone_brings_warnings_breaches_and_questions_at_their_moment(product: Product) -> None:
    """A severity of four hours to respond: asked for roles, warned at three quarters, late on the second."""
    found, late = play(
        basis(), script(until_s=5 * 3600),
        lambda p: ([(e.kind, e.occurred_at, e.recorded_at, e.data.get("key", ""))
                    for e in p.fresh().events.select_related("payload").order_by("seq")], read(p)),
    )  # fmt: skip
    assert found == [
        ("declared", FRIDAY, FRIDAY, ""),
        *(("clock_breached", FRIDAY + timedelta(minutes=minutes), FRIDAY + timedelta(minutes=minutes), key)
          for minutes, key in ((10, "decision"), (30, "acknowledged"), (240, "response"), (240, "total"))),
    ]  # fmt: skip
    assert late.late == ["Acknowledge", "Respond", "Decide", "Total time"]
    assert [(one.at - FRIDAY, one.subject.split(": ")[1]) for one in late.told] == [
        (timedelta(0), "A made-up problem"),
        (timedelta(minutes=5), "half of the time is gone"),
        (timedelta(minutes=5), "nobody is Release Engineer"),
        (timedelta(minutes=5), "nobody is DevOps"),
        (timedelta(minutes=5), "nobody is Product Owner"),
        (timedelta(minutes=7, seconds=30), "time is running out"),
        (timedelta(minutes=9), "almost out of time"),
        (timedelta(minutes=10), "nobody has decided"),
        (timedelta(minutes=22, seconds=30), "nobody has acknowledged"),
        (timedelta(minutes=27), "nobody has acknowledged"),
        (timedelta(minutes=30), "time ran out"),
        (timedelta(minutes=30), "nobody has acknowledged"),
        (timedelta(hours=1), "an update is due (Staff Mobile)"),
        (timedelta(hours=3), "time is running out"),
        (timedelta(minutes=216), "almost out of time"),
        (timedelta(hours=4), "time ran out"),
    ]
    everybody = ("Ada (Release Engineer)", "Ben (DevOps)", "Cleo (Product Owner)", "Dan (Affected Team)")
    owner = ("Cleo (Product Owner)",)
    assert [one.whom for one in late.told][1:10] == [
        owner, ("Ada (Release Engineer)",), ("Ben (DevOps)",), owner, owner, owner, owner,
        everybody, ("Ben (deputy Release Engineer)",),
    ]  # fmt: skip
    assert late.told[11].whom == ("Vera",)  # everybody else hears that the time ran out


@pytest.mark.django_db
def test_what_is_owed_and_updates_are_reminded_of_at_their_moment(product: Product) -> None:
    """K65, K73: who owes a message hears when it is due and when it is late; each update begins the next hour."""
    asked = script(
        (60, "acknowledge", ""), (90, "lead", ""), (120, "decide", "hotfix"), (900, "report", "deployed"),
        (1200, "report", "smoke_passed"), (3000, "update", ""), until_s=7200,
    )  # fmt: skip
    found = shown(asked)
    assert found.refused == []
    said = [
        (one.at - FRIDAY, one.subject, one.whom) for one in found.told if one.subject.startswith("INC-0: ")
    ]
    assert said == [
        (timedelta(minutes=20), "INC-0: send “Production hotfix deployed” (Staff Mobile)", ("Cleo",)),
        (timedelta(minutes=50), "INC-0: late: “Production hotfix deployed” (Staff Mobile)", ("Cleo",)),
        (timedelta(minutes=110), "INC-0: an update is due (Staff Mobile)", ("Vera",)),
    ]
    assert [(one.at - FRIDAY, one.label) for one in shown(asked.later(-4200)).coming if "pdate" in one.label][
        :1
    ] == [(timedelta(minutes=110), "A status update is due")]


@pytest.mark.django_db
def test_what_wakes_nobody_waits_for_the_morning_of_the_zone(product: Product) -> None:
    """K132–K135: MEDIUM on a Friday at 22:00 is told on Saturday at eight; acknowledged before, it is not sent."""
    evening = shown(script(severity="MEDIUM", until_s=60)).told[0]
    assert (evening.state, evening.held, evening.due_at) == (
        "waits",
        True,
        datetime(2026, 11, 21, 7, tzinfo=UTC),
    )
    morning = shown(script(severity="MEDIUM", until_s=11 * 3600)).told[0]
    assert (morning.state, morning.due_at) == ("sent", evening.due_at)
    moot = shown(script((600, "acknowledge", ""), severity="MEDIUM")).told[0]
    assert (moot.state, moot.reason) == ("moot", "acknowledged by Vera")


@pytest.mark.django_db
def test_the_night_of_a_change_of_clocks_has_its_own_length(product: Product) -> None:
    """25 October 2026 has 25 hours in Vienna: eight o'clock comes ten hours after 23:00."""
    asked = Script("MEDIUM", datetime(2026, 10, 24, 21, 0, tzinfo=UTC), VIENNA, (), 60)
    assert shown(asked).told[0].due_at == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_not_sure_begins_in_triage_at_the_worst(product: Product) -> None:
    """K15, A18: without a severity it is triage, and confirming is what comes next."""
    found = shown(script((60, "acknowledge", ""), severity=""))
    assert (found.status, found.severity) == ("Triage", "CRITICAL")
    assert [(one.verb, one.of) for one in found.group("next")] == [("confirm_severity", "")]


@pytest.mark.django_db
def test_what_is_next_is_offered_and_doing_it_always_works_to_the_end(product: Product) -> None:
    """A16, K145: pressing what is offered first, from both sources' first minute, ends resolved, refused nowhere."""
    for key, severity in (("krow", "CRITICAL"), ("archy", "P0")):
        begun = script((60, "acknowledge", ""), (120, "decide", "hotfix"), severity=severity)
        assert play(basis(key), begun, press_what_is_next) == (key, [], "resolved")


def press_what_is_next(played: Played) -> tuple[str, list[Any], str]:
    for _press in range(40):
        incident = played.fresh()
        first = [one for one in offers(incident, work.read(incident)) if one.group == "next"]
        if not first:
            break
        advance(played, played.now + timedelta(minutes=1))
        act(played, Move(0, first[0].verb, first[0].of))
    key = played.fresh().process_version.document["key"]
    return key, [(one.move, one.words) for one in played.refused], played.fresh().status


@pytest.mark.django_db
def test_every_move_that_is_offered_is_taken(product: Product) -> None:
    """At each moment of a story each button does what it says."""
    for key, severity in (("krow", "CRITICAL"), ("archy", "P0")):
        for moves in ((), ((60, "acknowledge", ""), (120, "decide", "hotfix"), (900, "report", "deployed"))):
            asked = script(*moves, severity=severity, until_s=1000)
            assert play(basis(key), asked, press_each) == []


def press_each(played: Played) -> list[tuple[Move, str]]:
    """Every button from the same moment; of the ways to roll back, which are one move, the last. Returns what was
    refused."""
    incident = played.fresh()
    offered = offers(incident, work.read(incident))
    assert len(offered) > 8
    by_move = {(one.verb, one.of.partition(".")[0]): one for one in offered}
    for one in by_move.values():
        with transaction.atomic():
            act(played, Move(0, one.verb, one.of))
            transaction.set_rollback(True)
    return [(one.move, one.words) for one in played.refused]


@pytest.mark.django_db
def test_what_does_not_hold_is_decided_anew_next(product: Product) -> None:
    """A37: a fix is gone back from; the version before is not gone back from again."""
    mended = ((60, "acknowledge", ""), (120, "decide", "hotfix"), (900, "report", "deployed"))
    back = ((120, "decide", "rollback.halt_rollout"), (900, "report", "rolled_back"))
    for moves, choice in ((mended, "rollback"), ((mended[0], *back), "hotfix")):
        found = shown(script(*moves, (960, "report", "smoke_failed")))
        assert [one.of.partition(".")[0] for one in found.group("next") if one.verb == "decide"] == [choice]


@pytest.mark.django_db
def test_a_rollback_is_decided_by_who_decides_and_ends(product: Product) -> None:
    """K67, C15: the option of the process; its end is stated."""
    found = shown(
        script(
            (60, "acknowledge", ""), (120, "decide", "rollback.halt_rollout"), (900, "report", "rolled_back")
        )
    )
    assert found.refused == []
    assert "Halt the rollout in the stores" in " ".join(str(line.html) for line in found.log)
    assert [str(line.html).count("Cleo") for line in found.log if "rollout" in str(line.html)] == [1]


@pytest.mark.django_db
def test_a_refused_move_says_why_and_the_play_goes_on(product: Product) -> None:
    found = shown(
        script((60, "acknowledge", ""), (70, "acknowledge", ""), (80, "close", ""), (90, "fly", ""),
               (95, "finish_step", "none"), (100, "resolve", ""))
    )  # fmt: skip
    assert found.status == "Resolved"
    assert [(one.move.verb, one.words[:34]) for one in found.refused] == [
        ("acknowledge", "It is too late for this."),
        ("close", "It is too late for this."),
        ("fly", "“fly” is no move of a simulation. "),
        ("finish_step", "The process of this incident has n"),
    ]


@pytest.mark.django_db
def test_a_draft_is_played_before_anybody_works_by_it(product: Product) -> None:
    text = Process.objects.get(key="krow").current.text.replace("within: 4 h}", "within: 3 h}")  # type: ignore[union-attr]
    found = play(Basis.of_text(text.encode(), name="draft.yaml"), script(until_s=3 * 3600), read)
    assert found.late == ["Acknowledge", "Respond", "Decide"]


@pytest.mark.django_db
def test_a_severity_of_another_process_is_refused(product: Product) -> None:
    with pytest.raises(ValidationError, match="no severity “P0”, only CRITICAL, HIGH, MEDIUM"):
        shown(script(severity="P0"))
    assert shown(script(severity="high")).severity == "HIGH"


def test_a_script_reads_back_from_its_address_as_it_was() -> None:
    asked = script(*A_WHOLE_STORY, until_s=20000)
    again = Script.asked(QueryDict(asked.query), severity="CRITICAL", zone="UTC", now=FRIDAY)
    assert again == asked
    assert again.without_last().moves == asked.moves[:-1]
    assert again.later(60).until_s == 20060


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("m=soon.acknowledge", "“soon.acknowledge” is no move of a simulation."),
        ("m=1.DROP", "“1.DROP” is no move of a simulation."),
        ("start=tomorrow", "Write the start like 2026-11-20T22:00."),
        ("start=1999-01-01T00:00", "Choose a start between 2000 and 2100."),
        ("start=9999-12-31T23:59&zone=America/New_York", "Write the start like 2026-11-20T22:00."),
        ("zone=Mars/Olympus", "“Mars/Olympus” is no time zone such as Europe/Vienna."),
        ("zone=../../etc/passwd", "“../../etc/passwd” is no time zone such as Europe/Vienna."),
        ("t=-5", "The time of a simulation is a number of seconds."),
        ("t=9999999", "A simulation ends after 31 days."),
        ("&".join(["m=1.acknowledge"] * (MOST_MOVES + 1)), "A simulation has at most 60 moves. Start over."),
    ],
)
def test_what_an_address_cannot_mean_is_refused_in_words(query: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Script.asked(QueryDict(query), severity="HIGH", zone="UTC", now=FRIDAY)
    assert refused.value.messages == [words]
