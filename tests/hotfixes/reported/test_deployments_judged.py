"""What scripts post ticks the boxes, by the worker that judges (K56, K57, K58, K111, K112)."""

from typing import Any

import pytest

from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from hotfixes.reported.evidence import add_evidence
from products.models import Deployment
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    """Started and looked at once."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def test_a_deployment_and_its_smoke_tests_tick_their_boxes_once(watched: Watched, hotfix: Hotfix) -> None:
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


def test_a_failed_deployment_opens_the_box_again(watched: Watched, hotfix: Hotfix) -> None:
    production = watched.product.environments.get(kind="production")
    for status in ("succeeded", "failed"):
        report_deployment(watched.product, production, version="0.1.1", status=status, by=watched.ada)
        settle()
    assert watched.verdicts(hotfix)["deployed"] == "FAIL"
    assert watched.boxes(hotfix.incident)["deployed"] == "open"
    assert watched.kinds(hotfix.incident)[-3:].count("deploy_failed") == 1


def test_many_deployments_before_hide_no_rollback(watched: Watched, hotfix: Hotfix) -> None:
    """K111: a product that is deployed all day long; what came last counts."""
    dev = watched.product.environments.create(name="Dev", slug="dev", kind="dev")
    production = watched.product.environments.get(kind="production")
    at = moment.now()
    Deployment.objects.bulk_create(
        Deployment(
            product=watched.product,
            environment=dev,
            version="9",
            status="succeeded",
            source="api",
            at=at,
            recorded_at=at,
        )
        for _ in range(300)
    )
    for status in ("succeeded", "rolled_back"):
        report_deployment(watched.product, production, version="0.1.1", status=status, by=watched.ada)
    settle()
    assert watched.verdicts(hotfix)["deployed"] == "FAIL"


def test_who_says_well_beside_an_exit_code_says_nothing(watched: Watched, hotfix: Hotfix) -> None:
    """K28: a script that always sends `passed: true`."""
    for passed, data, kept in (
        (True, {"exit_code": 1}, False),
        (True, {"items": {"core": False}}, False),
        (False, {"exit_code": 0}, False),
        (True, {"exit_code": 0}, True),
        (None, {"exit_code": 1}, False),
    ):
        made = add_evidence(hotfix, kind="tests", passed=passed, data=data, by=watched.ada)
        assert made.passed is kept


def settle() -> None:
    while judge_due():
        pass
