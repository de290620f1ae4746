"""How the fix comes into main: squashed, rebased, picked, queued, merged by many parents, pushed back, reverted."""

from collections.abc import Iterator

from tests.hotfixes.checks.stories import BEFORE, BRANCH, FIXED, MESSAGE, NOTED, RAISED, Story
from tests.hotfixes.shapes.people import (
    OTHER,
    STEPS,
    head,
    main_goes_on,
    on_main,
    one_commit,
    released,
    with_other,
)
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, FIX, MERGED, NONE, TAGGED, all_of

type Seen = Iterator[dict[str, str]]

ANY = {"merge": "any"}
FREE = {"ff_possible": "N/A"}
NOT_FF = {"merged": "FAIL", "ff_possible": "N/A"}


@shape(ANY)
def squash_merge(story: Story) -> Seen:
    """A squash has the same difference in one commit: recognised, also after the branch is deleted."""
    yield NONE | FREE
    story.whole_fix()
    yield CHANGELOG | FREE
    squashed = on_main(story, NOTED, "fix: sign-in fails (#7)\n")
    yield MERGED | FREE
    story.repository.delete(f"refs/heads/{BRANCH}")
    yield MERGED | FREE
    story.tag(squashed)
    yield TAGGED | FREE


@shape()
def squash_where_a_fast_forward_was_agreed(story: Story) -> Seen:
    """The fix is in main, but not as agreed; what was tagged is still the fix and nothing more."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    squashed = on_main(story, NOTED, "fix: sign-in fails (#7)\n")
    yield CHANGELOG | NOT_FF
    story.tag(squashed)
    yield TAGGED | NOT_FF


@shape(ANY)
def squash_between_two_looks(story: Story) -> Seen:
    """Squashed, branch deleted and tagged before anybody looked again: the branch was seen, so all of it is proven."""
    yield NONE | FREE
    story.whole_fix()
    yield CHANGELOG | FREE
    squashed = on_main(story, NOTED, "fix: sign-in fails (#7)\n")
    story.repository.delete(f"refs/heads/{BRANCH}")
    story.tag(squashed)
    yield TAGGED | FREE


@shape(ANY)
def rebase_merge(story: Story) -> Seen:
    """GitHub's rebase writes every commit anew, even when main has not moved: same patches, other ids."""
    yield NONE | FREE
    story.whole_fix()
    yield CHANGELOG | FREE
    for files, message in STEPS:
        last = on_main(story, files, message)
    yield MERGED | FREE
    story.tag(last)
    yield TAGGED | FREE


@shape(ANY)
def rebase_merge_onto_main_that_went_on(story: Story) -> Seen:
    """The same behind other people's work; the branch itself stays cut from the tag."""
    yield NONE | FREE
    story.whole_fix()
    yield CHANGELOG | FREE
    main_goes_on(story)
    yield CHANGELOG | FREE
    for files, message in STEPS:
        last = on_main(story, with_other(files), message)
    yield MERGED | FREE
    story.tag(last)
    yield TAGGED | FREE


@shape(ANY)
def cherry_pick_to_main(story: Story) -> Seen:
    """One commit with everything, picked with -x onto a main that went on."""
    yield NONE | FREE
    tip = one_commit(story)
    yield CHANGELOG | FREE
    main_goes_on(story)
    picked = on_main(story, with_other(NOTED), f"{MESSAGE}(cherry picked from commit {tip})\n")
    yield MERGED | FREE
    story.tag(picked)
    yield TAGGED | FREE


@shape(ANY)
def cherry_pick_of_the_fix_alone(story: Story) -> Seen:
    """Version and changelog stayed on the branch: main does not have the hotfix yet."""
    yield NONE | FREE
    story.whole_fix()
    yield CHANGELOG | FREE
    on_main(story, FIXED, MESSAGE)
    yield CHANGELOG | FREE


@shape(ANY)
def merge_queue(story: Story) -> Seen:
    """The queue's own branch comes and goes: only when main moves is anything merged."""
    queue = "gh-readonly-queue/main/pr-7-0123456789"
    yield NONE | FREE
    tip = story.whole_fix()
    yield CHANGELOG | FREE
    merge = story.repository.commit(NOTED, "Merge #7\n", parents=[head(story, "main"), tip])
    story.repository.branch(queue, merge)
    yield CHANGELOG | FREE
    story.repository.branch("main", merge)
    story.repository.delete(f"refs/heads/{queue}")
    yield MERGED | FREE
    story.tag(merge)
    yield TAGGED | FREE


@shape(ANY)
def merge_queue_that_gave_up(story: Story) -> Seen:
    """The queue's branch was thrown away: nothing is merged."""
    queue = "gh-readonly-queue/main/pr-7-0123456789"
    yield NONE | FREE
    tip = story.whole_fix()
    merge = story.repository.commit(NOTED, "Merge #7\n", parents=[head(story, "main"), tip])
    story.repository.branch(queue, merge)
    yield CHANGELOG | FREE
    story.repository.delete(f"refs/heads/{queue}")
    yield CHANGELOG | FREE


