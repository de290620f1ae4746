"""How the fix comes into main: squashed, rebased, picked, queued, reverted."""

from typing import Any

import pytest

from tests.hotfixes.checks.stories import (
    BASE,
    BEFORE,
    BRANCH,
    FIXED,
    KROW,
    MESSAGE,
    NOTED,
    OTHER,
    RAISED,
    TAG,
    Story,
    only,
)

ANY: dict[str, Any] = {**KROW, "merge": "any"}


@pytest.mark.parametrize(("policy", "expected"), [(KROW, "FAIL"), (ANY, "PASS")])
def test_a_squash_onto_main_that_went_on_is_recognised(
    story: Story, policy: dict[str, Any], expected: str
) -> None:
    story.policy = policy
    story.whole_fix()
    story.look()
    story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    squashed = story.repository.commit({**NOTED, **OTHER}, "fix: sign-in (#7)\n", on="main")
    seen = story.look()
    assert only(seen, "merged", "cut_from_tag") == {"merged": expected, "cut_from_tag": "PASS"}
    story.tag(squashed)
    assert only(story.look(), "tag_commit", "version_bump", "changelog_entry") == {
        "tag_commit": "PASS",
        "version_bump": "PASS",
        "changelog_entry": "PASS",
    }


def test_commits_that_were_rebased_or_picked_one_by_one_are_recognised(story: Story) -> None:
    story.policy = ANY
    story.whole_fix()
    story.look()
    for files, message in ((BEFORE, "feat: cart\n"), (FIXED, MESSAGE), (RAISED, "v\n"), (NOTED, "c\n")):
        story.repository.commit({**files, **OTHER}, message, on="main")
    result = story.results()["merged"]
    assert (result.verdict, result.facts["how"]) == ("PASS", "rebase or cherry-pick")


def test_half_of_the_commits_on_main_is_not_merged(story: Story) -> None:
    story.policy = ANY
    story.whole_fix()
    story.look()
    story.repository.commit({**FIXED, **OTHER}, "feat: cart\n", on="main")
    assert story.look()["merged"] == "PENDING"


def test_a_merge_queue_merges_beside_other_work(story: Story) -> None:
    story.policy = ANY
    tip = story.whole_fix()
    story.look()
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    merge = story.repository.commit({**NOTED, **OTHER}, "Merge\n", on="main", parents=[main, tip])
    later = story.repository.commit({**NOTED, **OTHER, "x": "1"}, "feat: x\n", on="main")
    story.tag(merge)
    seen = story.look()
    assert only(seen, "merged", "tag_commit", "cut_from_tag") == {
        "merged": "PASS",
        "tag_commit": "PASS",
        "cut_from_tag": "PASS",
    }
    story.tag(later)
    assert only(story.look(), "tag_commit", "tag_unmoved") == {"tag_commit": "WARN", "tag_unmoved": "FAIL"}


def test_main_goes_on_after_the_fast_forward(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.commit({**NOTED, **OTHER}, "feat: cart\n", on="main")
    story.tag(tip)
    seen = story.look()
    assert only(seen, "merged", "tag_commit", "ff_possible", "cut_from_tag") == dict.fromkeys(
        ("merged", "tag_commit", "ff_possible", "cut_from_tag"), "PASS"
    )
    story.repository.delete(f"refs/tags/{TAG}")
    story.tag(story.repository.tips["refs/heads/main"])
    assert story.look()["tag_commit"] == "FAIL"


def test_a_merge_of_main_into_the_branch_brings_what_nobody_wanted_to_release(story: Story) -> None:
    tip = story.whole_fix()
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    merge = story.repository.commit({**NOTED, **OTHER}, "Merge main\n", parents=[tip, main])
    story.repository.branch(BRANCH, merge)
    result = story.results()["cut_from_tag"]
    assert result.verdict == "FAIL"
    assert result.summary == f"main has come into the branch. Its commits that are not in {BASE}: 1."
    story.fast_forward()
    assert only(story.look(), "cut_from_tag", "merged") == {"cut_from_tag": "FAIL", "merged": "FAIL"}


def test_main_that_is_rewritten_without_the_fix_is_told(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    assert story.look()["merged"] == "PASS"
    story.repository.branch("main", story.base)
    assert story.look()["merged"] == "FAIL"


def test_a_revert_on_main_is_worth_a_look(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.commit(BEFORE, f'Revert "docs"\n\nThis reverts commit {tip}.\n', on="main")
    assert story.look()["merged"] == "WARN"


def test_a_fast_forward_is_not_possible_when_main_is_ahead(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    result = story.results()["ff_possible"]
    assert (result.verdict, result.facts["ahead"]) == ("FAIL", 1)
    assert result.proof[0].endswith("feat: cart")


def test_a_fix_pushed_straight_to_main_has_no_branch_to_judge(story: Story) -> None:
    story.look()
    tip = story.whole_fix(on="main")
    seen = story.look()
    assert {key for key, verdict in seen.items() if verdict == "PASS"} == set()
    story.tag(tip)
    assert only(story.look(), "cut_from_tag", "branch_name", "merged", "tag_commit") == dict.fromkeys(
        ("cut_from_tag", "branch_name", "merged", "tag_commit"), "UNKNOWN"
    )
