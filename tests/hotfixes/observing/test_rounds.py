"""The correct repository, watched: rows, timeline and boxes at each step (K20, K24–K38, K49–K53, K101–K110)."""

import pytest

from hotfixes.judging import judge_due
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from hotfixes.observing.looking import look_due
from incidents.lifecycle import transitions
from tests.hotfixes.checks.stories import BRANCH, FIXED, MESSAGE, NOTED, RAISED
from tests.hotfixes.observing.watched import Watched


def begun(watched: Watched) -> None:
    """Started, and looked at before anybody did anything."""
    watched.hotfix()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def hotfix(watched: Watched) -> Hotfix:
    return Hotfix.objects.for_page().get()


def test_boxes_tick_themselves_as_the_fix_goes_on(watched: Watched, hotfix: Hotfix) -> None:
    """K101, K103, K104, K105, K108, K109, K110; the tests are only stated (K102)."""
    incident = hotfix.incident
    assert watched.verdicts(hotfix)["cut_from_tag"] == "PENDING"
    assert "branch_seen" not in watched.kinds(incident)

    watched.story.repository.branch(BRANCH, watched.story.base)
    watched.look()
    assert watched.verdicts(hotfix)["cut_from_tag"] == "PASS"
    assert watched.boxes(incident)["cut_from_tag"] == "done"
    assert watched.kinds(incident)[-2:] == ["branch_seen", "check_changed"]

    watched.story.commit(FIXED, MESSAGE)
    watched.look()
    assert watched.verdicts(hotfix)["tests_passed"] == "STATED"
    assert watched.boxes(incident)["tests_passed"] == "open"
    assert watched.boxes(incident)["commit_message"] == "done"
    watched.story.commit(RAISED, "chore: version\n")
    tip = watched.story.commit(NOTED, "docs: changelog\n")
    watched.look()
    boxes = watched.boxes(incident)
    assert (boxes["version_bump"], boxes["changelog_entry"]) == ("done", "done")
    watched.story.fast_forward()
    watched.look()
    assert watched.boxes(incident)["merged"] == "done"
    watched.story.tag(tip)
    watched.look()
    boxes = watched.boxes(incident)
    assert (boxes["tag_commit"], boxes["tag_pushed"]) == ("done", "done")
    kinds = [kind for kind in watched.kinds(incident) if kind != "check_changed"]
    assert [k for k in kinds if k in ("branch_seen", "fix_pushed", "merged", "tagged")] == [
        "branch_seen", "fix_pushed", "merged", "tagged",
    ]  # fmt: skip


def test_a_round_that_finds_nothing_new_writes_nothing(watched: Watched, hotfix: Hotfix) -> None:
    tip = watched.story.whole_fix()
    for happens in (lambda: None, watched.story.fast_forward, lambda: watched.story.tag(tip)):
        happens()
        watched.look()
        before = (watched.kinds(hotfix.incident), hotfix.results.count())
        watched.look()
        assert (watched.kinds(hotfix.incident), hotfix.results.count()) == before
    hotfix.refresh_from_db()
    assert hotfix.look_at is None


def test_a_rounds_own_entries_ask_for_no_further_round(watched: Watched, hotfix: Hotfix) -> None:
    """A look writes milestones and ticks boxes; what it said itself changes no answer of git, so nothing follows it."""
    watched.story.whole_fix()
    assert hotfix.repository
    asking.fetch(hotfix.repository)
    before = len(watched.kinds(hotfix.incident))
    while look_due():
        pass
    assert watched.kinds(hotfix.incident)[before:] == ["branch_seen", "fix_pushed", "check_changed"]
    assert judge_due() is False
    answers = watched.verdicts(hotfix)
    asking.ask(hotfix)
    assert judge_due() is True
    assert watched.verdicts(hotfix) == answers


def test_anybodys_entry_asks_for_a_further_round(watched: Watched, hotfix: Hotfix) -> None:
    transitions.note(hotfix.incident, by=watched.ada, text="I am looking.")
    assert judge_due() is True
    assert judge_due() is False
