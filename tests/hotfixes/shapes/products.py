"""Several products in one repository, and another process altogether: archy's (v-tags, any merge, few rules)."""

from collections.abc import Iterator
from typing import Any

from tests.hotfixes.checks.stories import BEFORE, ENTRY, FIXED, HEAD, MESSAGE, NOTED, ROW, Story
from tests.hotfixes.git.building import Content
from tests.hotfixes.shapes.people import CHANGES, PUBSPEC, on_main, one_commit, released, replaced
from tests.hotfixes.shapes.shape import shape
from tests.hotfixes.shapes.states import CHANGELOG, NONE, TAGGED, VERSION, all_of

type Seen = Iterator[dict[str, str]]

SHOP = "apps/shop/pubspec.yaml"
TWO: dict[str, Content] = {**BEFORE, SHOP: "name: shop\nversion: 2.3.0+9\n"}
BOTH = {
    "version_files": [
        {"path": PUBSPEC, "kind": "pubspec", "component": "mobile"},
        {"path": SHOP, "kind": "pubspec", "component": "shop"},
    ]
}
ANY_APP = {"version_files": [{"path": "apps/*/pubspec.yaml", "kind": "pubspec"}]}


@shape(BOTH, files=TWO, component="mobile")
def one_product_of_a_monorepo(story: Story) -> Seen:
    """Only its own version goes up, the shop's stays."""
    yield NONE
    one_commit(story, {**TWO, **NOTED})
    yield CHANGELOG
    released(story)
    yield TAGGED


@shape(BOTH, files=TWO, component="mobile")
def another_products_version_touched(story: Story) -> Seen:
    """The shop went to 2.3.1 with it: nobody released the shop."""
    yield NONE
    one_commit(story, {**TWO, **NOTED, SHOP: "name: shop\nversion: 2.3.1+10\n"})
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape(BOTH, files=TWO, component="mobile")
def the_wrong_products_version_raised(story: Story) -> Seen:
    """Only the shop's was raised: two mistakes in one, told as the worse one."""
    yield NONE
    files = {**TWO, **FIXED, CHANGES: HEAD + ENTRY + ROW, SHOP: "name: shop\nversion: 0.1.1+10\n"}
    one_commit(story, files)
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape(ANY_APP, files=TWO)
def which_file_is_whose_by_what_it_said(story: Story) -> Seen:
    """A pattern leaves open which file is ours: the one that said our old version is, the shop's is another's."""
    yield NONE
    one_commit(story, {**TWO, **NOTED})
    yield CHANGELOG
    story.commit({**TWO, **NOTED, SHOP: "name: shop\nversion: 2.3.1+10\n"}, "chore: shop\n")
    yield CHANGELOG | {"version_bump": "FAIL"}


@shape(
    {"changelog": {"path": "apps/mobile/CHANGELOG.md", "style": "table", "text": "HOTFIX: {issue}"}},
    files={**BEFORE, "apps/mobile/CHANGELOG.md": HEAD + ROW, "apps/shop/CHANGELOG.md": HEAD + ROW},
)
def entry_in_the_wrong_products_changelog(story: Story) -> Seen:
    """The entry stands in the shop's: mobile users never read it."""
    lists: dict[str, Content] = {
        "apps/mobile/CHANGELOG.md": HEAD + ROW,
        "apps/shop/CHANGELOG.md": HEAD + ENTRY + ROW,
    }
    yield NONE
    one_commit(story, {**replaced(NOTED, changes=HEAD + ROW), **lists})
    yield VERSION
    released(story)
    yield TAGGED | {"changelog_entry": "FAIL"}


@shape()
def another_products_tag_and_branch(story: Story) -> Seen:
    """shop's hotfix of the same number, in the same repository, at the same time: none of ours."""
    yield NONE
    other = story.repository.commit({**BEFORE, "lib/shop.dart": "mended\n"}, MESSAGE, parents=[story.base])
    story.repository.branch("hotfix/shop-v0.1.1", other)
    story.repository.tag("shop/prod-v0.1.1", other, "HOTFIX: shop")
    yield NONE


ARCHY: dict[str, Any] = {
    "main": "main",
    "branch": "hotfix/v{new}-{slug}",
    "tag": "v{new}",
    "merge": "any",
    "bump": "patch",
    "changelog": {"path": "CHANGELOG.md", "style": "mention"},
    "release_notes": {"path": "RELEASE-NOTES.md", "style": "mention"},
    "minimal": {"files": 20, "lines": 400},
}
SILENT = all_of(
    "cut_from_tag commit_message ff_possible tag_annotated manifest_version review_requested approval", "N/A"
)
WAITING = NONE | SILENT | {"release_notes": "PENDING"}


def _archy(story: Story) -> None:
    story.repository.tag("v0.1.0", story.base)


@shape(ARCHY, whole=True)
def archys_process(story: Story) -> Seen:
    """v-tags, any merge, changelog and notes that mention the version; what archy does not ask for is N/A, not PASS."""
    _archy(story)
    yield WAITING
    files: dict[str, Content] = {
        **FIXED,
        "CHANGELOG.md": HEAD + "## 0.1.1: sign-in\n" + ROW,
        "RELEASE-NOTES.md": "0.1.1 mends sign-in.\n",
    }
    tip = story.repository.commit(files, "mend sign-in\n", parents=[story.base])
    story.repository.branch("hotfix/v0.1.1-sign-in", tip)
    seen = WAITING | all_of("branch_name minimal_diff changelog_entry release_notes", "PASS")
    yield seen
    merge = on_main(story, files, "Merge\n", tip)
    yield seen | {"merged": "PASS"}
    story.repository.tag("v0.1.1", merge)
    yield seen | all_of("merged version_bump tag_commit tag_pushed tag_unmoved", "PASS")


@shape(ARCHY, whole=True)
def archys_branch_named_as_krows(story: Story) -> Seen:
    """`hotfix/archy-v0.1.1` is nearly it: recognised by its version, told that the name is wrong."""
    _archy(story)
    yield WAITING
    tip = story.repository.commit(FIXED, "mend sign-in\n", parents=[story.base])
    story.repository.branch("hotfix/archy-v0.1.1", tip)
    yield WAITING | {"branch_name": "FAIL", "minimal_diff": "PASS"}
