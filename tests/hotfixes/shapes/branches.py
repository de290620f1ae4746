"""What happens to the branch: rewritten, made again, named oddly, cut elsewhere, two at once, seen late."""

from collections.abc import Iterator

from hotfixes.git.cli import Cli
from tests.hotfixes.checks.stories import BASE, BEFORE, BRANCH, FIXED, MESSAGE, NOTED, Story
from tests.hotfixes.shapes.people import (
    OTHER,
    head,
    main_goes_on,
    on_main,
    released,
    replaced,
)
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, EMPTY, FIX, MERGED, NONE, TAGGED, all_of

type Seen = Iterator[dict[str, str]]

BARE = {"commit_message": "FAIL", "tests_passed": "PENDING"}


@shape()
def forced_push_of_a_better_message(story: Story) -> Seen:
    """`git commit --amend` before review: what stands there now counts."""
    yield NONE
    story.commit(FIXED, "fix: sign-in fails\n")
    yield FIX | BARE
    story.repository.branch(BRANCH, story.base)
    story.commit(FIXED, MESSAGE)
    yield FIX


@shape()
def forced_push_that_drops_the_fix(story: Story) -> Seen:
    """The branch is empty again: nothing that was proven of the old commits stays."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.repository.branch(BRANCH, story.base)
    yield EMPTY


@shape()
def forced_push_after_the_release(story: Story) -> Seen:
    """Main and tag stand on what was released; a branch rewritten afterwards is not what they hold."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    released(story)
    yield TAGGED
    story.repository.branch(BRANCH, story.base)
    story.commit({**NOTED, "lib/login.dart": "a\nquite different\nc\n"}, MESSAGE)
    yield TAGGED | all_of("merged tag_commit", "UNKNOWN") | {"ff_possible": "FAIL"}


@shape()
def branch_made_again_under_the_same_name(story: Story) -> Seen:
    """The first try, cut from main, was deleted; the second begins at the tag."""
    main_goes_on(story)
    ahead = {"ff_possible": "FAIL"}
    yield NONE | ahead
    story.repository.branch(BRANCH, head(story, "main"))
    story.commit({**FIXED, **OTHER}, MESSAGE)
    yield FIX | {"cut_from_tag": "FAIL"}
    story.repository.delete(f"refs/heads/{BRANCH}")
    yield FIX | {"cut_from_tag": "FAIL"}
    story.repository.branch(BRANCH, story.base)
    story.commit(FIXED, MESSAGE)
    yield FIX | ahead


@shape()
def branch_name_in_another_case(story: Story) -> Seen:
    """Git and every script tell `Hotfix/Krow-v0.1.1` from what was agreed."""
    name = "Hotfix/Krow-v0.1.1"
    yield NONE
    story.whole_fix(on=name)
    yield CHANGELOG | {"branch_name": "FAIL"}
    story.tag(story.fast_forward(name))
    yield TAGGED | {"branch_name": "FAIL"}


@shape()
def branch_from_an_older_commit(story: Story) -> Seen:
    """Cut before the tag: it lacks what production runs."""
    yield NONE
    older = Cli(story.repository.path).commit(story.base).parents[0]
    tip = story.repository.commit(
        {"README.md": "Krow\n", "lib/login.dart": "mended\n"}, MESSAGE, parents=[older]
    )
    story.repository.branch(BRANCH, tip)
    yield (
        FIX
        | {"cut_from_tag": "FAIL", "ff_possible": "FAIL", "minimal_diff": "WARN"}
        | {
            "changelog_entry": "FAIL",
            "version_bump": "FAIL",
        }
    )


@shape()
def branch_of_unrelated_history(story: Story) -> Seen:
    """An orphan branch has nothing of the tag."""
    yield NONE
    story.repository.branch(BRANCH, story.repository.commit(NOTED, MESSAGE, parents=[]))
    yield (
        CHANGELOG
        | {"cut_from_tag": "FAIL", "ff_possible": "FAIL"}
        | all_of("commit_message minimal_diff tests_passed", "UNKNOWN")
    )


@shape()
def two_at_once_from_the_same_tag(story: Story) -> Seen:
    """The other hotfix, 0.1.2, goes first: ours is told that a fast-forward is over, and is not taken for merged."""
    other = "hotfix/krow-v0.1.2"
    yield NONE
    story.whole_fix()
    story.commit(replaced(BEFORE, pubspec="name: krow\nversion: 0.1.2+6\n"), MESSAGE, on=other)
    yield CHANGELOG
    story.repository.branch("main", head(story, other))
    story.repository.tag("krow/prod-v0.1.2", head(story, other), "HOTFIX: other")
    yield CHANGELOG | {"ff_possible": "FAIL"}


@shape(old="0.1.1", new="0.1.2")
def the_second_on_top_of_the_first(story: Story) -> Seen:
    """0.1.2 is cut from 0.1.1's tag after that was released: judged against that one."""
    tip = story.whole_fix()
    released(story)
    yield NONE
    row = "| 2026-05-29 | 0.1.2 | HOTFIX: again |\n"
    changes = str(NOTED["CHANGELOG.md"]).replace("| 2026-05-28", row + "| 2026-05-28")
    files = replaced(
        {**NOTED, "lib/login.dart": "a\nmended again\nc\n"},
        changes=changes,
        pubspec="name: krow\nversion: 0.1.2+7\n",
    )
    second = story.repository.commit(files, MESSAGE, parents=[tip])
    story.repository.branch("hotfix/krow-v0.1.2", second)
    yield CHANGELOG
    story.repository.branch("main", second)
    yield MERGED
    story.repository.tag("krow/prod-v0.1.2", second, "HOTFIX: again")
    yield TAGGED


