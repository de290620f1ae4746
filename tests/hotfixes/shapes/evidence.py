"""The correct repository and the twelve violating ones, looked at after every commit."""

from collections.abc import Iterator

from tests.hotfixes.checks.stories import (
    BRANCH,
    ENTRY,
    FIXED,
    HEAD,
    MESSAGE,
    NOTED,
    RAISED,
    ROW,
    Story,
)
from tests.hotfixes.git.building import Content
from tests.hotfixes.shapes.people import main_goes_on, on_main, replaced, with_other
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, EMPTY, FIX, MERGED, NONE, TAGGED, VERSION

type Seen = Iterator[dict[str, str]]


def _to_the_end(story: Story, before: dict[str, str], wrong: dict[str, str]) -> Seen:
    """Merged and tagged after all commits were seen as `before`."""
    tip = story.fast_forward()
    yield before | {"merged": "PASS"} | wrong
    story.tag(tip)
    yield TAGGED | wrong


@shape()
def the_correct_repository(story: Story) -> Seen:
    """Everything as agreed: each check turns at the commit that proves it, and the deleted branch changes nothing."""
    yield NONE
    story.repository.branch(BRANCH, story.base)
    yield EMPTY
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.commit(RAISED, "chore: version\n")
    yield VERSION
    story.commit(NOTED, "docs: changelog\n")
    yield CHANGELOG
    yield from _to_the_end(story, CHANGELOG, {})
    story.repository.delete(f"refs/heads/{BRANCH}")
    yield TAGGED


@shape()
def branch_from_main(story: Story) -> Seen:
    """Cut from main instead of the tag: an unreleased feature would go to production with the fix; wrong for ever."""
    main_goes_on(story)
    wrong = {"cut_from_tag": "FAIL"}
    yield NONE | {"ff_possible": "FAIL"}
    story.repository.branch(BRANCH, story.repository.tips["refs/heads/main"])
    # The branch stands inside main: it can be fast-forwarded, and has no work yet.
    yield NONE | {"branch_name": "PASS"} | wrong | _untold()
    for files, message, then in (
        (FIXED, MESSAGE, FIX),
        (RAISED, "chore: version\n", VERSION),
        (NOTED, "docs: changelog\n", CHANGELOG),
    ):
        story.commit(with_other(files), message)
        yield then | wrong
    yield from _to_the_end(story, CHANGELOG, wrong)


def _untold() -> dict[str, str]:
    """A branch that is only in main so far: which commits will be its own, nobody can tell."""
    keys = ("commit_message", "minimal_diff", "tests_passed", "ff_possible", "merged")
    return dict.fromkeys(keys, "UNKNOWN")


def _wrong_commits(
    story: Story, wrong: dict[str, str], raised: dict[str, Content], noted: dict[str, Content]
) -> Seen:
    yield NONE
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.commit(raised, "chore: version\n")
    yield VERSION | wrong
    story.commit(noted, "docs: changelog\n")
    yield CHANGELOG | wrong
    yield from _to_the_end(story, CHANGELOG, wrong)


@shape()
def minor_bump(story: Story) -> Seen:
    """0.2.0 where 0.1.1 was due: told with the commit that writes it, and still true of the tag."""
    version = "name: krow\nversion: 0.2.0+6\n"
    yield from _wrong_commits(
        story, {"version_bump": "FAIL"}, replaced(RAISED, pubspec=version), replaced(NOTED, pubspec=version)
    )


@shape()
def build_number_not_bumped(story: Story) -> Seen:
    """0.1.1+5 after 0.1.0+5: stores refuse a build that they have seen."""
    version = "name: krow\nversion: 0.1.1+5\n"
    yield from _wrong_commits(
        story, {"version_bump": "FAIL"}, replaced(RAISED, pubspec=version), replaced(NOTED, pubspec=version)
    )


@shape()
def no_changelog_entry(story: Story) -> Seen:
    """Until the merge the entry can still come (PENDING); merged without it, it is missing."""
    yield NONE
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.commit(RAISED, "chore: version\n")
    yield VERSION
    yield from _to_the_end(story, VERSION, {"changelog_entry": "FAIL"})


