"""What was seen and when decides: connected late, looked seldom, branches rewritten and renamed."""

from dataclasses import replace

from hotfixes.checks import evaluate
from hotfixes.git.cli import Cli
from tests.hotfixes.checks.stories import (
    BEFORE,
    BRANCH,
    FIXED,
    MESSAGE,
    NOTED,
    OTHER,
    RAISED,
    Story,
    only,
)


def test_who_connects_after_the_merge_is_told_that_nobody_can_tell(story: Story) -> None:
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    seen = story.look()
    assert only(
        seen, "cut_from_tag", "commit_message", "minimal_diff", "tag_unmoved", "ff_possible"
    ) == dict.fromkeys(
        ("cut_from_tag", "commit_message", "minimal_diff", "tag_unmoved", "ff_possible"), "UNKNOWN"
    )
    assert only(seen, "version_bump", "changelog_entry", "tag_annotated", "tag_commit") == dict.fromkeys(
        ("version_bump", "changelog_entry", "tag_annotated", "tag_commit"), "PASS"
    )


def test_who_connects_after_the_branch_is_gone_knows_less_still(story: Story) -> None:
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    story.repository.delete(f"refs/heads/{BRANCH}")
    seen = story.look()
    assert only(
        seen, "cut_from_tag", "branch_name", "merged", "tag_commit", "commit_message"
    ) == dict.fromkeys(("cut_from_tag", "branch_name", "merged", "tag_commit", "commit_message"), "UNKNOWN")
    assert only(seen, "version_bump", "changelog_entry", "tag_annotated", "tag_pushed") == dict.fromkeys(
        ("version_bump", "changelog_entry", "tag_annotated", "tag_pushed"), "PASS"
    )


def test_who_connects_while_the_branch_stands_beside_main_can_tell(story: Story) -> None:
    story.whole_fix()
    assert only(story.look(), "cut_from_tag", "minimal_diff") == {
        "cut_from_tag": "PASS",
        "minimal_diff": "PASS",
    }


def test_a_push_and_merge_between_two_looks_proves_nothing_about_the_beginning(story: Story) -> None:
    story.look()
    story.whole_fix()
    story.fast_forward()
    assert story.look()["cut_from_tag"] == "UNKNOWN"


def test_an_empty_branch_moved_to_main_is_not_the_fix_merged(story: Story) -> None:
    story.repository.branch(BRANCH, story.base)
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.repository.branch(BRANCH, main)
    seen = story.look()
    assert (seen["cut_from_tag"], seen["merged"]) == ("UNKNOWN", "UNKNOWN")
    story.look()
    story.repository.commit({**FIXED, **OTHER}, MESSAGE, on=BRANCH)
    seen = story.look()
    assert (seen["cut_from_tag"], seen["merged"]) == ("FAIL", "PENDING")


def test_an_empty_branch_moved_to_where_main_long_was_is_wrong(story: Story) -> None:
    story.repository.branch(BRANCH, story.base)
    story.look()
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    story.repository.branch(BRANCH, main)
    assert story.look()["cut_from_tag"] == "FAIL"


def test_what_was_proven_stays_when_the_last_commits_come_with_the_merge(story: Story) -> None:
    story.commit(FIXED, MESSAGE)
    story.look()
    story.commit(RAISED, "chore: version\n")
    story.commit(NOTED, "docs: changelog\n")
    story.fast_forward()
    assert only(story.look(), "cut_from_tag", "merged") == {"cut_from_tag": "PASS", "merged": "PASS"}


def test_a_force_push_that_begins_at_the_tag_heals(story: Story) -> None:
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.look()
    story.repository.branch(BRANCH, main)
    story.commit({**FIXED, **OTHER}, "wip\n")
    assert only(story.look(), "cut_from_tag", "commit_message") == {
        "cut_from_tag": "FAIL",
        "commit_message": "FAIL",
    }
    story.repository.branch(BRANCH, story.base)
    story.commit(FIXED, MESSAGE)
    assert only(story.look(), "cut_from_tag", "commit_message") == {
        "cut_from_tag": "PASS",
        "commit_message": "PASS",
    }


