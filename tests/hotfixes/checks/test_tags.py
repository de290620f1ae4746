"""Tags that are moved, misnamed, early, nested, or of something else."""

import pytest

from tests.hotfixes.checks.stories import (
    FIXED,
    MESSAGE,
    NOTED,
    TAG,
    Story,
    only,
)


def test_a_tag_that_is_deleted_and_made_anew_elsewhere_has_moved(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, message="")
    unmoved = story.results()["tag_unmoved"]
    assert (unmoved.verdict, unmoved.summary) == (
        "PASS",
        "The tag has not moved since 28 May 2026, 21:02 UTC.",
    )
    story.repository.delete(f"refs/tags/{TAG}")
    assert only(story.look(), "tag_pushed", "tag_unmoved") == {"tag_pushed": "FAIL", "tag_unmoved": "FAIL"}
    story.tag(tip)
    assert only(story.look(), "tag_pushed", "tag_unmoved", "tag_annotated") == {
        "tag_pushed": "PASS",
        "tag_unmoved": "FAIL",
        "tag_annotated": "PASS",
    }


def test_a_tag_made_before_the_merge_is_not_on_main(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.tag(tip)
    assert only(story.look(), "tag_commit", "merged") == {"tag_commit": "FAIL", "merged": "PENDING"}
    story.fast_forward()
    assert story.look()["tag_commit"] == "PASS"


def test_a_tag_of_another_name_on_the_fix_is_told(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, name="v0.1.1")
    result = story.results()["tag_pushed"]
    assert (result.verdict, result.summary) == ("FAIL", f"The tag is named v0.1.1; it should be {TAG}.")


@pytest.mark.parametrize("message", ["Release", "HOTFIX: [Issue fixed]", "HOTFIX:"])
def test_a_tag_with_another_message(story: Story, message: str) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip, message=message)
    assert story.look()["tag_annotated"] == "FAIL"


def test_a_tag_of_a_tag_leads_to_the_fix(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    inner = story.tag(tip, name="inner")
    story.repository.tag(TAG, inner, "HOTFIX: sign-in fails", kind="tag")
    assert only(story.look(), "tag_commit", "tag_annotated") == {
        "tag_commit": "PASS",
        "tag_annotated": "PASS",
    }


def test_a_tag_of_a_file_is_no_release(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    story.repository.tag(TAG, story.repository.blob("x"), "HOTFIX: x", kind="blob")
    seen = story.look()
    assert seen["tag_commit"] == "FAIL"
    assert "PASS" not in only(seen, "tag_commit", "version_bump", "changelog_entry").values()


def test_no_base_tag_is_nobodys_proof(story: Story) -> None:
    story.old = "0.0.9"
    story.new = "0.0.10"
    story.commit(FIXED, MESSAGE, on="hotfix/krow-v0.0.10")
    seen = story.look()
    assert only(seen, "cut_from_tag", "version_bump", "changelog_entry") == dict.fromkeys(
        ("cut_from_tag", "version_bump", "changelog_entry"), "UNKNOWN"
    )


def test_a_commit_after_the_tag_is_not_in_the_release(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(tip)
    assert story.look()["tag_commit"] == "PASS"
    story.commit({**NOTED, "lib/login.dart": "a\nmended twice\nc\n"}, "fix: again\n")
    assert only(story.look(), "tag_commit", "merged") == {"tag_commit": "FAIL", "merged": "PENDING"}
