"""Version files, changelogs and messages as they really look: line ends, places, dates, kinds."""

from collections.abc import Iterator, Mapping

from tests.hotfixes.checks.stories import BEFORE, ENTRY, FIXED, HEAD, MESSAGE, NOTED, ROW, Story
from tests.hotfixes.git.building import Content, Entry
from tests.hotfixes.shapes.people import CHANGES, PUBSPEC, one_commit, released, replaced
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, FIX, NONE, TAGGED, VERSION, all_of

type Seen = Iterator[dict[str, str]]

WRITTEN = "name: krow\nversion: 0.1.1+6\n"
TABLE = HEAD + ENTRY + ROW


def _right(story: Story, files: Mapping[str, Content], **but: str) -> Seen:
    """All in one commit, released."""
    yield NONE
    one_commit(story, files)
    yield CHANGELOG | but
    released(story)
    yield TAGGED | but


@shape()
def windows_line_ends(story: Story) -> Seen:
    """CRLF in pubspec and changelog, which the base had as LF: the same lines for a reader."""
    yield from _right(
        story, replaced(NOTED, pubspec=WRITTEN.replace("\n", "\r\n"), changes=TABLE.replace("\n", "\r\n"))
    )


@shape()
def old_mac_line_ends(story: Story) -> Seen:
    """CR alone, as some tools still write."""
    yield from _right(
        story, replaced(NOTED, pubspec=WRITTEN.replace("\n", "\r"), changes=TABLE.replace("\n", "\r"))
    )


@shape()
def mixed_line_ends(story: Story) -> Seen:
    """One line edited on Windows, the others not."""
    yield from _right(
        story,
        replaced(
            NOTED,
            pubspec="name: krow\r\nversion: 0.1.1+6\n",
            changes=HEAD + ENTRY.replace("\n", "\r\n") + ROW,
        ),
    )


@shape()
def byte_order_mark_and_no_last_line_feed(story: Story) -> Seen:
    """Notepad's mark at the beginning, nothing at the end."""
    yield from _right(
        story, replaced(NOTED, pubspec="\ufeff" + WRITTEN.strip(), changes="\ufeff" + TABLE.rstrip("\n"))
    )


@shape()
def version_file_moved(story: Story) -> Seen:
    """The pubspec went to another folder with the fix: where it was agreed to be there is none."""
    moved = {path: text for path, text in NOTED.items() if path != PUBSPEC}
    yield NONE
    one_commit(story, {**moved, "app/pubspec.yaml": WRITTEN})
    yield CHANGELOG | {"version_bump": "FAIL", "minimal_diff": "WARN"}


@shape()
def changelog_renamed(story: Story) -> Seen:
    """CHANGES.md is not the file that people are told to read."""
    moved = {path: text for path, text in NOTED.items() if path != CHANGES}
    yield NONE
    one_commit(story, {**moved, "CHANGES.md": TABLE})
    yield CHANGELOG | {"changelog_entry": "FAIL", "minimal_diff": "WARN"}


@shape()
def version_file_is_a_link(story: Story) -> Seen:
    """A symlink is never followed: where it leads is nobody's proof."""
    yield NONE
    one_commit(story, {**NOTED, PUBSPEC: story.repository.link("../../other/pubspec.yaml")})
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape()
def fix_in_a_submodule(story: Story) -> Seen:
    """The fix is a submodule that points to another commit: one line of difference, and it counts as the fix."""
    yield NONE
    one_commit(story, {**NOTED, "lib/vendor": Entry("160000", "5" * 40)})
    yield CHANGELOG | {"minimal_diff": "WARN"}


@shape()
def version_raised_twice(story: Story) -> Seen:
    """Two people raised it: 0.1.2 is not what was agreed."""
    yield NONE
    one_commit(story, replaced(NOTED, pubspec="name: krow\nversion: 0.1.2+7\n"))
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape()
def pre_release_version(story: Story) -> Seen:
    """0.1.1-rc.1 comes before 0.1.1; users must not get it as the fix."""
    yield NONE
    one_commit(story, replaced(NOTED, pubspec="name: krow\nversion: 0.1.1-rc.1+6\n"))
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape()
def build_number_skipped(story: Story) -> Seen:
    """+8 after +5 where the process says plus one."""
    yield NONE
    one_commit(story, replaced(NOTED, pubspec="name: krow\nversion: 0.1.1+8\n"))
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape({"build": "greater"})
def build_number_greater(story: Story) -> Seen:
    """+8 after +5 where any greater one will do."""
    yield from _right(story, replaced(NOTED, pubspec="name: krow\nversion: 0.1.1+8\n"))


