"""What going back undoes, read in real repositories by real git."""

import json
from pathlib import Path

import pytest

from hotfixes.preview.reading import Asked, Known, NoSuchTag, digest, read
from products.process.schema.policy import PolicySpec
from tests.hotfixes.checks.stories import BASE, BEFORE, ENTRY, HEAD, KROW, NOTED, ROW, TAG, Story

POLICY = PolicySpec.model_validate(KROW)
DROPS = "class Migration:\n    operations = [migrations.RemoveField('order', 'total')]\n"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story.begun(tmp_path)


def released(story: Story, files: dict[str, str], message: str = "fix: sign-in fails\n") -> None:
    """A commit on main with the production tag of 0.1.1."""
    tip = story.commit({**BEFORE, **files}, message, on="main")
    story.repository.tag(TAG, tip, "Release 0.1.1")
    story.observe()


def undone(story: Story, *hotfixes: Known) -> dict[str, object]:
    return read(story.reader, Asked(TAG, BASE, "krow", POLICY, hotfixes))


def test_commits_files_and_versions_between_the_two(story: Story) -> None:
    story.whole_fix()
    story.fast_forward()
    story.tag(story.repository.tips["refs/heads/main"])
    story.observe()
    found = undone(story)
    assert (found["count"], found["more"], found["brings_back"]) == (3, False, 0)
    assert [one["subject"] for one in found["commits"]] == [  # type: ignore[attr-defined]
        "docs: changelog of 0.1.1", "chore: version 0.1.1", "fix: sign-in fails",
    ]  # fmt: skip
    assert found["versions"] == [{"path": "apps/mobile/pubspec.yaml", "from": "0.1.1+6", "to": "0.1.0+5"}]
    assert found["migrations"] == {"verdict": "none", "why": "", "more": 0, "paths": [], "files": []}
    assert found["hotfixes"] == [{"title": f"{TAG} HOTFIX: sign-in fails", "ref": TAG, "by": "tag"}]
    assert json.loads(json.dumps(found)) == found
    assert digest(found) == digest(undone(story))


def test_a_migration_a_secret_a_configuration_and_a_hole(story: Story) -> None:
    files = {
        "shop/migrations/0002_gone.py": DROPS,
        "deploy/app.yaml": "replicas: 2\n",
        ".env.production": "KEY=1\n",
        "docs/secrets.md": "How to keep them\n",
    }
    released(story, files, "fix: CVE-2026-12345, check the token\n")
    found = undone(story)
    migrations = found["migrations"]
    assert isinstance(migrations, dict)
    assert (migrations["verdict"], migrations["files"]) == (
        "irreversible",
        [{"path": "shop/migrations/0002_gone.py", "kind": "django", "change": "added", "verdict": "irreversible",
          "why": ["it drops a column: order.total"]}],
    )  # fmt: skip
    assert (found["secrets"], found["config"]) == ([".env.production"], ["deploy/app.yaml"])
    assert [(one["why"], one["subject"]) for one in found["security"]] == [  # type: ignore[attr-defined]
        ("CVE-2026-12345", "fix: CVE-2026-12345, check the token")
    ]


def test_earlier_hotfixes_are_named_by_our_own_record(story: Story) -> None:
    released(story, {"lib/login.dart": "mended\n"})
    known = Known("HF-3", TAG, "0.1.1", "Passwords in the log", security=True)
    found = undone(story, known, Known("HF-1", BASE, "0.1.0", "Older"))
    assert found["hotfixes"] == [
        {"title": "HF-3 0.1.1 Passwords in the log", "ref": "HF-3", "by": "nightdesk"}
    ]
    assert found["security"] == [{"id": "HF-3", "subject": "HF-3: Passwords in the log", "why": "incident"}]


def test_without_a_word_in_a_tag_the_changelog_tells_of_it(story: Story) -> None:
    released(story, {"CHANGELOG.md": HEAD + ENTRY + ROW})
    assert undone(story)["hotfixes"] == [
        {"title": ENTRY.strip("| \n"), "ref": "", "by": "changelog"},
    ]


def test_a_release_beside_the_line_brings_something_back(story: Story) -> None:
    released(story, {"lib/login.dart": "mended\n"})
    story.commit(NOTED, "fix: on the old line\n", on="old")
    other = story.repository.tips["refs/heads/old"]
    story.repository.tag("krow/prod-v0.0.9", other, "Old")
    story.observe()
    found = read(story.reader, Asked(TAG, "krow/prod-v0.0.9", "krow", POLICY))
    assert (found["count"], found["brings_back"]) == (1, 1)


def test_a_migration_that_is_too_big_is_said_to_be_so(story: Story) -> None:
    """Ten megabytes are not read; nor is what is no plain file."""
    released(
        story, {"a/migrations/0001_big.py": "x = 1\n" * 1_700_000, "a/migrations/0002_null.py": "class A:\0"}
    )
    files = {one["path"]: one for one in undone(story)["migrations"]["files"]}  # type: ignore[index]
    assert files["a/migrations/0001_big.py"]["why"] == ["it is too big to be read"]
    assert files["a/migrations/0002_null.py"]["verdict"] == "maybe"


@pytest.mark.parametrize("name", ["v9.9.9", "--all", "a..b", "x\ny"])
def test_a_tag_that_is_not_there_is_named(story: Story, name: str) -> None:
    story.observe()
    with pytest.raises(NoSuchTag) as missing:
        read(story.reader, Asked(name, BASE, "krow", POLICY))
    assert "\n" not in missing.value.name
