"""The correct repository and the twelve violating ones, each verdict at each step."""

from collections.abc import Callable

import pytest

from tests.hotfixes.checks.stories import (
    BEFORE,
    BRANCH,
    ENTRY,
    FIXED,
    HEAD,
    MESSAGE,
    NOTED,
    RAISED,
    ROW,
    TAG,
    Story,
    verdicts,
)
from tests.hotfixes.git.building import Content

NONE = verdicts(ff_possible="PASS")
EMPTY = NONE | {"cut_from_tag": "PASS", "branch_name": "PASS"}
FIX = EMPTY | {"commit_message": "PASS", "minimal_diff": "PASS", "tests_passed": "STATED"}
VERSION = FIX | {"version_bump": "PASS"}
CHANGELOG = VERSION | {"changelog_entry": "PASS"}
MERGED = CHANGELOG | {"merged": "PASS"}
TAGGED = MERGED | dict.fromkeys(("tag_annotated", "tag_commit", "tag_pushed", "tag_unmoved"), "PASS")


def test_the_correct_repository_ticks_step_by_step(story: Story) -> None:
    seen = [story.look()]
    story.repository.branch(BRANCH, story.base)
    seen.append(story.look())
    story.commit(FIXED, MESSAGE)
    seen.append(story.look())
    story.commit(RAISED, "chore: version\n")
    seen.append(story.look())
    tip = story.commit(NOTED, "docs: changelog\n")
    seen.append(story.look())
    story.fast_forward()
    seen.append(story.look())
    story.tag(tip)
    seen.append(story.look())
    story.repository.delete(f"refs/heads/{BRANCH}")
    seen.append(story.look())

    assert seen == [NONE, EMPTY, FIX, VERSION, CHANGELOG, MERGED, TAGGED, TAGGED]


def played(story: Story, steps: list[tuple[dict[str, Content], str]]) -> list[dict[str, str]]:
    """What was seen at each: before, the commits of the branch, the merge, the tag."""
    seen = [story.look()]
    tip = story.base
    for files, message in steps:
        tip = story.commit(files, message)
        seen.append(story.look())
    story.fast_forward()
    seen.append(story.look())
    story.tag(tip)
    return [*seen, story.look()]


CORRECT = [(FIXED, MESSAGE), (RAISED, "chore: version\n"), (NOTED, "docs: changelog\n")]


def test_a_branch_from_main_shows_at_once_and_for_ever(story: Story) -> None:
    story.repository.commit({**BEFORE, "lib/cart.dart": "three\n"}, "feat: cart\n", on="main")
    ahead = NONE | {"ff_possible": "FAIL"}
    assert story.look() == ahead
    story.repository.branch(BRANCH, story.repository.tips["refs/heads/main"])
    assert story.look()["cut_from_tag"] == "FAIL"
    tip = story.commit({**FIXED, "lib/cart.dart": "three\n"}, MESSAGE)
    assert story.look()["cut_from_tag"] == "FAIL"
    story.commit({**RAISED, "lib/cart.dart": "three\n"}, "chore: version\n")
    tip = story.commit({**NOTED, "lib/cart.dart": "three\n"}, "docs: changelog\n")
    expected = CHANGELOG | {"cut_from_tag": "FAIL"}
    assert story.look() == expected
    story.fast_forward()
    assert story.look() == expected | {"merged": "PASS"}
    story.tag(tip)
    assert story.look() == TAGGED | {"cut_from_tag": "FAIL"}


def minor(files: dict[str, Content]) -> dict[str, Content]:
    return {**files, "apps/mobile/pubspec.yaml": "name: krow\nversion: 0.2.0+6\n"}


def no_build(files: dict[str, Content]) -> dict[str, Content]:
    return {**files, "apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+5\n"}


@pytest.mark.parametrize("wrong", [minor, no_build])
def test_a_wrong_version_is_told_when_it_is_written(
    story: Story, wrong: Callable[[dict[str, Content]], dict[str, Content]]
) -> None:
    steps = [(FIXED, MESSAGE), (wrong(RAISED), "chore: version\n"), (wrong(NOTED), "docs: changelog\n")]
    bad = {"version_bump": "FAIL"}
    assert played(story, steps) == [NONE, FIX, VERSION | bad, CHANGELOG | bad, MERGED | bad, TAGGED | bad]


