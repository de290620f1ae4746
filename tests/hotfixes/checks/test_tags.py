"""Tags that are moved, misnamed, early, nested, or of something else."""

from dataclasses import replace

import pytest

from hotfixes.checks import evaluate
from hotfixes.checks.facts import Deployed
from hotfixes.judging import milestones
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


def test_a_moved_tag_is_mended_by_one_command_and_is_then_back(story: Story) -> None:
    """No third object is made where the first one was right, and what is back is not said to be elsewhere."""
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    first = story.tag(tip)
    story.look()
    other = story.tag(story.base)
    found = story.results()
    back = f"git push --force origin {first}:refs/tags/{TAG}"
    for key in ("tag_commit", "tag_unmoved"):
        then = found[key].next
        assert then
        assert then.commands == (back,)
    assert (
        found["tag_unmoved"].summary == f"The tag {TAG} was moved: it was {first[:10]} and is {other[:10]}."
    )
    story.repository.ref(f"refs/tags/{TAG}", first)
    seen = story.results()["tag_unmoved"]
    assert (seen.verdict, seen.summary) == (
        "WARN",
        f"The tag {TAG} was moved to {other[:10]} and is back where it was since 28 May 2026, 21:04 UTC.",
    )
    assert seen.next
    assert seen.next.commands == ()
    assert story.results()["tag_unmoved"] == seen


def test_a_tag_that_was_moved_and_then_deleted_is_nowhere(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    first = story.tag(tip)
    story.look()
    other = story.tag(story.base)
    story.look()
    story.repository.delete(f"refs/tags/{TAG}")
    assert story.results()["tag_unmoved"].summary == (
        f"The tag {TAG} was moved from {first[:10]} to {other[:10]}, and then deleted."
    )


def test_nobody_is_sent_back_to_a_tag_that_was_wrong_from_the_first(story: Story) -> None:
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(story.base)
    wrong = story.results()["tag_commit"]
    assert wrong.next
    assert wrong.next.commands[0] == f"git push --delete origin {TAG}"
    story.tag(tip)
    found = story.results()
    assert (found["tag_commit"].verdict, found["tag_unmoved"].verdict) == ("PASS", "FAIL")
    assert found["tag_unmoved"].next
    assert found["tag_unmoved"].next.commands == ()


def test_a_wrong_tag_that_was_deployed_is_left_alone(story: Story) -> None:
    story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(story.base)
    story.observe()
    deployed = Deployed("production", "production", story.new, TAG, "succeeded", story.now)
    found = evaluate(replace(story.context(), deployed=(deployed,)), ["tag_commit"])["tag_commit"]
    assert found.next
    assert (found.next.text, found.next.commands) == (
        "It has been deployed already: leave this tag as it is, and raise the version once more.",
        (),
    )


def test_a_moved_tag_was_made_when_it_was_first_seen_where_it_is_now(story: Story) -> None:
    """The timeline's moment is neither before the commit that it names, nor that of a later look."""
    tip = story.whole_fix()
    story.look()
    story.fast_forward()
    story.tag(story.base)
    story.observe()
    first = story.now
    story.tag(tip)
    story.observe()
    moved = story.now
    story.commit(NOTED, "docs: later\n", on="other")
    story.observe()
    assert first < moved < story.now
    tagged = [one for one in milestones.reached(story.context(), {}) if one.kind == "tagged"]
    assert [(one.at, one.what) for one in tagged] == [(moved, f"{TAG} {tip[:10]}")]
