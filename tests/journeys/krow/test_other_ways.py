"""Krow's written process where it goes another way: late, back, deferred, declined, known already."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from foundation import moment
from tests.api.conftest import Script, problem
from tests.journeys.krow.facts import PROBLEM
from tests.journeys.story import Story


def begun(story: Story, rosa: Script, paula: Script, **facts: Any) -> None:
    """As far as the product owner's word for a hotfix, at T+5."""
    story.opens(rosa, **{**PROBLEM, **facts}, detected_at=story.at(0), severity="CRITICAL")
    story.does(rosa, 2, "acknowledge")
    story.does(paula, 5, "decision", 201, choice="hotfix", reason="A line")


def test_nobody_but_the_product_owner_decides(story: Story, rosa: Script, dev: Script, paula: Script) -> None:
    """K138: DevOps is refused, which the timeline says; nothing is decided, and the product owner still can."""
    story.began = moment.now().replace(microsecond=0) - timedelta(minutes=3)
    story.opens(rosa, **PROBLEM, detected_at=story.at(0))
    told = problem(dev("POST", f"{story.path}/decision", {"choice": "hotfix", "reason": "Quick"}), 403)
    assert told["detail"] == ("Product Owner decides here, and you are not listed as one. Ask Paula.")
    assert [event["kind"] for event in story.items("timeline")] == ["declared", "noted"]
    assert (story.now()["status"], story.items("decisions")) == ("triage", [])
    assert story.clock("response")[0] == "running"
    made = story.does(paula, None, "decision", 201, choice="hotfix", reason="A line")
    assert (made["decision"]["by"], made["decision"]["role"]) == ("paula@krow.test", "Product Owner")


def test_closing_waits_until_the_watch_is_over(
    story: Story, rosa: Script, dev: Script, paula: Script
) -> None:
    """K61, K98, C3: resolved at T+120 is allowed, closed at T+180 at the earliest; waiving takes a reason."""
    story.began = moment.now().replace(microsecond=0) - timedelta(minutes=150)
    begun(story, rosa, paula)
    story.does(rosa, 45, "report", kind="deployed")
    story.does(dev, 60, "report", kind="smoke_passed")
    story.does(rosa, 120, "resolve")
    told = problem(rosa("POST", f"{story.path}/close", {}), 409)
    until = f"{story.moment(180):%d %b %H:%M UTC}"
    assert re.fullmatch(
        rf"“Watch” is not over: (29 min \d+ s|30 min) to go, until {until}\. Wait, or waive it with a reason\.",
        told["detail"],
    )
    problem(dev("POST", f"{story.path}/waive_clock", {"clock": "watch", "reason": "Bed"}), 403)
    story.does(rosa, None, "waive_clock", clock="watch", reason="The service was switched off for good")
    story.does(rosa, None, "close")
    assert story.now()["status"] == "closed"


def test_what_comes_late_is_named_and_a_broken_promise_is_told(
    story: Story, rosa: Script, dev: Script, paula: Script
) -> None:
    """K47: approval after 20 minutes is only shown; K57, K97: deployed 40 minutes after it is a broken promise, told to
    people; K86: five hours in all is late."""
    begun(story, rosa, paula)
    for minutes, kind in ((15, "review_requested"), (35, "approved"), (75, "deployed"), (80, "smoke_passed")):
        story.does(rosa, minutes, "report", kind=kind)
    story.does(rosa, 300, "resolve")
    assert story.clock("approval") == ("breached", [
        f"Started {story.said(15)}, at “Review requested”.", "CRITICAL: < 15 min.", f"Due {story.said(30)}.",
        f"Stopped {story.said(35)}, after 20 min. 5 min late.",
    ])  # fmt: skip
    assert story.clock("deploy") == ("breached", [
        f"Started {story.said(35)}, at “Approved”.", "CRITICAL: < 30 min.", f"Due {story.said(65)}.",
        f"Stopped {story.said(75)}, after 40 min. 10 min late.",
    ])  # fmt: skip
    broken = [event["data"] for event in story.items("timeline") if event["kind"] == "clock_breached"]
    assert [(data["clock"], data["told"]) for data in broken] == [
        ("Approve", False), ("Deploy after approval", True), ("Total time", False),
    ]  # fmt: skip
    assert ("T+45 min", "Deployed", "30 min late") in story.marks()
    assert story.total() == "Took 5 h, planned 2–4 h: 1 h late"