@shape(old="0.1.1", new="0.1.2")
def the_second_before_the_first_is_released(story: Story) -> Seen:
    """Its base tag is not there: what it was cut from cannot be told, and the version has nothing to compare with."""
    tip = story.whole_fix()
    unknown = all_of("cut_from_tag version_bump changelog_entry", "UNKNOWN")
    yield NONE | {"ff_possible": "UNKNOWN", "version_bump": "UNKNOWN"}
    story.repository.branch(
        "hotfix/krow-v0.1.2",
        story.repository.commit({**NOTED, "lib/login.dart": "x\n"}, MESSAGE, parents=[tip]),
    )
    yield FIX | unknown | {"minimal_diff": "WARN"}


@shape()
def late_with_the_branch_beside_main(story: Story) -> Seen:
    """Connected when the branch was finished and not merged: where it began still stands in the history."""
    story.whole_fix()
    yield CHANGELOG
    released(story)
    yield TAGGED


@shape()
def late_after_the_merge(story: Story) -> Seen:
    """Everything was over when watching began: files, version and tag can be read, the way there cannot. That the
    branch's head is in main in one straight line from the tag is there to be seen.
    """
    story.whole_fix()
    released(story)
    unknown = "cut_from_tag commit_message minimal_diff tests_passed ff_possible tag_unmoved"
    yield TAGGED | all_of(unknown, "UNKNOWN")


@shape({"merge": "any"})
def late_after_a_squash_with_the_branch_left(story: Story) -> Seen:
    """A squash leaves the branch beside main: what it was cut from and what it held are still to be seen."""
    story.whole_fix()
    squashed = on_main(story, NOTED, "fix: sign-in (#7)\n")
    story.tag(squashed)
    yield TAGGED | {"ff_possible": "N/A", "tag_unmoved": "UNKNOWN"}


@shape()
def two_commits_of_fix(story: Story) -> Seen:
    """A second try in a second commit: agreed was one, worth a look."""
    yield NONE
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.commit({**FIXED, "lib/login.dart": "a\nreally mended\nc\n"}, "fix: really\n")
    yield FIX | {"minimal_diff": "WARN"}


@shape({"main": "master"})
def default_branch_master(story: Story) -> Seen:
    """The policy names the branch that is there."""
    story.repository.branch("master", head(story, "main"))
    story.repository.delete("refs/heads/main")
    (story.repository.path / "HEAD").write_text("ref: refs/heads/master\n")
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.tag(story.repository.branch("master", head(story, BRANCH)))
    yield TAGGED


@shape()
def main_is_called_otherwise(story: Story) -> Seen:
    """The policy says main, the repository has master: nothing about main can be told, least of all PASS."""
    story.repository.branch("master", head(story, "main"))
    story.repository.delete("refs/heads/main")
    no_main = all_of("ff_possible merged", "UNKNOWN")
    yield NONE | no_main
    story.whole_fix()
    unknown = all_of("cut_from_tag commit_message minimal_diff tests_passed", "UNKNOWN")
    yield CHANGELOG | no_main | unknown


@shape({"merge": "any", "tag_on": "branch"})
def hotfix_of_a_release_branch(story: Story) -> Seen:
    """Main went on, the base tag is on release/0.1; tagged on the branch, brought forward to main by a pick."""
    base = story.repository.commit({**BEFORE, "lib/late.dart": "late\n"}, "fix: late\n", parents=[story.base])
    story.repository.branch("release/0.1", base)
    story.repository.tag(BASE, base, "Release 0.1.0")
    main_goes_on(story)
    free = {"ff_possible": "N/A"}
    yield NONE | free
    late = {"lib/late.dart": "late\n"}
    tip = story.repository.commit({**NOTED, **late}, MESSAGE, parents=[base])
    story.repository.branch(BRANCH, tip)
    yield CHANGELOG | free
    story.tag(tip)
    yield TAGGED | free | {"merged": "PENDING"}
    on_main(story, {**NOTED, **OTHER}, MESSAGE)
    yield TAGGED | free


@shape()
def main_pushed_back_under_a_branch_cut_from_it(story: Story) -> Seen:
    """A feature was taken out of main by force, and lives on in the hotfix that began there: it would be released."""
    main = main_goes_on(story)
    yield NONE | {"ff_possible": "FAIL"}
    story.repository.branch("main", story.base)
    story.repository.branch(BRANCH, main)
    story.commit({**FIXED, **OTHER}, MESSAGE)
    yield FIX | {"cut_from_tag": "FAIL", "minimal_diff": "WARN"}


@shape()
def main_pushed_back_after_the_merge_and_the_branch_goes_on(story: Story) -> Seen:
    """The fix was merged too early, main put back, the branch finished: all of it is the branch's own."""
    yield NONE
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.fast_forward()
    yield FIX | {"merged": "PASS", "version_bump": "FAIL", "changelog_entry": "FAIL"}
    story.repository.branch("main", story.base)
    story.commit(NOTED, "chore: version and changelog\n")
    yield CHANGELOG