@shape({"build": None})
def build_number_of_no_interest(story: Story) -> Seen:
    """No rule: the build stays as it was, and nobody minds."""
    yield from _right(story, replaced(NOTED, pubspec="name: krow\nversion: 0.1.1+5\n"))


@shape()
def version_with_quotes_and_comment(story: Story) -> Seen:
    """YAML as people write it."""
    yield from _right(story, replaced(NOTED, pubspec='name: krow\nversion: "0.1.1+6"  # hotfix\n'))


@shape()
def version_in_conflict(story: Story) -> Seen:
    """Conflict markers were committed: which of the two counts nobody can tell."""
    text = "name: krow\n<<<<<<< HEAD\nversion: 0.1.0+5\n=======\nversion: 0.1.1+6\n>>>>>>> fix\n"
    yield NONE
    one_commit(story, replaced(NOTED, pubspec=text))
    yield CHANGELOG | {"version_bump": "UNKNOWN"}


@shape()
def entry_under_the_wrong_version(story: Story) -> Seen:
    """0.1.10 is not 0.1.1, however alike they look; missing for good once merged."""
    yield NONE
    one_commit(story, replaced(NOTED, changes=HEAD + ENTRY.replace("0.1.1", "0.1.10") + ROW))
    yield VERSION
    released(story)
    yield TAGGED | {"changelog_entry": "FAIL"}


@shape()
def earlier_entry_changed(story: Story) -> Seen:
    """What was written about 0.1.0 was touched: history is not edited by a hotfix."""
    yield NONE
    one_commit(story, replaced(NOTED, changes=HEAD + ENTRY + ROW.replace("First", "Very first")))
    yield CHANGELOG | {"changelog_entry": "FAIL"}


@shape()
def entry_dated_otherwise(story: Story) -> Seen:
    """28.05.2026 and 5 May 2026 are dates too."""
    yield NONE
    one_commit(story, replaced(NOTED, changes=HEAD + ENTRY.replace("2026-05-28", "28.05.2026") + ROW))
    yield CHANGELOG


KEPT = {"changelog": {"path": "CHANGELOG.md", "style": "keep-a-changelog"}}
KEPT_BEFORE = {**BEFORE, CHANGES: "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-05-01\n- First\n"}


def _kept(text: str) -> dict[str, Content]:
    return replaced(NOTED, changes=text)


@shape(KEPT, files=KEPT_BEFORE)
def keep_a_changelog(story: Story) -> Seen:
    """Under [Unreleased], above 0.1.0."""
    yield from _right(
        story,
        _kept(
            "# Changelog\n\n## [Unreleased]\n\n## [0.1.1] - 2026-05-28\n### Fixed\n- Sign-in\n\n"
            "## [0.1.0] - 2026-05-01\n- First\n"
        ),
    )


@shape(KEPT, files=KEPT_BEFORE)
def entry_left_in_unreleased(story: Story) -> Seen:
    """Written down, under no version: who looks for 0.1.1 finds nothing."""
    text = "# Changelog\n\n## [Unreleased]\n### Fixed\n- Sign-in\n\n## [0.1.0] - 2026-05-01\n- First\n"
    yield NONE
    one_commit(story, _kept(text))
    yield VERSION
    released(story)
    yield TAGGED | {"changelog_entry": "FAIL"}


@shape(
    {"changelog": {"path": "CHANGELOG.md", "style": "headings"}},
    files={**BEFORE, CHANGES: "# v0.1.0\nFirst\n"},
)
def changelog_of_headings(story: Story) -> Seen:
    """`# v0.1.1 (5 May)` on top."""
    yield from _right(story, _kept("# v0.1.1 (2026-05-28)\nSign-in\n\n# v0.1.0\nFirst\n"))


@shape()
def no_version_file_at_all(story: Story) -> Seen:
    """Deleted with the fix: no longer a file that says a version."""
    yield NONE
    one_commit(story, {path: text for path, text in NOTED.items() if path != PUBSPEC})
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape()
def message_copied_from_the_template(story: Story) -> Seen:
    """`Solution: [what was done]` says nothing."""
    yield NONE
    story.commit(FIXED, MESSAGE.replace("read the cookie again", "[what was done]"))
    yield FIX | {"commit_message": "FAIL"}


@shape()
def only_paperwork(story: Story) -> Seen:
    """Version and changelog without a fix: nothing to release yet, although it says 0.1.1."""
    yield NONE
    story.commit(replaced(BEFORE, pubspec=WRITTEN, changes=TABLE), MESSAGE)
    waiting = all_of("commit_message minimal_diff tests_passed", "PENDING")
    yield CHANGELOG | waiting
    released(story)
    yield TAGGED | waiting
