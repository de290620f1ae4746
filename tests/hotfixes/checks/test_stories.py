"""What the checks say of violating repositories (EVIDENCE §2); each verdict at each step: tests/hotfixes/shapes."""

import pytest

from tests.hotfixes.checks.stories import ENTRY, FIXED, HEAD, MESSAGE, RAISED, ROW, TAG, Story
from tests.hotfixes.shapes.states import CHANGELOG


def test_an_entry_that_is_not_on_top_is_told_with_its_line(story: Story) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": HEAD + ROW + ENTRY}, MESSAGE)
    result = story.results()["changelog_entry"]
    assert (result.verdict, result.facts["line"]) == ("FAIL", 6)
    assert result.summary == "The entry for 0.1.1 is not first: it stands on line 6, below 0.1.0 (line 5)."


@pytest.mark.parametrize("name", ["hotfix/krow-0.1.1", "krow-hotfix-v0.1.1"])
def test_a_branch_that_is_named_nearly_right_is_found_by_what_is_on_it(story: Story, name: str) -> None:
    story.look()
    story.whole_fix(on=name)
    assert story.look() == CHANGELOG | {"branch_name": "FAIL"}


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
