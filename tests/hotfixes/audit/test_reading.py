"""Audits of repositories as people leave them: each verdict by what history still proves (K20, K32–K38, K50–K53)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hotfixes.audit import reading
from hotfixes.audit.shapes import Audit, Kind
from products.process.schema.policy import PolicySpec
from tests.hotfixes.checks.stories import (
    BASE,
    BEFORE,
    ENTRY,
    FIXED,
    HEAD,
    KROW,
    MESSAGE,
    NOTED,
    RAISED,
    ROW,
    Story,
    reader_of,
)
from tests.hotfixes.git.building import Repository


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.begun(tmp_path)


def audited(repository: Repository, policy: Mapping[str, Any] = KROW, **asked: Any) -> Audit:
    """Read as it lies there: test_running.py makes the copy."""
    return reading.audit(reader_of(repository), PolicySpec.model_validate(policy), **asked)


def verdicts(audit: Audit, number: int = 0) -> dict[str, str]:
    return {key: str(result.verdict) for key, result in audit.releases[number].results.items()}


ALL_WELL = {
    "version_bump": "PASS", "version_files": "PASS", "changelog_entry": "PASS", "commit_message": "PASS",
    "cut_from_tag": "UNKNOWN", "fast_forward": "PASS", "tag_commit": "PASS", "tag_annotated": "PASS",
    "minimal_diff": "PASS",
}  # fmt: skip


def released(story: Story) -> None:
    tip = story.whole_fix()
    story.fast_forward()
    story.tag(tip)
    story.repository.delete("refs/heads/hotfix/krow-v0.1.1")


def test_a_correct_hotfix_passes_and_where_it_began_nobody_can_tell(story: Story) -> None:
    released(story)
    found = audited(story.repository)
    assert verdicts(found) == ALL_WELL
    assert [(one.tag, one.kind, one.base) for one in found.releases] == [
        ("krow/prod-v0.1.1", Kind.HOTFIX, BASE),
        (BASE, Kind.FIRST, ""),
    ]
    assert (found.tags, found.recognised, found.main, found.notes) == (2, 2, "main", ())
    assert found.releases[0].kept


def test_one_commit_right_on_the_tag_proves_where_it_began(story: Story) -> None:
    """K20: nothing else can have come along."""
    story.tag(story.commit(NOTED, MESSAGE))
    story.fast_forward()
    assert verdicts(audited(story.repository)) == ALL_WELL | {"cut_from_tag": "PASS"}


def test_a_merge_commit_is_no_fast_forward(story: Story) -> None:
    """K50."""
    tip = story.whole_fix()
    main = story.repository.commit(BEFORE | {"other": "x"}, "feat: other\n", on="main")
    merge = story.repository.commit(NOTED | {"other": "x"}, "Merge\n", parents=[main, tip])
    story.repository.branch("main", merge)
    story.tag(merge)
    found = verdicts(audited(story.repository))
    assert (found["fast_forward"], found["cut_from_tag"]) == ("FAIL", "UNKNOWN")


def test_a_squash_beside_its_branch_is_no_fast_forward(story: Story) -> None:
    """K50: while the branch is there; afterwards only who made the commit may tell."""
    story.whole_fix()
    squash = story.repository.commit(NOTED, MESSAGE, on="main")
    story.tag(squash)
    found = audited(story.repository)
    assert verdicts(found)["fast_forward"] == "FAIL"
    assert "squashed or rebased" in found.releases[0].results["fast_forward"].summary


def test_commits_that_were_written_anew_cannot_tell(story: Story) -> None:
    """K50, K20: a forge's squash or a rebase leaves another committer."""
    repository = story.repository
    tree = repository.tree(NOTED)
    head = f"tree {tree}\nparent {story.base}\nauthor Ada <ada@example.test> 1780000500 +0000\n"
    head += "committer GitHub <noreply@example.test> 1780000900 +0000\n\n" + MESSAGE
    squash = repository.write("commit", head.encode())
    repository.branch("main", squash)
    story.tag(squash)
    found = verdicts(audited(repository))
    assert found == ALL_WELL | {"cut_from_tag": "UNKNOWN", "fast_forward": "UNKNOWN"}


@pytest.mark.parametrize(
    ("files", "key", "verdict"),
    [
        (NOTED | {"apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+5\n"}, "version_files", "FAIL"),
        (NOTED | {"apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.0+5\n"}, "version_files", "FAIL"),
        (RAISED, "changelog_entry", "FAIL"),
        (NOTED | {"CHANGELOG.md": HEAD + ROW + ENTRY}, "changelog_entry", "FAIL"),
        (NOTED | {"CHANGELOG.md": HEAD + ENTRY}, "changelog_entry", "FAIL"),
        (NOTED | {"lib/new.dart": "x\n"}, "minimal_diff", "WARN"),
    ],
    ids=["K33 build", "K32 version", "K36 entry", "K37 not first", "K38 others gone", "K31 more"],
)
def test_what_the_tagged_tree_lacks_is_seen(
    story: Story, files: dict[str, Any], key: str, verdict: str
) -> None:
    """K31, K32, K33, K36, K37, K38."""
    story.tag(story.commit(files, MESSAGE))
    story.fast_forward()
    expected = ALL_WELL | {"cut_from_tag": "PASS", key: verdict}
    assert verdicts(audited(story.repository)) == expected


