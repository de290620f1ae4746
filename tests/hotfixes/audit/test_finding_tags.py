"""Which tags an audit finds, in which order, on which branch."""

from dataclasses import replace
from pathlib import Path

import pytest

from hotfixes.patterns import BadPattern
from tests.hotfixes.audit.test_reading import ALL_WELL, audited, verdicts
from tests.hotfixes.checks.stories import (
    KROW,
    MESSAGE,
    NOTED,
    Story,
)
from tests.hotfixes.git.building import Repository


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.begun(tmp_path)


def test_versions_are_ordered_as_numbers_and_side_lines_keep_theirs(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "srv" / "product.git")
    policy = {"tag": "v{new}", "bump": "patch"}
    ids = {}
    for version in ("1.9.0", "1.10.0", "1.10.1", "2.0.0"):
        ids[version] = repository.commit({"a": version}, f"{version}\n", on="main")
        repository.tag(f"v{version}", ids[version], version)
    late = repository.commit({"a": "1.10.2"}, "fix\n", parents=[ids["1.10.1"]])
    repository.tag("v1.10.2", late, "late")
    found = audited(repository, policy)
    assert [(one.tag, one.base, one.kind.value) for one in found.releases] == [
        ("v2.0.0", "v1.10.1", "normal"),
        ("v1.10.2", "v1.10.1", "hotfix"),
        ("v1.10.1", "v1.10.0", "hotfix"),
        ("v1.10.0", "v1.9.0", "normal"),
        ("v1.9.0", "", "first"),
    ]
    assert [one.tag for one in audited(repository, policy, limit=2).releases] == [
        "v2.0.0",
        "v1.10.2",
    ]


def test_another_main_branch_is_looked_at_and_said(story: Story) -> None:
    story.tag(story.commit(NOTED, MESSAGE))
    story.fast_forward()
    repository = story.repository
    repository.branch("master", repository.tips["refs/heads/main"])
    repository.delete("refs/heads/main")
    found = audited(repository, default_branch="refs/heads/master")
    assert verdicts(found) == ALL_WELL | {"cut_from_tag": "PASS"}
    assert (found.main, found.notes) == ("master", ("There is no branch main; master is looked at instead.",))
    without = audited(repository)
    assert (without.main, verdicts(without)["tag_commit"]) == ("", "UNKNOWN")


def test_unrelated_tags_are_counted_and_another_pattern_is_proposed(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "srv" / "product.git")
    tip = repository.commit({"a": "1"}, "One\n", on="main")
    for name in ("v1.0.0", "v1.0.1", "v1.1.0-rc1", "nightly", "$(rm -rf {new})"):
        repository.tag(name, tip, "x") if "$" not in name else None
    found = audited(repository)
    assert (found.releases, found.tags, found.recognised) == ((), 4, 0)
    assert (found.suggested, found.examples) == ("v{new}", ("v1.0.0", "v1.0.1"))
    for name in ("web/v2.0.0", "web/v2.0.1", "api/v3.0.0"):
        repository.tag(name, tip, "x")
    assert audited(repository).suggested == "{product}/v{new}"
    silent = audited(repository, {})
    assert (silent.pattern, [one.tag for one in silent.releases]) == ("v{new}", ["v1.0.1", "v1.0.0"])


def test_an_empty_repository_and_one_without_tags_find_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "srv" / "product.git")
    empty = audited(repository)
    assert (empty.releases, empty.tags, empty.suggested, empty.main) == ((), 0, "", "")
    repository.commit({"a": "1"}, "One\n", on="main")
    assert audited(repository) == replace(empty, main="main")


def test_ten_thousand_tags_are_looked_through_at_once(tmp_path: Path) -> None:
    """Only the last are judged; the pattern's own words never become one of git's."""
    repository = Repository(tmp_path / "srv" / "product.git")
    tip = repository.commit({"a": "1"}, "One\n", on="main")
    repository.many_refs([f"refs/tags/v1.{n // 100}.{n % 100}" for n in range(10_000)], tip)
    found = audited(repository, {"tag": "v{new}", "bump": "patch"}, limit=3)
    assert [one.tag for one in found.releases] == ["v1.99.99", "v1.99.98", "v1.99.97"]
    assert (found.tags, found.recognised) == (10_000, 10_000)


def test_a_pattern_without_a_version_is_refused(story: Story) -> None:
    with pytest.raises(BadPattern):
        audited(story.repository, KROW | {"tag": "latest"})
