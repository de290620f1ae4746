"""K62, K63, K64, K98, K100, K113, K114, K116: what Nightdesk knows itself, and what people say of the time after."""

from typing import Any

import pytest

from hotfixes.checks import CHECKS, app
from hotfixes.checks.shapes import passed, pending
from hotfixes.judging import milestones
from tests.hotfixes.checks.told import box, context, deployed, event, shown, verdict

LIVE = (deployed(40),)
PERSON = "person"


@pytest.mark.parametrize(
    ("check", "given", "expected"),
    [
        ("severity_assessed", {}, "PENDING"),
        ("severity_assessed", {"told": (event(1, "declared", "monitor", data={"sure": True}),)}, "PENDING"),
        ("severity_assessed", {"told": (event(1, "declared", PERSON, data={"sure": False}),)}, "PENDING"),
        ("severity_assessed", {"told": (event(1, "declared", PERSON, data={"sure": True}),)}, "PASS"),
        ("severity_assessed", {"told": (event(1, "severity_confirmed", PERSON),)}, "PASS"),
        ("users_notified", {}, "PENDING"),
        ("users_notified", {"told": (event(50, "message_sent", PERSON, data={"message": "resolved"}),)}, "PENDING"),
        ("users_notified", {"told": (event(50, "message_sent", PERSON, data={"message": "deployed"}),)}, "STATED"),
        ("users_notified", {"told": (event(50, "message_sent", "nightdesk", data={"message": "deployed"}),)}, "PASS"),
        ("users_notified", {"boxes": (box("users_notified"),)}, "STATED"),
        ("documented", {}, "PENDING"),
        ("documented", {"told": (event(99, "postmortem_published", PERSON),)}, "PASS"),
        ("documented", {"boxes": (box("documented"),)}, "STATED"),
        ("postmortem_scheduled", {}, "PENDING"),
        ("postmortem_scheduled", {"told": (event(99, "postmortem_scheduled", PERSON),)}, "STATED"),
        ("postmortem_scheduled", {"told": (event(99, "postmortem_scheduled", PERSON, data={"at": "x"}),)}, "PASS"),
        ("user_reports", {}, "PENDING"),
        ("user_reports", {"deployed": LIVE}, "PENDING"),
        ("user_reports", {"deployed": LIVE, "boxes": (box("user_reports"),)}, "STATED"),
        ("user_reports", {"deployed": LIVE, "evidence": "user_reports"}, "PASS"),
        ("errors", {"deployed": LIVE}, "UNKNOWN"),
        ("errors", {"deployed": LIVE, "evidence": "errors"}, "PASS"),
        ("fix_verified", {"deployed": LIVE}, "PENDING"),
        ("fix_verified", {"deployed": LIVE, "evidence": "fix_verified"}, "PASS"),
        ("healthy_window", {}, "PENDING"),
        ("healthy_window", {"told": (event(60, "watch_opened", "nightdesk"),)}, "PENDING"),
        ("healthy_window", {"told": (event(60, "watch_opened"), event(180, "watch_met", PERSON))}, "STATED"),
        ("healthy_window", {"told": (event(60, "watch_opened"), event(180, "watch_met", "nightdesk"))}, "STATED"),
        ("healthy_window", {"told": (event(60, "watch_opened"), event(90, "watch_failed", PERSON))}, "FAIL"),
        ("healthy_window", {"told": (event(60, "watch_opened"), event(90, "rolled_back", PERSON))}, "PENDING"),
    ],
)  # fmt: skip
def test_what_the_app_knows(check: str, given: dict[str, Any], expected: str) -> None:
    if isinstance(given.get("evidence"), str):
        given = {**given, "evidence": (shown(60, "note", data={"check": given["evidence"]}),)}
    assert verdict(check, **given) == expected


@pytest.mark.parametrize("key", [check.__name__ for check in app.FAMILY])
def test_nothing_known_is_never_a_pass(key: str) -> None:
    found = {
        verdict(key),
        verdict(key, deployed=LIVE),
        verdict(key, document={}),
        verdict(key, process="archy"),
    }
    assert found <= {"PENDING", "UNKNOWN", "N/A"}


@pytest.mark.parametrize("key", list(CHECKS))
def test_every_check_answers_without_a_repository(key: str) -> None:
    """A person who connects nothing sees what is missing, and never a fault of ours."""
    from hotfixes.checks import evaluate
    from tests.hotfixes.checks.told import context

    assert str(evaluate(context(refs=None, observed=(), document={}), [key])[key].verdict) != "PASS"


@pytest.mark.parametrize(
    "key", ["artifact_built", "users_notified", "smoke", "rollback_verified", "deployed"]
)
def test_answers_quote_nobodys_words(key: str) -> None:
    """§0: answers are kept for ever; what a person wrote stays at its entry, where it can be redacted."""
    told = (
        event(44, "deployed", PERSON, text="secret words"),
        event(45, "smoke_passed", PERSON, text="secret words"),
        event(46, "attested", PERSON, text="secret words", data={"check": key}),
        event(47, "message_sent", PERSON, text="secret words", data={"message": "deployed"}),
    )
    for boxes in ((), (box(key, said="secret words"),), (box(key, "not_needed", said="secret words"),)):
        for process in ("krow", "archy"):
            found = CHECKS[key](context(process=process, told=told, boxes=boxes))
            assert "secret words" not in repr(found)


def test_a_draft_is_no_request_for_review() -> None:
    """K40: nothing stops its clock until somebody is asked."""
    facts: dict[str, Any] = {"number": 3, "url": "https://git.example.org/3"}
    draft = milestones.without_git(context(), {"review_requested": pending("A draft.", **facts)})
    asked = milestones.without_git(context(), {"review_requested": passed("Asked.", **facts)})
    assert [[one.kind for one in found] for found in (draft, asked)] == [[], ["review_requested"]]


def test_who_confirmed_the_severity_has_assessed_it_not_who_decided_later() -> None:
    """K100."""
    told = (event(1, "severity_confirmed", PERSON, by="Sam"), event(2, "decided", PERSON, by="Ada"))
    assert CHECKS["severity_assessed"](context(told=told)).summary == "Sam has assessed the severity."
