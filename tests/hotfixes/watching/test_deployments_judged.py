"""What scripts post ticks the boxes, by the worker that judges (K56, K57, K58, K111, K112)."""

from typing import Any

from hotfixes.deployments import report_deployment
from hotfixes.evidence import add_evidence
from hotfixes.judging import judge_due
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.watching.watched import Watched


def test_a_deployment_and_its_smoke_tests_tick_their_boxes_once(watched: Watched) -> None:
    hotfix = watched.hotfix()
    story, production = watched.story, watched.product.environments.get(kind="production")
    story.whole_fix()
    watched.look()
    story.tag(story.fast_forward())
    watched.look()
    told: dict[str, Any] = {"version": "0.1.1", "git_ref": TAG, "by": watched.ada, "token": "deploy"}
    for status in ("started", "succeeded"):
        report_deployment(watched.product, production, status=status, **told)
        settle()
    add_evidence(hotfix, kind="smoke", passed=True, by=watched.ada, token="ci")
    settle()
    settle()
    found = watched.verdicts(hotfix)
    assert (found["deployed"], found["smoke"], found["within_limit"]) == ("PASS", "PASS", "UNKNOWN")
    boxes = watched.boxes(hotfix.incident)
    assert (boxes["deployed"], boxes["smoke"]) == ("done", "done")
    kinds = watched.kinds(hotfix.incident)
    assert [kinds.count(kind) for kind in ("deploy_started", "deployed", "smoke_passed")] == [1, 1, 1]


def test_a_failed_deployment_opens_the_box_again(watched: Watched) -> None:
    hotfix = watched.hotfix()
    production = watched.product.environments.get(kind="production")
    for status in ("succeeded", "failed"):
        report_deployment(watched.product, production, version="0.1.1", status=status, by=watched.ada)
        settle()
    assert watched.verdicts(hotfix)["deployed"] == "FAIL"
    assert watched.boxes(hotfix.incident)["deployed"] == "open"
    assert watched.kinds(hotfix.incident)[-3:].count("deploy_failed") == 1


def settle() -> None:
    while judge_due():
        pass
