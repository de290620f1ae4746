"""What is known before a fix begins (C1): main ahead by what, the way that will work, files and names."""

from typing import Any

import pytest

from products.models import Product
from tests.hotfixes.checks.stories import BASE, BEFORE, BRANCH, FIXED, MESSAGE, OTHER, TAG
from tests.hotfixes.observing.watched import Watched


def found(watched: Watched) -> dict[str, dict[str, Any]]:
    hotfix = watched.hotfix()
    hotfix.refresh_from_db()
    return {one["key"]: one for one in hotfix.preflight}


def test_all_is_well_where_main_stands_at_the_tag(watched: Watched) -> None:
    """K32–K38: which files, what they say, what they will say, where the entry goes."""
    watched.product.policy = {
        "version_files": [{"path": "apps/mobile/pubspec.yaml", "kind": "pubspec"}],
        "changelog": {"path": "CHANGELOG.md", "style": "table", "text": "HOTFIX: {issue}"},
    }
    watched.product.save()
    said = found(watched)
    assert {key: one["verdict"] for key, one in said.items()} == {
        "base_tag": "PASS",
        "base_deployed": "STATED",
        "names_free": "PASS",
        "main_ahead": "PASS",
        "merge_policy": "PASS",
        "version_files": "PASS",
        "changelog": "PASS",
    }
    assert said["base_deployed"]["summary"] == (
        "0.1.0 is in production, as entered on the product's page. Nobody has reported a deployment."
    )
    assert said["version_files"]["proof"] == ["apps/mobile/pubspec.yaml, line 2: 0.1.0+5 → 0.1.1+6"]
    assert said["changelog"]["summary"] == (
        "CHANGELOG.md is there: the entry for 0.1.1 goes above line 5 (0.1.0)."
    )


@pytest.mark.parametrize(
    ("entered", "verdict", "words"),
    [
        ("0.0.9", "WARN", "The product's page says that 0.0.9 is in production, not 0.1.0."),
        ("", "UNKNOWN", "Can't tell which version is in production: nobody has entered it or reported it."),
    ],
)
def test_without_a_deployment_what_the_products_page_says_counts(
    watched: Watched, entered: str, verdict: str, words: str
) -> None:
    hotfix = watched.hotfix()
    Product.objects.filter(pk=watched.product.pk).update(version=entered)
    watched.story.repository.commit({**BEFORE, **OTHER}, "feat: half a cart\n", on="main")
    watched.look()
    hotfix.refresh_from_db()
    said = next(one for one in hotfix.preflight if one["key"] == "base_deployed")
    assert (said["verdict"], said["summary"]) == (verdict, words)


def test_main_has_gone_on_so_another_way_is_named_at_once(watched: Watched) -> None:
    """C1, K49."""
    watched.story.repository.commit({**BEFORE, **OTHER}, "feat: half a cart\n", on="main")
    said = found(watched)
    assert said["main_ahead"]["verdict"] == "WARN"
    assert said["main_ahead"]["summary"] == "main has 1 commit that krow/prod-v0.1.0 lacks."
    assert said["main_ahead"]["proof"][0].endswith("feat: half a cart")
    assert said["merge_policy"]["verdict"] == "WARN"
    assert said["merge_policy"]["facts"]["works"] == ["merge", "forward-port"]
    assert "Switch this hotfix's merge policy" in said["merge_policy"]["next_text"]


def test_many_commits_are_cut_at_twenty(watched: Watched) -> None:
    for number in range(25):
        watched.story.repository.commit({**BEFORE, "a.txt": f"{number}\n"}, f"feat: {number}\n", on="main")
    said = found(watched)
    assert said["main_ahead"]["summary"] == "main has 20+ commits that krow/prod-v0.1.0 lacks."
    assert len(said["main_ahead"]["proof"]) == 20


def test_names_that_are_taken_are_said(watched: Watched) -> None:
    """K22, K51."""
    watched.story.commit(FIXED, MESSAGE)
    watched.look()
    said = found(watched)
    assert said["names_free"]["verdict"] == "WARN"
    assert said["names_free"]["summary"] == f"The branch {BRANCH} was there before."


def test_a_tag_that_is_there_already_is_said(watched: Watched) -> None:
    watched.story.tag(watched.story.base, name=TAG)
    assert found(watched)["names_free"]["summary"] == f"The tag {TAG} is there already."


def test_a_base_tag_that_is_not_there_is_said(watched: Watched) -> None:
    """K20."""
    watched.story.repository.delete(f"refs/tags/{BASE}")
    said = found(watched)
    assert said["base_tag"]["verdict"] == "FAIL"
    assert said["base_tag"]["summary"] == f"The tag {BASE} is not in the repository."
    assert said["version_files"]["verdict"] == "UNKNOWN"


def test_files_that_are_not_there_are_said(watched: Watched) -> None:
    watched.product.policy = {
        "version_files": [{"path": "package.json", "kind": "npm"}],
        "changelog": {"path": "NEWS.md", "style": "headings"},
    }
    watched.product.save()
    said = found(watched)
    assert said["version_files"]["summary"] == "No version file was found: package.json."
    assert said["changelog"]["summary"] == "There is no NEWS.md yet."


def test_it_stays_as_it_was_once_the_fix_is_out(watched: Watched) -> None:
    hotfix = watched.hotfix()
    hotfix.refresh_from_db()
    before = hotfix.preflight
    watched.story.whole_fix()
    watched.look()
    watched.story.fast_forward()
    watched.look()
    watched.story.tag(watched.story.repository.tips[f"refs/heads/{BRANCH}"])
    watched.look()
    hotfix.refresh_from_db()
    assert [one["key"] for one in hotfix.preflight] == [one["key"] for one in before]
    assert {one["key"]: one["verdict"] for one in hotfix.preflight}["names_free"] == "PASS"
    assert "ann@example.org" in " ".join(hotfix.authors) or hotfix.authors