@shape(ANY)
def merge_commit_where_any_way_will_do(story: Story) -> Seen:
    """The forge's big green button: a merge commit, tagged."""
    yield NONE | FREE
    tip = story.whole_fix()
    yield CHANGELOG | FREE
    merge = on_main(story, NOTED, "Merge pull request #7\n", tip)
    yield MERGED | FREE
    story.tag(merge)
    yield TAGGED | FREE


@shape(ANY)
def octopus_merge(story: Story) -> Seen:
    """One merge with three parents brings the fix and a feature: the tag on it is on the fix's arrival."""
    yield NONE | FREE
    tip = story.whole_fix()
    story.repository.branch(
        "feature/cart", story.repository.commit({**BEFORE, **OTHER}, "feat\n", parents=[story.base])
    )
    yield CHANGELOG | FREE
    on_main(story, with_other(NOTED), "Merge fix and feature\n", tip, head(story, "feature/cart"))
    yield MERGED | FREE


@shape()
def main_merged_into_the_branch(story: Story) -> Seen:
    """Taking main into the hotfix takes unreleased work along: no longer cut from the tag, and no fast-forward."""
    wrong = {"cut_from_tag": "FAIL"}
    yield NONE
    tip = story.whole_fix()
    yield CHANGELOG
    main = main_goes_on(story)
    yield CHANGELOG | {"ff_possible": "FAIL"}
    merge = story.repository.commit(with_other(NOTED), "Merge main\n", parents=[tip, main])
    story.repository.branch(BRANCH, merge)
    yield CHANGELOG | wrong
    story.fast_forward()
    yield CHANGELOG | wrong | {"merged": "FAIL"}


@shape(ANY)
def version_raised_in_the_merge_commit(story: Story) -> Seen:
    """Version and entry are written by the merge itself: what came into main counts, not the branch's last commit."""
    yield NONE | FREE
    tip = story.commit(FIXED, MESSAGE)
    yield FIX | FREE
    merge = on_main(story, NOTED, "Merge the hotfix, version 0.1.1\n", tip)
    yield MERGED | FREE
    story.tag(merge)
    yield TAGGED | FREE


@shape(ANY)
def fixed_on_main_first_and_taken_to_the_branch(story: Story) -> Seen:
    """A backport: the same patch is in main already, the version is not; the release is on neither yet."""
    main_goes_on(story)
    yield NONE | FREE
    on_main(story, with_other(FIXED), MESSAGE)
    yield NONE | FREE
    story.commit(FIXED, MESSAGE)
    yield FIX | FREE | {"merged": "PASS"}  # all that the branch has so far is in main
    story.commit(RAISED, "chore: version\n")
    story.commit(NOTED, "docs: changelog\n")
    yield CHANGELOG | FREE


@shape()
def the_fix_is_reverted(story: Story) -> Seen:
    """In main and taken back: worth a look, because the next release lacks it."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    tip = story.fast_forward()
    yield MERGED
    on_main(story, BEFORE, f'Revert "fix: sign-in fails"\n\nThis reverts commit {tip}.\n')
    yield MERGED | {"merged": "WARN"}


@shape()
def the_revert_is_reverted(story: Story) -> Seen:
    """Taken back and put in again: it is in main."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    tip = story.fast_forward()
    revert = on_main(story, BEFORE, f'Revert "fix"\n\nThis reverts commit {tip}.\n')
    yield MERGED | {"merged": "WARN"}
    on_main(story, NOTED, f'Reapply "fix"\n\nThis reverts commit {revert}.\n')
    yield MERGED


@shape()
def main_pushed_back(story: Story) -> Seen:
    """Main is forced back to before the fix, and brought forward again."""
    yield NONE
    tip = story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    story.repository.branch("main", story.base)
    yield MERGED | {"merged": "FAIL"}
    story.repository.branch("main", tip)
    yield MERGED


@shape()
def everything_between_two_looks(story: Story) -> Seen:
    """Pushed, merged, tagged, deleted within a minute: where the branch began, nobody saw."""
    yield NONE
    released(_fixed(story))
    story.repository.delete(f"refs/heads/{BRANCH}")
    unseen = "cut_from_tag branch_name commit_message minimal_diff tests_passed merged tag_commit ff_possible"
    yield TAGGED | all_of(unseen, "UNKNOWN")


@shape()
def branch_deleted_before_the_merge_is_seen(story: Story) -> Seen:
    """Its last position is remembered."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    released(story)
    story.repository.delete(f"refs/heads/{BRANCH}")
    yield TAGGED


@shape()
def branch_given_up(story: Story) -> Seen:
    """Deleted and never merged: still not in main."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.repository.delete(f"refs/heads/{BRANCH}")
    yield CHANGELOG


def _fixed(story: Story) -> Story:
    story.whole_fix()
    return story
