"""K56, K111, A24: production got this hotfix, from its tag, and still has it."""

from typing import Any

import pytest

from hotfixes.checks import CHECKS
from tests.hotfixes.checks.told import (
    COMMIT,
    ELSE,
    TAG,
    TAG_ID,
    at,
    context,
    deployed,
    document,
    event,
    summary,
    verdict,
)


@pytest.mark.parametrize(
    "ref", [TAG, f"refs/tags/{TAG}", COMMIT, COMMIT[:8], TAG_ID, "", "main", "refs/heads/main"]
)
def test_the_tag_or_its_commit_in_production_passes(ref: str) -> None:
    assert verdict("deployed", deployed=(deployed(40, ref=ref),)) == "PASS"


@pytest.mark.parametrize("version", ["0.1.1", "v0.1.1", "0.1.1+6"])
def test_a_version_is_read_however_it_is_written(version: str) -> None:
    assert verdict("deployed", deployed=(deployed(40, version=version),)) == "PASS"


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([deployed(40, "started")], "PENDING"),
        ([deployed(40, "started"), deployed(45, "failed")], "FAIL"),
        ([deployed(40, "failed"), deployed(45)], "PASS"),
        ([deployed(40), deployed(45, "rolled_back")], "FAIL"),
        ([deployed(40), deployed(45, "started")], "PENDING"),
        ([deployed(40, ref=ELSE)], "FAIL"),
        ([deployed(40, version="0.1.0", ref=TAG)], "FAIL"),
        ([deployed(40, version="0.2.0", ref="")], "FAIL"),
        ([deployed(40, version="0.2.0", ref="develop")], "FAIL"),
        ([deployed(40, version="0.1.0", ref="")], "FAIL"),
        ([deployed(20, version="0.1.0", ref="")], "PENDING"),
        ([deployed(40, kind="dev", environment="dev")], "PENDING"),
        ([deployed(40), deployed(45, version="0.1.0", ref="")], "FAIL"),
        ([deployed(40), deployed(45, version="0.1.0", ref="", environment="eu")], "PASS"),
        ([deployed(40), deployed(45, version="0.1.2", ref="")], "PASS"),
        ([deployed(40), deployed(45, ref=ELSE)], "FAIL"),
        ([deployed(40, source="person")], "STATED"),
        ([deployed(40, version="", ref=TAG, source="forge")], "PASS"),
        ([], "PENDING"),
    ],
)
def test_every_course_of_a_deployment(reports: list[Any], expected: str) -> None:
    assert verdict("deployed", deployed=tuple(reports)) == expected


def test_a_persons_word_is_stated_and_can_be_taken_back() -> None:
    told = (event(40, "deployed", "person"),)
    assert verdict("deployed", told=told) == "STATED"
    assert verdict("deployed", told=(*told, event(45, "rolled_back", "person"))) == "PENDING"
    assert verdict("deployed", deployed=(deployed(40),), told=(event(45, "rolled_back", "person"),)) == "FAIL"


def test_an_event_that_a_machine_recorded_proves_nothing_by_itself() -> None:
    assert verdict("deployed", told=(event(40, "deployed", "script"),)) == "PENDING"


def test_a_ref_that_nobody_can_compare_is_unknown() -> None:
    assert verdict("deployed", tagged=False, deployed=(deployed(40, ref=COMMIT),)) == "UNKNOWN"
    assert verdict("deployed", refs=None, observed=(), deployed=(deployed(40, ref=COMMIT),)) == "UNKNOWN"
    assert verdict("deployed", refs=None, observed=(), deployed=(deployed(40),)) == "PASS"


def test_a_deployment_that_never_ended_is_worth_a_look() -> None:
    assert verdict("deployed", deployed=(deployed(40, "started"),), now=at(101)) == "WARN"


def test_an_unknown_version_is_unknown() -> None:
    assert verdict("deployed", new="", deployed=(deployed(40),)) == "UNKNOWN"


