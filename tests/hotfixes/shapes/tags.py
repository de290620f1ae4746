"""What happens to the tag: moved, made again, made early, of other kinds, on other commits."""

from collections.abc import Iterator

from tests.hotfixes.checks.stories import BRANCH, NOTED, TAG, Story
from tests.hotfixes.shapes.people import head, on_main, with_other
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, MERGED, NONE, TAGGED

type Seen = Iterator[dict[str, str]]


def _until_tagged(story: Story) -> Seen:
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.tag(story.fast_forward())
    yield TAGGED


@shape()
def tag_moved(story: Story) -> Seen:
    """Forced from the wrong commit to the right one: right now, and still somebody may have built from the first."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    tip = story.fast_forward()
    story.tag(story.base)
    yield TAGGED | dict.fromkeys(("tag_commit", "version_bump", "changelog_entry"), "FAIL")
    story.tag(tip)
    yield TAGGED | {"tag_unmoved": "FAIL"}


@shape()
def tag_made_again_as_annotated(story: Story) -> Seen:
    """Lightweight first, deleted, annotated then: the same commit, but another object, so it moved."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    tip = story.fast_forward()
    story.tag(tip, message="")
    yield TAGGED | {"tag_annotated": "FAIL"}
    story.repository.delete(f"refs/tags/{TAG}")
    story.tag(tip)
    yield TAGGED | {"tag_unmoved": "FAIL"}


@shape()
def tag_deleted(story: Story) -> Seen:
    """It was there and is gone: said as such, not as if it had never been."""
    yield from _until_tagged(story)
    story.repository.delete(f"refs/tags/{TAG}")
    yield MERGED | {"tag_pushed": "FAIL", "tag_unmoved": "FAIL"}


@shape()
def tag_deleted_and_put_back(story: Story) -> Seen:
    """The very same object again: nothing wrong any more, but it was away for a while."""
    yield from _until_tagged(story)
    kept = story.repository.tips[f"refs/tags/{TAG}"]
    story.repository.delete(f"refs/tags/{TAG}")
    yield MERGED | {"tag_pushed": "FAIL", "tag_unmoved": "FAIL"}
    story.repository.ref(f"refs/tags/{TAG}", kept)
    yield TAGGED | {"tag_unmoved": "WARN"}


@shape()
def tag_before_main(story: Story) -> Seen:
    """The tag was pushed first: until main has the fix it stands on what main does not have."""
    yield NONE
    tip = story.whole_fix()
    yield CHANGELOG
    story.tag(tip)
    yield TAGGED | {"merged": "PENDING", "tag_commit": "FAIL"}
    story.fast_forward()
    yield TAGGED


@shape()
def tag_of_a_tag(story: Story) -> Seen:
    """Nested annotated tags: the commit behind all of them counts, the outer one's words too."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    tip = story.fast_forward()
    inner = story.repository.tag("krow/signed-0.1.1", tip, "Signed off")
    story.repository.tag(TAG, inner, "HOTFIX: sign-in fails", kind="tag")
    yield TAGGED


@shape()
def tag_of_a_tree(story: Story) -> Seen:
    """A tag may name a tree instead of a commit: then it releases nothing that anybody can find in main."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    tree = story.repository.tree(NOTED)
    story.repository.tag(TAG, tree, "HOTFIX: sign-in fails", kind="tree")
    yield TAGGED | {"tag_commit": "FAIL", "version_bump": "PENDING", "changelog_entry": "PENDING"}


@shape()
def tag_with_the_template_words(story: Story) -> Seen:
    """`HOTFIX: [Issue fixed]` was copied and never filled in."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.tag(story.fast_forward(), message="HOTFIX: [Issue fixed]")
    yield TAGGED | {"tag_annotated": "FAIL"}


@shape()
def tag_by_another_name(story: Story) -> Seen:
    """`v0.1.1` on the fix is not the tag that deploy scripts look for."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.tag(story.fast_forward(), name="v0.1.1")
    yield MERGED | {"tag_pushed": "FAIL"}


@shape()
def tag_on_later_work(story: Story) -> Seen:
    """Main went on after the fast-forward and its head was tagged: the release holds a feature nobody approved."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    later = on_main(story, with_other(NOTED), "feat: cart\n")
    story.tag(later)
    yield TAGGED | {"tag_commit": "FAIL"}


@shape({"merge": "any", "annotated": None, "tag_message": None})
def lightweight_tag_where_none_was_asked_for(story: Story) -> Seen:
    """No rule, no check: a lightweight tag on a merge commit is fine there."""
    free = {"ff_possible": "N/A", "tag_annotated": "N/A"}
    yield NONE | free
    tip = story.whole_fix()
    yield CHANGELOG | free
    story.tag(on_main(story, NOTED, "Merge\n", tip), message="")
    yield TAGGED | free


@shape()
def tag_of_a_commit_made_by_nobody_seen(story: Story) -> Seen:
    """A rebuilt copy of the fix on a side line was tagged: same files, but not what is in main."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    twin = story.repository.commit(NOTED, "release\n", parents=[story.base])
    story.tag(twin)
    yield TAGGED | {"tag_commit": "FAIL"}


@shape()
def branch_goes_on_after_the_tag(story: Story) -> Seen:
    """A forgotten commit is pushed to the branch after the release: it is in neither tag nor main."""
    yield from _until_tagged(story)
    story.repository.branch(BRANCH, head(story, BRANCH))
    story.commit({**NOTED, "lib/login.dart": "a\nmended\nc\nd\n"}, "fix: forgotten\n")
    yield TAGGED | {"merged": "PENDING", "tag_commit": "FAIL", "minimal_diff": "WARN"}