def test_the_product_owner_may_choose_to_go_back_instead(story: Story, rosa: Script, paula: Script) -> None:
    """K138, K139, C15: a rollback by one of the process's options keeps the promise; the release engineer does it."""
    story.opens(rosa, **PROBLEM, detected_at=story.at(0), severity="HIGH")
    refused = problem(
        paula("POST", f"{story.path}/decision", {"choice": "rollback", "reason": "Faster"}), 422
    )
    assert refused["errors"] == [
        {"field": "option", "message": "Choose one of these: redeploy_previous_tag, halt_rollout."}
    ]
    made = story.does(
        paula, 30, "decision", 201, choice="rollback", option="halt_rollout", reason="Only 5 % have it"
    )
    option = next(one for one in made["decision"]["facts"]["options"] if one["key"] == "halt_rollout")
    assert (option["rank"], option["house"], option["data_preserved"]) == (2, True, "yes")
    assert option["user_action"] == "Who has the version already keeps it until the next update."
    assert story.clock("response") == ("met", [  # K143
        f"Started {story.said(0)}, when the problem was detected.", "HIGH: < 4 h.",
        f"Due {story.said(240)}.", f"Stopped {story.said(30)}, after 30 min.",
    ])  # fmt: skip
    story.does(rosa, 40, "report", kind="rolled_back", text="Rollout halted at 5 %")
    assert [event["kind"] for event in story.items("timeline")][-2:] == ["rollback_started", "rolled_back"]


def test_what_the_next_release_is_good_enough_for_waits_there_and_its_clocks_go_on(
    story: Story, rosa: Script, paula: Script
) -> None:
    """K10–K13, K144, C5: MEDIUM has no hours and is planned for the next release; until then nothing is stopped."""
    story.opens(rosa, **PROBLEM, detected_at=story.at(0), reported_at=story.at(0))
    story.does(rosa, 5, "change_severity", severity="MEDIUM", reason="There is a way around it")
    state, lines = story.clock("response")
    assert (state, lines[1]) == (
        "none",
        f"MEDIUM since {story.said(5)}: next release; CRITICAL before: < 1 h.",
    )
    story.does(rosa, 20, "defer", reason="A question of styling")
    found = story.now()
    assert (found["status"], found["deferred_to"]) == ("deferred", "next release")
    assert story.clock("response")[1][2:] == [f"Stopped {story.said(20)}, after 20 min."]
    assert {status for _at, _label, status in story.marks()[:3]} == {"on time"}
    assert {status for _at, _label, status in story.marks()[3:]} == {"not needed"}
    assert story.total() == "Took 20 min"


def test_a_medium_may_be_mended_at_once_all_the_same(story: Story, rosa: Script, paula: Script) -> None:
    """C5, K15: the default is no gate."""
    story.opens(rosa, **PROBLEM, detected_at=story.at(0), severity="MEDIUM")
    story.does(paula, 5, "decision", 201, choice="hotfix", reason="A customer is blocked")  # K9
    assert (story.now()["status"], story.step()) == ("active", "branch")


def test_what_is_none_is_declined_and_what_is_known_is_joined(story: Story, rosa: Script) -> None:
    """K10, K11: declined with the reason, its clocks end; a duplicate names the incident that goes on. People type the
    name they know (K16, C8)."""
    story.opens(rosa, **PROBLEM, detected_at=story.at(0))
    first = story.path.rpartition("/")[2]
    again = story.opens(rosa, **{**PROBLEM, "product": "Worker Mobile"}, detected_at=story.at(3))
    assert again["product"] == "staff-mobile"
    problem(rosa("POST", f"{story.path}/decline", {}), 422)
    story.does(rosa, 4, "mark_duplicate", of=first, reason="The same outage")
    assert (story.now()["status"], story.now()["duplicate_of"]) == ("duplicate", first)
    story.opens(rosa, **PROBLEM, detected_at=story.at(0))
    story.does(rosa, 6, "decline", reason="A feature request")
    assert (story.now()["status"], [clock["state"] for clock in story.items("clocks")]) == (
        "declined",
        ["met"] * 3,
    )