def test_what_is_wrong_is_said_with_both_names_and_the_command() -> None:
    found = CHECKS["deployed"](context(deployed=(deployed(40, ref="develop-7", version="0.1.1"),)))
    assert (found.verdict, found.next) != ("PASS", None)
    wrong = CHECKS["deployed"](context(deployed=(deployed(40, ref=ELSE),)))
    assert wrong.summary == f"0.1.1 was deployed to production, but from {ELSE} instead of {TAG}."
    assert wrong.next
    assert wrong.next.commands == (f"./scripts/deploy-mobile-production.sh {TAG}",)
    assert wrong.proof == (f"2026-05-28 21:40:00 UTC production 0.1.1 {ELSE} succeeded (deploy script)",)


def test_archys_deploy_to_the_dev_server_is_judged_where_the_process_says() -> None:
    """A24: another version on the dev server is not this hotfix."""
    document = {**context(process="archy").document, "deploy": {"environment": "dev"}}
    there = {"environment": "dev", "kind": "dev", "ref": ""}
    given: dict[str, Any] = {"process": "archy", "document": document}
    assert verdict("deployed", deployed=(deployed(40, **there),), **given) == "PASS"
    assert verdict("deployed", deployed=(deployed(40, **there, version="0.0.9"),), **given) == "FAIL"
    assert summary("deployed", **given) == "Not deployed to development yet."


@pytest.mark.parametrize(
    ("percent", "asked", "expected"),
    [(20, True, "WARN"), (100, True, "PASS"), (None, True, "PASS"), (20, False, "PASS")],
)
def test_a_process_may_ask_that_all_of_the_users_can_get_it(
    percent: int | None, asked: bool, expected: str
) -> None:
    """K56: a staged rollout that stays behind is worth a look while the fix is called deployed."""
    wanted = document("krow")
    wanted["deploy"] = {**(wanted.get("deploy") or {}), "full_rollout": asked}
    released = (deployed(40, stage="released", percent=percent),)
    assert verdict("deployed", deployed=released, document=wanted) == expected
    said = summary("deployed", deployed=released, document=wanted)
    assert ("the process asks for all of them" in said) is (expected == "WARN")
    halted = (*released, deployed(45, "rolled_back", stage="halted", percent=percent))
    assert verdict("deployed", deployed=halted, document=wanted) == "FAIL"


def test_without_a_version_it_waits_until_somebody_says_that_it_is_out() -> None:
    """A new hotfix is not led to smoke tests of what is not there."""
    nothing = summary("deployed", new="", old="")
    assert nothing == "Not deployed yet, and nobody has said which version the hotfix gets."
    assert verdict("deployed", new="", old="") == "PENDING"
    word = (event(40, "deployed", source="person"),)
    assert verdict("deployed", new="", old="", told=word) == "STATED"
    assert summary("smoke", new="", old="") == "Smoke tests come right after the deployment."
    assert summary("smoke", new="", old="", told=word) == "Nobody has tried it since the deployment."


def test_what_users_have_can_be_tried_although_the_dev_server_was_left_out() -> None:
    """archy deploys to a dev server first; somebody reported only what users have."""
    dev = {**document(), "deploy": {"environment": "dev"}}
    out = (deployed(40),)
    assert verdict("deployed", document=dev, deployed=out) == "PENDING"
    assert summary("smoke", document=dev, deployed=out) == "Nobody has tried it since the deployment."
    assert summary("smoke", document=dev) == "Smoke tests come right after the deployment."


def test_what_users_lost_is_told_of_the_live_server_not_of_the_dev_server() -> None:
    """archy deploys to a dev server first, which a rollback in production does not touch."""
    dev = {**document("archy"), "deploy": {"environment": "dev"}}
    out = (deployed(40, environment="dev", kind="dev", ref=""), deployed(45))
    by = {"rollback": "RB-1", "incident": "INC-9"}
    lost = event(50, "taken_back", data={"version": "0.1.0", "place": "Production", "taken_back_by": by})
    given: dict[str, Any] = {"process": "archy", "document": dev, "deployed": out, "told": (lost,)}
    said = "A rollback took 0.1.1 back: 0.1.0 runs again (Production)."
    assert verdict("deployed", **given) == "PASS"
    assert (verdict("verified_live", **given), summary("verified_live", **given)) == ("FAIL", said)
    assert summary("deployed", deployed=(deployed(45),), told=(lost,)) == said