def test_a_rebase_onto_main_harms(story: Story) -> None:
    story.commit(FIXED, MESSAGE)
    assert story.look()["cut_from_tag"] == "PASS"
    main = story.repository.commit({**BEFORE, **OTHER}, "feat: cart\n", on="main")
    story.repository.branch(BRANCH, main)
    story.commit({**FIXED, **OTHER}, MESSAGE)
    assert story.look()["cut_from_tag"] == "FAIL"


def test_a_branch_cut_from_develop_is_worth_a_look(story: Story) -> None:
    story.repository.branch("develop", story.base)
    story.commit({**BEFORE, **OTHER}, "feat: cart\n", on="develop")
    story.look()
    story.repository.branch(BRANCH, story.repository.tips["refs/heads/develop"])
    story.commit({**FIXED, **OTHER}, MESSAGE)
    result = story.results()["cut_from_tag"]
    assert (result.verdict, "also in develop" in result.summary) == ("WARN", True)


def test_a_branch_that_was_renamed_after_the_hint_is_right(story: Story) -> None:
    story.look()
    tip = story.whole_fix(on="fix-login")
    assert story.look()["branch_name"] == "FAIL"
    story.repository.branch(BRANCH, tip)
    story.repository.delete("refs/heads/fix-login")
    assert only(story.look(), "branch_name", "cut_from_tag") == {
        "branch_name": "PASS",
        "cut_from_tag": "PASS",
    }


def test_another_hotfix_is_never_taken_for_this_one(story: Story) -> None:
    story.look()
    story.whole_fix(on="hotfix/krow-v0.1.2")
    story.whole_fix(on="hotfix/shop-v0.1.1")
    story.commit({**BEFORE, **OTHER}, "feat: cart\n", on="feature/cart")
    seen = story.look()
    assert only(seen, "branch_name", "cut_from_tag", "merged", "commit_message") == dict.fromkeys(
        ("branch_name", "cut_from_tag", "merged", "commit_message"), "PENDING"
    )


def test_a_name_that_would_run_in_a_shell_is_quoted(story: Story) -> None:
    story.picked = "fix-$(touch${IFS}/tmp/owned)"
    story.look()
    story.whole_fix(on=story.picked)
    then = story.results()["branch_name"].next
    assert then is not None
    assert then.commands[0] == f"git branch -m 'fix-$(touch${{IFS}}/tmp/owned)' {BRANCH}"


def test_two_hotfixes_of_one_product_at_once_are_told_apart(story: Story) -> None:
    story.look()
    story.whole_fix()
    patch = {"apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.2+7\n"}
    story.commit({**BEFORE, **patch}, MESSAGE, on="hotfix/krow-v0.1.2")
    assert only(story.look(), "cut_from_tag", "version_bump") == {
        "cut_from_tag": "PASS",
        "version_bump": "PASS",
    }
    story.repository.branch("main", story.repository.tips["refs/heads/hotfix/krow-v0.1.2"])
    seen = story.look()
    assert only(seen, "cut_from_tag", "ff_possible", "merged") == {
        "cut_from_tag": "PASS",
        "ff_possible": "FAIL",
        "merged": "PENDING",
    }


def test_another_products_badly_named_hotfix_is_not_this_one(story: Story) -> None:
    story.look()
    story.commit({**BEFORE, "lib/shop.dart": "mended\n"}, MESSAGE, on="fix-shop")
    seen = story.look()
    assert only(seen, "branch_name", "cut_from_tag", "commit_message") == dict.fromkeys(
        ("branch_name", "cut_from_tag", "commit_message"), "PENDING"
    )


def test_a_broken_repository_turns_everything_unknown(story: Story) -> None:
    story.whole_fix()
    story.observe()
    story.refs = None
    for kept in (story.repository.path / "objects").rglob("*"):
        if kept.is_file():
            kept.unlink()
    context = replace(story.context(), reader=Cli(story.repository.path))
    found = {str(result.verdict) for result in evaluate(context).values()}
    assert "PASS" not in found