@shape()
def entry_not_on_top(story: Story) -> Seen:
    """The entry is there, below an older one."""
    below = replaced(NOTED, changes=HEAD + ROW + ENTRY)
    yield NONE
    story.commit(FIXED, MESSAGE)
    story.commit(RAISED, "chore: version\n")
    yield VERSION
    story.commit(below, "docs: changelog\n")
    yield CHANGELOG | {"changelog_entry": "FAIL"}
    yield from _to_the_end(story, CHANGELOG, {"changelog_entry": "FAIL"})


@shape()
def lightweight_tag(story: Story) -> Seen:
    """A tag without author and words, on the right commit."""
    yield NONE
    tip = story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    story.tag(tip, message="")
    yield TAGGED | {"tag_annotated": "FAIL"}


@shape()
def merge_commit(story: Story) -> Seen:
    """Merged by a merge commit where a fast-forward was agreed; the tag on it holds the fix and nothing more."""
    yield NONE
    tip = story.whole_fix()
    yield CHANGELOG
    merge = on_main(story, NOTED, "Merge the hotfix\n", tip)
    done = {"merged": "FAIL", "ff_possible": "N/A"}
    yield CHANGELOG | done
    story.tag(merge)
    yield TAGGED | done


@shape()
def refactor_in_another_file(story: Story) -> Seen:
    """Tidying up belongs to the next release: worth a look, nobody is stopped."""
    tidied: dict[str, Content] = {"lib/cart.dart": "1\n2\n"}
    look = {"minimal_diff": "WARN"}
    yield NONE
    story.commit(FIXED, MESSAGE)
    yield FIX
    story.commit({**FIXED, **tidied}, "refactor: shorter names\n")
    yield FIX | look
    story.commit({**RAISED, **tidied}, "chore: version\n")
    yield VERSION | look
    story.commit({**NOTED, **tidied}, "docs: changelog\n")
    yield CHANGELOG | look
    yield from _to_the_end(story, CHANGELOG, look)


@shape()
def wrong_branch_name(story: Story) -> Seen:
    """`fix-login` is recognised as the hotfix by what is on it, and told that its name is wrong."""
    wrong = {"branch_name": "FAIL"}
    yield NONE
    tip = story.whole_fix(on="fix-login")
    yield CHANGELOG | wrong
    story.fast_forward("fix-login")
    yield MERGED | wrong
    story.tag(tip)
    yield TAGGED | wrong


@shape()
def tag_on_the_wrong_commit(story: Story) -> Seen:
    """The tag stands on the old release: neither fix nor version nor entry are in what was tagged."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    story.tag(story.base)
    yield TAGGED | dict.fromkeys(("tag_commit", "version_bump", "changelog_entry"), "FAIL")


@shape()
def tag_not_pushed(story: Story) -> Seen:
    """A tag that stays on somebody's laptop is not there: waited for, however often one looks."""
    yield NONE
    story.whole_fix()
    yield CHANGELOG
    story.fast_forward()
    yield MERGED
    yield MERGED
    story.repository.tag("krow/other-v0.1.1", story.base, "HOTFIX: elsewhere")
    yield MERGED


@shape()
def commit_message_lacking_parts(story: Story) -> Seen:
    """Only a subject: nobody learns from it what happened, nor whether anybody tested."""
    wrong = {"commit_message": "FAIL", "tests_passed": "PENDING"}
    yield NONE
    story.commit(FIXED, "fix: sign-in fails\n")
    yield FIX | wrong
    story.commit(RAISED, "chore: version\n")
    yield VERSION | wrong
    story.commit(NOTED, "docs: changelog\n")
    yield CHANGELOG | wrong
    yield from _to_the_end(story, CHANGELOG, wrong)


EVIDENCE = tuple(
    tell.__name__.replace("_", " ")
    for tell in (
        the_correct_repository,
        branch_from_main,
        minor_bump,
        no_changelog_entry,
        entry_not_on_top,
        lightweight_tag,
        merge_commit,
        refactor_in_another_file,
        build_number_not_bumped,
        wrong_branch_name,
        tag_on_the_wrong_commit,
        tag_not_pushed,
        commit_message_lacking_parts,
    )
)