def test_a_missing_changelog_entry_waits_until_the_merge_and_fails_then(story: Story) -> None:
    steps = [(FIXED, MESSAGE), (RAISED, "chore: version\n")]
    bad = {"changelog_entry": "FAIL"}
    assert played(story, steps) == [NONE, FIX, VERSION, MERGED | bad, TAGGED | bad]


def test_an_entry_that_is_not_on_top_is_told_with_its_line(story: Story) -> None:
    below = {**RAISED, "CHANGELOG.md": HEAD + ROW + ENTRY}
    bad = {"changelog_entry": "FAIL"}
    steps = [(FIXED, MESSAGE), (RAISED, "chore: version\n"), (below, "docs: changelog\n")]
    assert played(story, steps) == [NONE, FIX, VERSION, CHANGELOG | bad, MERGED | bad, TAGGED | bad]
    result = story.results()["changelog_entry"]
    assert result.summary == "The entry for 0.1.1 is not first: it stands on line 6, below 0.1.0 (line 5)."
    assert result.facts["line"] == 6


def test_a_lightweight_tag(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, message="")
    assert story.look() == TAGGED | {"tag_annotated": "FAIL"}


def test_a_merge_commit_where_a_fast_forward_was_agreed(story: Story) -> None:
    tip = story.whole_fix()
    assert story.look() == CHANGELOG
    merge = story.repository.commit(NOTED, "Merge the hotfix\n", on="main", parents=[story.base, tip])
    done = {"merged": "FAIL", "ff_possible": "N/A"}
    assert story.look() == CHANGELOG | done
    story.tag(merge)
    assert story.look() == TAGGED | done


def test_tidying_up_in_another_file_is_worth_a_look(story: Story) -> None:
    tidied = {"lib/cart.dart": "1\n2\n"}
    story.look()
    story.commit(FIXED, MESSAGE)
    assert story.look() == FIX
    story.commit({**FIXED, **tidied}, "refactor: shorter names\n")
    look = {"minimal_diff": "WARN"}
    assert story.look() == FIX | look
    story.commit({**RAISED, **tidied}, "chore: version\n")
    tip = story.commit({**NOTED, **tidied}, "docs: changelog\n")
    assert story.look() == CHANGELOG | look
    story.fast_forward()
    story.tag(tip)
    assert story.look() == TAGGED | look


@pytest.mark.parametrize("name", ["hotfix/krow-0.1.1", "krow-hotfix-v0.1.1", "fix-login"])
def test_a_wrong_branch_name_is_found_by_what_is_on_the_branch(story: Story, name: str) -> None:
    story.look()
    tip = story.whole_fix(on=name)
    bad = {"branch_name": "FAIL"}
    assert story.look() == CHANGELOG | bad
    story.fast_forward(name)
    assert story.look() == MERGED | bad
    story.tag(tip)
    assert story.look() == TAGGED | bad


def test_a_tag_on_the_wrong_commit(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    story.look()
    story.tag(story.base)
    seen = story.look()
    assert seen == TAGGED | {"tag_commit": "FAIL", "version_bump": "FAIL", "changelog_entry": "FAIL"}


def test_a_tag_that_stays_at_home_is_waited_for(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    result = story.results()["tag_pushed"]
    assert (result.verdict, result.summary) == ("PENDING", f"The tag {TAG} is not on the remote.")
    assert result.next is not None
    assert result.next.commands[-1] == f"git push origin {TAG}"


@pytest.mark.parametrize(
    ("message", "missing"),
    [
        ("fix: sign-in fails\n", ["HOTFIX for production", "Issue:", "Solution:", "Tested:"]),
        (MESSAGE.replace("Tested: on a phone with the old cookie\n", ""), ["Tested:"]),
        (MESSAGE.replace("nobody can sign in", "[what happened]"), ["Issue:"]),
        (MESSAGE.replace("fix: ", "Fixed "), ["fix:"]),
    ],
)
def test_a_commit_message_without_its_parts(story: Story, message: str, missing: list[str]) -> None:
    story.look()
    story.commit(FIXED, message)
    story.observe()
    results = story.results()
    assert results["commit_message"].verdict == "FAIL"
    assert results["commit_message"].facts["missing"] == missing
    assert results["tests_passed"].verdict == ("PENDING" if "Tested:" in missing else "STATED")