def test_a_hotfix_that_raised_minor_is_a_hotfix_with_a_wrong_number(story: Story) -> None:
    """K32: its tag's message says what it is."""
    files = NOTED | {
        "apps/mobile/pubspec.yaml": "version: 0.2.0+6\n",
        "CHANGELOG.md": HEAD + ENTRY.replace("0.1.1", "0.2.0") + ROW,
    }
    tip = story.repository.commit(files, MESSAGE, on="main")
    story.tag(tip, "krow/prod-v0.2.0")
    found = audited(story.repository)
    assert found.releases[0].kind is Kind.HOTFIX
    assert verdicts(found) == ALL_WELL | {"cut_from_tag": "PASS", "version_bump": "FAIL"}


def test_a_minor_release_is_not_called_a_failed_hotfix(story: Story) -> None:
    files = BEFORE | {"apps/mobile/pubspec.yaml": "version: 0.2.0+9\n", "lib/new.dart": "feature\n"}
    tip = story.repository.commit(files, "feat: all new\n", on="main")
    story.tag(tip, "krow/prod-v0.2.0", "Release 0.2.0")
    found = audited(story.repository)
    release = found.releases[0]
    assert (release.kind, release.failed, release.why) == (Kind.NORMAL, False, "0.1.0 → 0.2.0 raises MINOR.")
    assert verdicts(found) == dict.fromkeys(ALL_WELL, "N/A") | {
        "version_files": "PASS", "changelog_entry": "WARN", "tag_commit": "PASS", "tag_annotated": "PASS",
    }  # fmt: skip
    assert found.hotfixes == ()


def test_a_lightweight_tag_and_one_beside_main_are_seen(story: Story) -> None:
    """K51, K53."""
    story.tag(story.commit(NOTED, MESSAGE), message="")
    found = verdicts(audited(story.repository))
    assert found == ALL_WELL | {
        "cut_from_tag": "PASS", "fast_forward": "UNKNOWN", "tag_commit": "FAIL", "tag_annotated": "FAIL",
    }  # fmt: skip


def test_a_rewritten_main_cannot_tell_and_the_same_content_is_found_there(story: Story) -> None:
    """K53: the commits are gone from main, the content is not."""
    released(story)
    repository = story.repository
    root = repository.commit({"README.md": "Krow\n"}, "Begin anew\n", parents=[])
    repository.branch("main", repository.commit(NOTED, MESSAGE, parents=[root]))
    found = verdicts(audited(repository))
    assert (found["tag_commit"], found["fast_forward"]) == ("UNKNOWN", "UNKNOWN")
    repository.branch("main", repository.commit(NOTED, MESSAGE, parents=[story.base]))
    again = audited(repository).releases[0].results["tag_commit"]
    assert (str(again.verdict), "same content" in again.summary) == ("WARN", True)


def test_a_release_without_the_one_before_was_not_cut_from_it(story: Story) -> None:
    """K20: 0.1.2 was begun at 0.1.0; beside main that is proven, in main it may have been rebased."""
    released(story)
    files = FIXED | {"apps/mobile/pubspec.yaml": "version: 0.1.2+7\n"}
    lost = story.repository.commit(files, MESSAGE, parents=[story.base])
    story.tag(lost, "krow/prod-v0.1.2")
    assert verdicts(audited(story.repository))["cut_from_tag"] == "FAIL"
    story.repository.branch("main", lost)
    assert verdicts(audited(story.repository))["cut_from_tag"] == "UNKNOWN"


def test_the_same_commit_twice_holds_nothing_new(story: Story) -> None:
    """K53: the tag on the wrong commit."""
    story.whole_fix()
    story.fast_forward()
    story.tag(story.base)
    found = verdicts(audited(story.repository))
    assert (found["tag_commit"], found["version_files"], found["cut_from_tag"]) == ("FAIL", "FAIL", "UNKNOWN")
    assert "PASS" not in {found["fast_forward"], found["minimal_diff"], found["commit_message"]}


def test_a_skipped_number_is_worth_a_look(story: Story) -> None:
    files = FIXED | {"apps/mobile/pubspec.yaml": "version: 0.1.2+6\n"}
    story.repository.branch("main", tip := story.commit(files, MESSAGE))
    story.tag(tip, "krow/prod-v0.1.2")
    assert verdicts(audited(story.repository))["version_bump"] == "WARN"


def test_a_tag_of_a_tree_says_that_it_names_no_commit(story: Story) -> None:
    story.repository.tag("krow/prod-v0.1.1", story.repository.tree(NOTED), "HOTFIX: a", kind="tree")
    found = audited(story.repository).releases[0]
    assert verdicts(audited(story.repository))["tag_commit"] == "FAIL"
    judged = {str(found.results[key].verdict) for key in ("version_files", "changelog_entry", "fast_forward")}
    assert judged <= {"UNKNOWN"}


def test_tags_of_several_products_are_paired_within_each(story: Story) -> None:
    """Monorepo: `web/prod-v2.0.1` follows `web/prod-v2.0.0`, never krow's."""
    released(story)
    repository = story.repository
    repository.tag("web/prod-v2.0.0", story.base, "Release")
    repository.tag("web/prod-v2.0.1", repository.tips["refs/heads/main"], "HOTFIX: a")
    found = audited(repository)
    assert [(one.product, one.tag, one.base) for one in found.releases] == [
        ("krow", "krow/prod-v0.1.1", "krow/prod-v0.1.0"),
        ("krow", "krow/prod-v0.1.0", ""),
        ("web", "web/prod-v2.0.1", "web/prod-v2.0.0"),
        ("web", "web/prod-v2.0.0", ""),
    ]
    assert [one.product for one in audited(repository, product="web").releases] == ["web", "web"]
