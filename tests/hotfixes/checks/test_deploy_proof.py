"""K58, K59, K60, K112, A17, A25, A28, A30, A38: what was tried, built and kept, and what runs."""

from typing import Any

import pytest

from hotfixes.checks import Observation
from tests.hotfixes.checks.told import (
    COMMIT,
    ELSE,
    at,
    box,
    deployed,
    event,
    seen,
    shown,
    summary,
    verdict,
)  # fmt: skip

LIVE = (deployed(40),)
ALL = {"items": {"launches": True, "core": True, "errors": True}}
OTHER_ITEM = {"item": "no such"}
DIGEST, OTHER = "1" * 64, "2" * 64


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "UNKNOWN"),
        ({"versions": (seen(35, "0.1.0"),)}, "PENDING"),
        ({"versions": (seen(35, "0.1.0"),), "deployed": LIVE}, "PENDING"),
        ({"versions": (seen(45, "v0.1.1+6"),), "deployed": LIVE}, "PASS"),
        ({"versions": (seen(45, COMMIT[:12]),), "deployed": LIVE}, "PASS"),
        ({"versions": (seen(45, "0.1.1"), seen(45, "0.1.0", "web-2")), "deployed": LIVE}, "FAIL"),
        ({"versions": (seen(45, "0.1.1"), seen(39, "0.1.0", "web-2")), "deployed": LIVE}, "PENDING"),
        ({"versions": (seen(45, "0.1.2"),), "deployed": LIVE}, "WARN"),
        ({"deployed": LIVE}, "UNKNOWN"),
        # What a host said before production lost the hotfix is no news of what it runs since.
        ({"versions": (seen(45, "0.1.1"),), "deployed": (*LIVE, deployed(46, "rolled_back"))}, "PENDING"),
        (
            {
                "versions": (seen(45, "0.1.1"),),
                "deployed": (*LIVE, deployed(46, version="0.1.0"), deployed(48)),
            },
            "PENDING",
        ),
        (
            {"versions": (seen(49, "0.1.1"),), "deployed": (*LIVE, deployed(46, "failed"), deployed(48))},
            "PASS",
        ),
        (
            {
                "versions": (seen(45, "0.1.1"),),
                "deployed": LIVE,
                "told": (event(46, "rolled_back", "person"),),
            },
            "PENDING",
        ),
    ],
)
def test_what_runs_says_its_version(given: dict[str, Any], expected: str) -> None:
    assert verdict("version_live", **given) == expected


def test_hosts_that_disagree_are_named() -> None:
    found = summary("version_live", versions=(seen(45, "0.1.1"), seen(45, "0.1.0", "web-2")), deployed=LIVE)
    assert found == "0.1.1 is deployed, but these report another version: web-2 (0.1.0)."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "PENDING"),
        ({"evidence": (shown(45, "smoke"),)}, "PENDING"),
        ({"deployed": LIVE}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(39, "smoke"),)}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke"),)}, "PASS"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", None),)}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", False),)}, "FAIL"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", False), shown(48, "smoke"))}, "PASS"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", head=ELSE),)}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", head=COMMIT),)}, "PASS"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", None, data=ALL),)}, "PASS"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", data={"item": "launches"}),)}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", data={"items": {"core": False}}),)}, "FAIL"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", data={"item": "no such"}),)}, "PENDING"),
        ({"deployed": LIVE, "told": (event(46, "smoke_passed", "person"),)}, "STATED"),
        ({"deployed": LIVE, "told": (event(39, "smoke_passed", "person"),)}, "PENDING"),
        ({"deployed": LIVE, "told": (event(46, "smoke_failed", "person"),)}, "FAIL"),
        ({"deployed": LIVE, "told": (event(46, "smoke_passed", "script"),)}, "PENDING"),
        ({"deployed": (*LIVE, deployed(50)), "evidence": (shown(45, "smoke"),)}, "PENDING"),
        ({"deployed": LIVE, "evidence": (shown(45, "smoke", False, data=ALL),)}, "FAIL"),
        (
            {"deployed": LIVE, "evidence": (shown(45, "smoke", False, data=OTHER_ITEM), shown(46, "smoke"))},
            "FAIL",
        ),
        (
            {
                "deployed": LIVE,
                "evidence": (
                    shown(45, "smoke", False, data=OTHER_ITEM),
                    shown(46, "smoke"),
                    shown(47, "smoke", data=OTHER_ITEM),
                ),
            },
            "PASS",
        ),
        ({"deployed": (*LIVE, deployed(50, "failed")), "evidence": (shown(55, "smoke"),)}, "PENDING"),
    ],
)
def test_smoke_tests_count_after_the_deployment(given: dict[str, Any], expected: str) -> None:
    """K58, K59, K60, K112"""
    assert verdict("smoke", **given) == expected


