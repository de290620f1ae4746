"""CI on the branch's last commit, tests that something else than a sentence proves, and the release (K28, K115)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hotfixes.checks import evaluate
from hotfixes.checks.facts import Shown
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.forges.scene import Scene


def test_ci_goes_its_way(everywhere: Scene) -> None:
    everywhere.asked()
    assert everywhere.verdict("ci_passed") == "UNKNOWN"
    everywhere.state.run("tests", everywhere.tip, state="running")
    assert everywhere.verdict("ci_passed") == "PENDING"
    everywhere.state.run("tests", everywhere.tip, said="failure")
    result = everywhere.judge("ci_passed")
    assert (str(result.verdict), result.summary) == (
        "FAIL",
        f"CI did not pass on {everywhere.tip[:10]}: tests.",
    )
    everywhere.state.run("tests", everywhere.tip)
    result = everywhere.judge("ci_passed")
    assert (str(result.verdict), result.summary) == ("PASS", f"CI passed on {everywhere.tip[:10]}: 1 run.")


def test_ci_of_another_commit_says_nothing(everywhere: Scene) -> None:
    pull = everywhere.asked()
    everywhere.state.run("tests", everywhere.tip)
    assert everywhere.verdict("ci_passed") == "PASS"
    everywhere.push(pull)
    assert everywhere.verdict("ci_passed") == "UNKNOWN"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("cancelled", "FAIL"),
        ("skipped", "UNKNOWN"),
        ("timed_out", "FAIL"),
        ("action_required", "FAIL"),
        ("neutral", "UNKNOWN"),
    ],
)
def test_what_is_not_a_success_is_none(scene: Scene, said: str, verdict: str) -> None:
    scene.asked()
    scene.state.run("tests", scene.tip, said=said)
    assert scene.verdict("ci_passed") == verdict


def test_one_that_fails_outweighs_those_that_pass(scene: Scene) -> None:
    scene.asked()
    for name, said in (("a", "success"), ("b", "failure"), ("c", "success")):
        scene.state.run(name, scene.tip, said=said)
    assert scene.verdict("ci_passed") == "FAIL"


def test_our_own_status_is_no_ci(everywhere: Scene) -> None:
    everywhere.asked()
    at = everywhere.state.stamp()
    everywhere.state.statuses.append(
        {"name": "nightdesk", "head": everywhere.tip, "said": "success", "at": at}
    )
    assert everywhere.verdict("ci_passed") == "UNKNOWN"


def test_runs_that_are_kept_from_us(scene: Scene) -> None:
    scene.asked()
    scene.state.run("tests", scene.tip)
    scene.forge.forbidden = ("check-runs", "actions/runs")
    assert scene.verdict("ci_passed") == "UNKNOWN"


def test_a_token_that_sees_no_checks_sees_githubs_own_workflows(scene: Scene) -> None:
    scene.asked()
    scene.state.run("tests", scene.tip)
    scene.forge.forbidden = ("check-runs",)
    result = scene.judge("ci_passed")
    assert (str(result.verdict), result.proof[-1]) == (
        "PASS",
        "With this token only GitHub's own workflows are seen, no other app's checks.",
    )
    scene.state.run("tests", scene.tip, said="failure")
    assert scene.verdict("ci_passed") == "FAIL"


def test_what_was_stated_is_proven_by_ci(everywhere: Scene) -> None:
    """K28: a commit that says "Tested: …" is its author's word until CI passed on the last commit."""
    everywhere.asked()
    assert everywhere.verdict("tests_passed") == "STATED"
    everywhere.state.run("tests", everywhere.tip)
    assert everywhere.verdict("tests_passed") == "PASS"


@pytest.mark.parametrize("name", ["DCO", "license/cla", "Vercel – Preview", "CLA Assistant Lite"])
def test_a_bot_that_tests_nothing_proves_no_tests(scene: Scene, name: str) -> None:
    scene.asked()
    scene.state.run(name, scene.tip)
    assert scene.verdict("tests_passed") == "STATED"


def test_ci_that_failed_proves_nothing_of_tests(scene: Scene) -> None:
    scene.asked()
    scene.state.run("tests", scene.tip)
    scene.state.run("lint", scene.tip, said="failure")
    assert scene.verdict("tests_passed") == "STATED"


def test_evidence_on_the_head_proves_it_without_a_forge(scene: Scene) -> None:
    scene.asked()
    scene.ask_forge = False
    scene.observe()
    sent = Shown("tests", True, "212 passed", head=scene.tip, at=scene.story.now, by="CI token")

    def judged(*evidence: Shown) -> str:
        context = replace(scene.context(), evidence=evidence)
        return str(evaluate(context, ["tests_passed"])["tests_passed"].verdict)

    later = scene.story.now + timedelta(minutes=5)
    assert judged(sent) == "PASS"
    assert judged(replace(sent, head=scene.tip[:12])) == "PASS"
    assert judged(replace(sent, head="")) == judged(replace(sent, head=scene.tip[:4])) == "STATED"
    assert judged(replace(sent, head=scene.story.base)) == judged(replace(sent, kind="smoke")) == "STATED"
    assert judged(sent, replace(sent, passed=False, at=later)) == "FAIL"
    assert judged(replace(sent, passed=False), replace(sent, at=later)) == "PASS"
    assert judged(replace(sent, passed=None)) == "STATED"


def test_the_release(everywhere: Scene) -> None:
    """K115."""
    everywhere.asked()
    everywhere.story.fast_forward()
    assert everywhere.verdict("release_published") == "PENDING"
    everywhere.story.tag(everywhere.tip)
    assert everywhere.verdict("release_published") == "PENDING"
    everywhere.state.release("krow/prod-v0.1.0")
    assert everywhere.verdict("release_published") == "PENDING"
    everywhere.state.release(TAG, draft=True)
    result = everywhere.judge("release_published")
    assert (str(result.verdict), result.summary) == ("PENDING", f"The release of {TAG} is still a draft.")
    everywhere.state.releases[-1]["draft"] = False
    result = everywhere.judge("release_published")
    assert (str(result.verdict), result.summary) == ("PASS", f"The release of {TAG} is published.")


def test_a_pre_release_is_not_for_everybody(scene: Scene) -> None:
    """K115."""
    scene.asked()
    scene.story.tag(scene.tip)
    scene.state.release(TAG, prerelease=True)
    assert scene.verdict("release_published") == "FAIL"


def test_a_release_of_a_tag_that_git_does_not_have(scene: Scene) -> None:
    scene.asked()
    scene.state.release(TAG)
    assert scene.verdict("release_published") == "UNKNOWN"


def test_how_to_make_the_release(scene: Scene) -> None:
    scene.asked()
    scene.story.tag(scene.tip)
    result = scene.judge("release_published")
    assert result.next is not None
    assert result.next.commands == (
        f"gh release create {TAG} --verify-tag --title 'HOTFIX: [issue]' --generate-notes",
    )


@pytest.mark.parametrize("key", ["ci_passed", "release_published", "review_requested"])
def test_without_a_forge_nobody_can_tell_and_may_attest(scene: Scene, key: str) -> None:
    scene.asked()
    scene.ask_forge = False
    result = scene.judge(key)
    assert (str(result.verdict), result.summary) == (
        "UNKNOWN",
        "Can't tell: only a forge shows this, and none is connected.",
    )
    assert result.next is not None
    assert "attest" in result.next.text
