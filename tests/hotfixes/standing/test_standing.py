"""How a hotfix stands, as pages and scripts read it."""

from pytest_django import DjangoAssertNumQueries

from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from hotfixes.standing import standing
from hotfixes.standing.check_titles import TITLES
from products.vocabulary import CHECKS
from tests.hotfixes.checks.stories import BRANCH, FIXED, MESSAGE
from tests.hotfixes.observing.watched import Watched


def test_every_check_has_a_name() -> None:
    assert set(TITLES) == set(CHECKS)


def test_checks_stand_in_the_order_of_the_checklist(watched: Watched) -> None:
    """K99–K116: the boxes first, then what the steps ask for besides; each once."""
    found = standing.standing(watched.hotfix())
    keys = [check.key for check in found.checks]
    assert keys[:6] == [
        "severity_assessed", "cut_from_tag", "tests_passed", "version_bump", "changelog_entry", "commit_message",
    ]  # fmt: skip
    assert [check.box for check in found.checks[:3]] == [1, 2, 3]
    assert found.checks[1].title == "Branch made from the production tag"
    assert (found.checks[1].step, found.checks[1].asked, found.checks[1].label) == ("branch", True, "waiting")
    assert len(keys) == len(set(keys))
    assert {"branch_name", "ff_possible", "tag_annotated", "version_live"} <= set(keys[17:])


def test_the_stage_and_the_next_check_follow_the_repository(watched: Watched) -> None:
    hotfix = watched.hotfix()
    assert (standing.standing(hotfix).stage, _next(hotfix)) == ("preparing", "cut_from_tag")
    watched.story.commit(FIXED, MESSAGE)
    watched.look()
    hotfix.incident.refresh_from_db()
    assert standing.standing(hotfix).stage == "fixing"
    assert _next(hotfix) == "version_bump"
    watched.story.whole_fix()
    watched.story.fast_forward()
    watched.story.tag(watched.story.repository.tips[f"refs/heads/{BRANCH}"])
    watched.look()
    hotfix.incident.refresh_from_db()
    assert standing.standing(hotfix).stage == "tagged"
    counts = standing.standing(hotfix).counts
    assert counts["PASS"] >= 9
    assert counts["FAIL"] == 0


def test_fifty_cost_as_many_queries_as_one(
    watched: Watched, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    watched.hotfix()
    with django_assert_num_queries(9):
        standing.of(list(Hotfix.objects.for_page()))
    for _another in range(2):
        start(watched.incident(), by=watched.ada)
    watched.look()
    with django_assert_num_queries(9):
        found = standing.of(list(Hotfix.objects.for_page()))
    assert [one.hotfix.number for one in found] == [3, 2, 1]


def _next(hotfix: Hotfix) -> str:
    found = standing.standing(hotfix).next
    return found.key if found else ""