def test_what_is_still_to_try_is_named() -> None:
    """K59, K60"""
    given = {"deployed": LIVE, "evidence": (shown(45, "smoke", data={"item": "launches"}),)}
    assert summary("smoke", **given) == "Still to try: Core features work, There are no new errors."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "PENDING"),
        ({"evidence": (shown(30, "artifact", data={"name": "a.iso", "sha256": DIGEST}),)}, "PASS"),
        ({"evidence": (shown(30, "artifact", data={"name": "a.iso"}),)}, "WARN"),
        ({"evidence": (shown(30, "artifact", data={"sha256": "abc"}),)}, "WARN"),
        ({"evidence": (shown(30, "artifact", False),)}, "FAIL"),
        ({"evidence": (shown(30, "artifact", data={"sha256": DIGEST}, head=ELSE),)}, "FAIL"),
        ({"evidence": (shown(30, "artifact", data={"sha256": DIGEST, "version": "0.1.0"}),)}, "FAIL"),
        ({"boxes": (box("artifact_built"),)}, "STATED"),
        ({"boxes": (box("artifact_built", "not_needed", said="Only the UI changed"),)}, "N/A"),
        ({"boxes": (box("artifact_built", "not_needed", said=" "),)}, "PENDING"),
        ({"process": "krow"}, "N/A"),
    ],
)
def test_an_artifact_is_known_by_its_digest(given: dict[str, Any], expected: str) -> None:
    """A28"""
    assert verdict("artifact_built", **{"process": "archy", **given}) == expected


@pytest.mark.parametrize(
    ("minute", "head", "expected"), [(20, "", "PENDING"), (20, COMMIT, "PASS"), (30, "", "PASS")]
)
def test_an_artifact_without_a_commit_is_not_older_than_the_fix(
    minute: int, head: str, expected: str
) -> None:
    """A28: what was built before the last push does not hold it."""
    branch = Observation("refs/heads/hotfix/0.1.1", COMMIT, COMMIT, at(29))
    given = {
        "observed": (Observation("refs/heads/main", ELSE, ELSE, at(1)), branch),
        "branch": "hotfix/0.1.1",
    }
    sent = (shown(minute, "artifact", data={"sha256": DIGEST}, head=head),)
    found = verdict("artifact_built", process="archy", evidence=sent, **given)
    assert found == expected


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (({"sha256": DIGEST},), "PENDING"),
        (({"sha256": DIGEST}, {"sha256": DIGEST, "location": "Builds/a.iso"}), "PASS"),
        (({"sha256": DIGEST}, {"sha256": OTHER, "location": "Builds/a.iso"}), "FAIL"),
        (({"sha256": DIGEST}, {"location": "Builds/a.iso"}), "FAIL"),
        (({"sha256": DIGEST, "size": 7}, {"sha256": DIGEST, "size": 8, "location": "Builds/a.iso"}), "FAIL"),
        (({"location": "Builds/a.iso"},), "WARN"),
    ],
)
def test_what_is_kept_is_what_was_built(evidence: Any, expected: str) -> None:
    """A30"""
    sent = tuple(shown(30 + n, "artifact", data=data) for n, data in enumerate(evidence))
    assert verdict("artifact_stored", process="archy", evidence=sent) == expected


DEV = {"check": "reproduced", "environment": "dev"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "PENDING"),
        ({"evidence": (shown(5, "note", data=DEV),)}, "PASS"),
        ({"evidence": (shown(5, "note", False, data=DEV),)}, "FAIL"),
        ({"evidence": (shown(5, "note", None, data=DEV),)}, "PENDING"),
        ({"evidence": (shown(5, "note", data={**DEV, "environment": "live"}),)}, "WARN"),
        ({"boxes": (box("reproduced"),)}, "STATED"),
        ({"boxes": (box("reproduced", by=""),)}, "PENDING"),
    ],
)
def test_the_problem_is_seen_on_the_dev_server(given: dict[str, Any], expected: str) -> None:
    """A17"""
    assert verdict("reproduced", process="archy", **given) == expected


@pytest.mark.parametrize("check", ["verified_live", "fix_verified"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "PENDING"),
        ({"evidence": 45}, "PENDING"),
        ({"deployed": (deployed(40, kind="dev", environment="dev", ref=""),), "evidence": 45}, "PASS"),
        ({"deployed": LIVE, "evidence": 39}, "PENDING"),
        ({"deployed": (deployed(40, version="0.1.0", ref=""),), "evidence": 45}, "PENDING"),
    ],
)
def test_the_fix_is_tried_after_it_is_there(check: str, given: dict[str, Any], expected: str) -> None:
    """A25, K64"""
    if "evidence" in given:
        given = {**given, "evidence": (shown(given["evidence"], "note", data={"check": check}),)}
    assert verdict(check, process="archy", refs={}, **given) == expected


def test_a_rollback_is_verified_by_what_runs() -> None:
    """A38"""
    back = {"told": (event(50, "rolled_back", "person"),)}
    assert verdict("rollback_verified") == "N/A"
    by_another = deployed(50, version="0.1.0", ref="", status="rolled_back", elsewhere=True)
    assert verdict("rollback_verified", deployed=(*LIVE, by_another)) == "N/A"
    assert verdict("rollback_verified", told=(event(50, "rollback_started", "person"),)) == "PENDING"
    assert verdict("rollback_verified", **back) == "PENDING"
    assert verdict("rollback_verified", **back, versions=(seen(55, "0.1.0"),)) == "PASS"
    assert verdict("rollback_verified", **back, versions=(seen(55, "0.1.1"),)) == "FAIL"
    assert verdict("rollback_verified", **back, versions=(seen(45, "0.1.0"),)) == "PENDING"
