"""K57, K91, K97: half an hour from the approval, and nothing untested goes out."""

from typing import Any

import pytest

from hotfixes.checks import CHECKS
from tests.hotfixes.checks.told import at, context, deployed, document, event, shown, summary, verdict

APPROVED = (event(30, "approved"),)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"deploy_limit_s": None}, "N/A"),
        ({}, "PENDING"),
        ({"told": APPROVED}, "PENDING"),
        ({"told": APPROVED, "now": at(61)}, "FAIL"),
        ({"told": APPROVED, "deployed": (deployed(60),)}, "PASS"),
        ({"told": APPROVED, "deployed": (deployed(60.1),)}, "FAIL"),
        ({"told": APPROVED, "deployed": (deployed(45, "started"), deployed(59))}, "PASS"),
        ({"told": APPROVED, "deployed": (deployed(59, "failed"), deployed(70))}, "FAIL"),
        ({"deployed": (deployed(40),)}, "UNKNOWN"),
        ({"told": APPROVED, "deployed": (deployed(29),)}, "FAIL"),
        ({"told": (event(30, "approved", "person"),), "deployed": (deployed(40),)}, "STATED"),
        ({"told": (*APPROVED, event(40, "deployed", "person"))}, "STATED"),
        ({"told": (*APPROVED, event(90, "deployed", "person"))}, "FAIL"),
    ],
)
def test_every_course_of_the_half_hour(given: dict[str, Any], expected: str) -> None:
    assert verdict("within_limit", **given) == expected


def test_the_approval_that_held_at_the_deployment_counts() -> None:
    again = (event(10, "approved"), event(20, "approval_dismissed"), event(35, "approved"))
    assert verdict("within_limit", told=again, deployed=(deployed(60),)) == "PASS"
    assert verdict("within_limit", told=again[:2], deployed=(deployed(60),)) == "UNKNOWN"
    later = (event(30, "approved"), event(80, "approved"))
    assert verdict("within_limit", told=later, deployed=(deployed(60),)) == "PASS"


def test_a_scripts_own_clock_states_and_does_not_prove() -> None:
    late = deployed(45, received=at(75))
    assert verdict("within_limit", told=APPROVED, deployed=(late,)) == "STATED"
    assert (
        verdict("within_limit", told=APPROVED, deployed=(deployed(45, received=at(75), source="forge"),))
        == "PASS"
    )


def test_a_missed_aim_is_only_worth_a_look() -> None:
    clocks = [{**one, "kind": "target"} if one["key"] == "deploy" else one for one in document()["clocks"]]
    given: dict[str, Any] = {"document": {**document(), "clocks": clocks}, "told": APPROVED}
    assert verdict("within_limit", **given, deployed=(deployed(70),)) == "WARN"


def test_it_says_by_when_and_how_long_it_took() -> None:
    found = CHECKS["within_limit"](context(told=APPROVED))
    assert found.summary == "Deploy it by 22:00 UTC, 30 minutes after the approval."
    assert found.facts["due_at"] == "2026-05-28T22:00:00+00:00"
    took = summary("within_limit", told=APPROVED, deployed=(deployed(47),))
    assert took == "Deployed 17 minutes after the approval; the limit is 30 minutes."
    took = summary("within_limit", told=APPROVED, deployed=(deployed(30.5),))
    assert took == "Deployed 1 minute after the approval; the limit is 30 minutes."
    took = summary("within_limit", told=APPROVED, deployed=(deployed(45, received=at(30 + 9 * 24 * 60)),))
    assert took == "Deployed 15 minutes after the approval by the script's own clock; we heard after 9 d."


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ((shown(35, "tests"),), "PASS"),
        ((shown(35, "tests", False),), "FAIL"),
        ((shown(35, "tests", False), shown(38, "tests")), "PASS"),
        ((shown(50, "tests"),), "FAIL"),
        ((shown(35, "tests"), shown(50, "tests", False)), "PASS"),
    ],
)
def test_what_went_out_before_its_tests_had_passed_is_out_of_order(tests: Any, expected: str) -> None:
    """K91"""
    given: dict[str, Any] = {"told": APPROVED, "deployed": (deployed(40),), "evidence": tests}
    assert verdict("within_limit", **given) == expected
    if expected == "FAIL":
        assert CHECKS["within_limit"](context(**given)).facts["order"] == "deployed before tests passed"
