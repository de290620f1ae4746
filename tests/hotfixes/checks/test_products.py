"""Several products in one repository, and a process that asks for less."""

from typing import Any

import pytest

from tests.hotfixes.checks.stories import (
    BASE,
    BEFORE,
    FIXED,
    KROW,
    MESSAGE,
    NOTED,
    Story,
    only,
)

MONO: dict[str, Any] = {
    **KROW,
    "version_files": [
        {"path": "apps/web/package.json", "kind": "npm", "component": "web"},
        {"path": "backend/*/package.json", "kind": "npm", "component": "backend"},
    ],
}


def mono(web: str, orders: str, mail: str) -> dict[str, Any]:
    rest = {path: content for path, content in NOTED.items() if not path.endswith("pubspec.yaml")}
    files = {"apps/web": web, "backend/orders": orders, "backend/mail": mail}
    return {**rest, **{f"{at}/package.json": f'{{\n  "version": "{v}"\n}}\n' for at, v in files.items()}}


@pytest.mark.parametrize(
    ("component", "after", "expected"),
    [
        ("web", mono("0.1.1", "0.1.0", "0.4.0"), "PASS"),
        ("web", mono("0.1.0", "0.1.1", "0.4.0"), "FAIL"),
        ("web", mono("0.1.1", "0.1.1", "0.4.0"), "FAIL"),
        ("backend", mono("0.1.0", "0.1.1", "0.4.0"), "PASS"),
        ("backend", mono("0.1.0", "0.1.1", "0.4.1"), "FAIL"),
        ("backend", mono("0.1.0", "0.1.0", "0.1.1"), "FAIL"),
        ("", mono("0.1.1", "0.1.0", "0.4.0"), "PASS"),
        ("", mono("0.1.1", "0.1.1", "0.4.0"), "WARN"),
        ("", mono("0.1.0", "0.1.0", "0.4.0"), "PENDING"),
        ("web", mono("1.0", "0.1.0", "0.4.0"), "FAIL"),
        ("web", mono("0.1.1-rc.1", "0.1.0", "0.4.0"), "FAIL"),
    ],
)
def test_only_this_products_version_is_raised(
    story: Story, component: str, after: dict[str, Any], expected: str
) -> None:
    story.policy = {**MONO, "build": None}
    story.component = component
    story.base = story.repository.commit(mono("0.1.0", "0.1.0", "0.4.0"), "chore: all\n", on="main")
    story.repository.tag(BASE, story.base, "Release")
    story.look()
    story.commit({**after, "lib/login.dart": "mended\n"}, MESSAGE)
    assert story.look()["version_bump"] == expected


def test_a_version_that_is_computed_is_nobodys_proof(story: Story) -> None:
    story.policy = {**KROW, "version_files": [{"path": "pyproject.toml", "kind": "pyproject"}]}
    story.look()
    story.commit({**FIXED, "pyproject.toml": '[project]\nname = "x"\ndynamic = ["version"]\n'}, MESSAGE)
    assert story.look()["version_bump"] == "UNKNOWN"


def test_archys_policy_asks_for_less(story: Story) -> None:
    story.policy = {
        "branch": "hotfix/v{new}-{slug}",
        "tag": "v{new}",
        "bump": "patch",
        "changelog": {"path": "CHANGELOG.md", "style": "mention"},
        "minimal": {"files": 20, "lines": 400},
    }
    story.repository.tag("v0.1.0", story.base)
    story.look()
    tip = story.whole_fix(on="hotfix/v0.1.1-login")
    seen = story.look()
    assert only(seen, "branch_name", "minimal_diff", "changelog_entry") == dict.fromkeys(
        ("branch_name", "minimal_diff", "changelog_entry"), "PASS"
    )
    assert only(seen, "cut_from_tag", "commit_message", "ff_possible", "tag_annotated") == dict.fromkeys(
        ("cut_from_tag", "commit_message", "ff_possible", "tag_annotated"), "N/A"
    )
    merge = story.repository.commit(NOTED, "Merge\n", on="main", parents=[story.base, tip])
    story.look()
    story.tag(merge, name="v0.1.1", message="")
    seen = story.look()
    assert only(seen, "merged", "version_bump", "tag_commit", "tag_pushed", "tag_unmoved") == dict.fromkeys(
        ("merged", "version_bump", "tag_commit", "tag_pushed", "tag_unmoved"), "PASS"
    )


def test_release_notes_and_the_manifest_of_archy(story: Story) -> None:
    story.policy = {
        "branch": "hotfix/v{new}-{slug}",
        "tag": "v{new}",
        "release_notes": {"path": "RELEASE-NOTES.md", "style": "mention"},
        "manifest": {"path": "release-manifest.json", "key": "version"},
    }
    base = {**BEFORE, "RELEASE-NOTES.md": "# 0.1.0\n", "release-manifest.json": '{"version": "v0.1.0"}\n'}
    story.base = story.repository.commit(base, "chore: manifest\n", on="main")
    story.repository.tag("v0.1.0", story.base)
    story.look()
    branch, keys = "hotfix/v0.1.1-login", ("release_notes", "manifest_version")
    tip = story.commit({**base, "RELEASE-NOTES.md": "# 0.1.10\n# 0.1.0\n"}, "notes\n", on=branch)
    assert only(story.look(), *keys) == dict.fromkeys(keys, "PENDING")
    story.repository.tag("v0.1.1", tip)
    assert only(story.look(), *keys) == dict.fromkeys(keys, "FAIL")
    after = {"RELEASE-NOTES.md": "# 0.1.1\n# 0.1.0\n", "release-manifest.json": '{"version": "v0.1.1"}\n'}
    story.repository.tag("v0.1.1", story.commit({**base, **after}, "notes\n", on=branch))
    assert only(story.look(), *keys) == dict.fromkeys(keys, "PASS")
