"""Version files, changelogs and changes as they really look."""

import pytest

from tests.hotfixes.checks.stories import (
    BASE,
    BEFORE,
    ENTRY,
    FIXED,
    HEAD,
    MESSAGE,
    NOTED,
    RAISED,
    ROW,
    Story,
    only,
)
from tests.hotfixes.git.building import Entry


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + ENTRY + ROW).replace("\n", "\r\n"),
        "\ufeff" + HEAD + ENTRY + ROW,
        ENTRY + ROW,
        HEAD + "| Unreleased | | soon |\n" + ENTRY + ROW,
        HEAD + ENTRY.replace("HOTFIX: sign-in fails", "**HOTFIX:** sign-in fails") + ROW,
        HEAD + ENTRY.replace("0.1.1", "v0.1.1") + ROW,
    ],
)
def test_a_changelog_is_read_however_its_lines_end(story: Story, text: str) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": text}, MESSAGE)
    assert story.look()["changelog_entry"] == "PASS"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + ENTRY, "FAIL"),
        (HEAD + ENTRY + ROW.replace("First release", "First"), "FAIL"),
        (HEAD + ENTRY.replace("HOTFIX: ", "") + ROW, "FAIL"),
        (HEAD + ENTRY.replace("sign-in fails", "[Issue fixed]") + ROW, "FAIL"),
        (HEAD + "<<<<<<< HEAD\n" + ENTRY + "=======\n>>>>>>> main\n" + ROW, "FAIL"),
        (HEAD + ENTRY.replace("2026-05-28", "") + ROW, "WARN"),
        (HEAD + ENTRY.replace("0.1.1", "0.1.10") + ROW, "PENDING"),
        (b"\xff\xfe|\0", "UNKNOWN"),
    ],
)
def test_a_changelog_that_is_not_right(story: Story, text: str | bytes, expected: str) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": text}, MESSAGE)
    assert story.look()["changelog_entry"] == expected


def test_a_changelog_that_was_renamed_is_gone(story: Story) -> None:
    story.look()
    moved = {path: content for path, content in NOTED.items() if path != "CHANGELOG.md"}
    story.commit({**moved, "CHANGES.md": HEAD + ENTRY + ROW}, MESSAGE)
    assert story.look()["changelog_entry"] == "FAIL"


def test_a_version_file_that_was_renamed_is_told(story: Story) -> None:
    story.look()
    moved = {path: content for path, content in NOTED.items() if not path.endswith("pubspec.yaml")}
    story.commit({**moved, "mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+6\n"}, MESSAGE)
    assert only(story.look(), "version_bump", "minimal_diff") == {
        "version_bump": "FAIL",
        "minimal_diff": "WARN",
    }


def test_an_empty_commit_is_no_fix(story: Story) -> None:
    story.look()
    story.commit(BEFORE, MESSAGE)
    seen = story.look()
    assert only(seen, "commit_message", "minimal_diff", "tests_passed", "merged") == dict.fromkeys(
        ("commit_message", "minimal_diff", "tests_passed", "merged"), "PENDING"
    )


def test_a_symlink_in_the_changelogs_place_proves_nothing(story: Story) -> None:
    story.look()
    story.commit({**RAISED, "CHANGELOG.md": story.repository.link("/etc/passwd")}, MESSAGE)
    assert story.look()["changelog_entry"] == "UNKNOWN"


def test_a_binary_file_is_said_to_be_unmeasured(story: Story) -> None:
    story.look()
    story.commit({**FIXED, "lib/login.dart": b"\0\1\2"}, MESSAGE)
    result = story.results()["minimal_diff"]
    assert (result.verdict, result.facts["unmeasured"]) == ("WARN", ["lib/login.dart"])


def test_lock_files_and_tests_do_not_make_a_fix_big(story: Story) -> None:
    story.look()
    more = {"test/login_test.dart": "x\n" * 500, "pubspec.lock": "y\n" * 900}
    story.commit({**FIXED, **more}, MESSAGE)
    result = story.results()["minimal_diff"]
    assert (result.verdict, result.facts["files"], result.facts["lines"]) == ("PASS", 1, 2)


def test_a_submodule_that_moved_is_counted(story: Story) -> None:
    story.look()
    story.commit({**FIXED, "vendor/sdk": Entry("160000", "1" * 40)}, MESSAGE)
    result = story.results()["minimal_diff"]
    assert (result.verdict, result.facts["files"]) == ("WARN", 2)


def test_a_file_with_only_other_line_ends_is_seen_as_changed(story: Story) -> None:
    story.look()
    story.commit({**FIXED, "lib/cart.dart": "one\r\ntwo\r\n"}, MESSAGE)
    assert story.results()["minimal_diff"].facts["lines"] == 6


@pytest.mark.parametrize("stated", ["0.1.3+6", "0.1.1", "0.1.1+5", "0.1.0+6"])
def test_a_wrong_version_is_answered_with_the_whole_one(story: Story, stated: str) -> None:
    """With the build number: following the advice must not be the next mistake."""
    story.look()
    path = "apps/mobile/pubspec.yaml"
    story.commit({**FIXED, path: f"name: krow\nversion: {stated}\n"}, MESSAGE)
    found = story.results()["version_bump"]
    assert found.verdict == "FAIL"
    assert found.next
    assert found.next.text == f"Write 0.1.1+6 into {path} and push."
    story.commit(RAISED)
    assert story.look()["version_bump"] == "PASS"


@pytest.mark.parametrize(("is_there", "expected"), [(True, "PASS"), (False, "FAIL")])
def test_a_version_may_be_passed_over_that_a_tag_has_already(
    story: Story, is_there: bool, expected: str
) -> None:
    """Of a fix that was taken back; without it the process asks for the very next one (K32)."""
    if is_there:
        story.tag(story.base)
    story.look()
    story.new = "0.1.2"
    story.commit({**FIXED, "apps/mobile/pubspec.yaml": "version: 0.1.2+6\n"}, MESSAGE, "hotfix/krow-v0.1.2")
    assert story.look()["version_bump"] == expected


def test_a_version_that_is_not_raised_yet_is_told_whole(story: Story) -> None:
    story.look()
    story.commit(FIXED, MESSAGE)
    found = story.results()["version_bump"]
    assert found.next
    assert found.next.text == "Write 0.1.1+6 into apps/mobile/pubspec.yaml and push."


def test_a_build_number_that_stands_elsewhere_is_not_written_behind_a_plus(story: Story) -> None:
    path = "app/build.gradle"
    text = 'android {{\n  defaultConfig {{\n    versionCode {}\n    versionName "{}"\n  }}\n}}\n'
    story.policy = {**story.policy, "version_files": [{"path": path, "kind": "gradle"}]}
    story.base = story.commit({**BEFORE, path: text.format(5, "0.1.0")}, on="main")
    story.repository.tag(BASE, story.base, "Release 0.1.0")
    story.look()
    story.commit({**FIXED, path: text.format(5, "0.1.1")}, MESSAGE)
    found = story.results()["version_bump"]
    assert found.next
    assert found.next.text == f"Write 0.1.1 (build number 6) into {path} and push."
