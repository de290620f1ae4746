"""What a look finds of a product is kept and told: the right repository is recognised by it, and the wrong one."""

from hotfixes.models import Mirror
from products import policy_overrides
from products.models import Product
from products.repositories import connect_repository
from tests.factories import make_product
from tests.hotfixes.checks.stories import BEFORE
from tests.hotfixes.observing.watched import Watched


def found(product: Product) -> dict[str, object]:
    mirror = Mirror.objects.get(repository=product.repository_id)
    assert mirror.trouble == "", mirror.detail
    answer: dict[str, object] = mirror.found[str(product.pk)]
    return {name: value for name, value in answer.items() if name != "by"}


def test_the_right_repository_is_recognised(watched: Watched) -> None:
    """K33, K36: the version files and the changelog with what they state now."""
    watched.look()
    assert found(watched.product) == {
        "branches": 1, "tags": 1, "unreadable": 0, "called": "krow",
        "main": "main", "main_there": True, "other_mains": ["main"],
        "pattern": "{product}/prod-v{new}", "releases": 1,
        "newest": [{"name": "krow/prod-v0.1.0", "version": "0.1.0", "at": "2026-05-28T20:28:40+00:00",
                    "annotated": True}],
        "files": [{"pattern": "apps/mobile/pubspec.yaml", "kind": "pubspec", "path": "apps/mobile/pubspec.yaml",
                   "version": "0.1.0+5", "line": 2}],
        "changelog": {"path": "CHANGELOG.md", "style": "table", "there": True, "entries": 1,
                      "top": {"version": "0.1.0", "date": "2026-05-01"}},
    }  # fmt: skip
    assert Mirror.objects.get().default_branch == "main"


def test_what_is_not_there_is_said_with_what_may_be_meant(watched: Watched) -> None:
    files = {**BEFORE, "web/package.json": '{"version": "2.0.0"}', "CHANGELOG.md": "nothing yet\n"}
    watched.story.repository.commit(files, on="main")
    absent = [{"path": "app/*/pubspec.yaml", "kind": "pubspec"}, {"path": "x/../y", "kind": "npm"}]
    overrides = {"version_files": absent, "tag": "live-{new}"}
    Product.objects.update(policy=overrides)
    watched.look()
    answer = found(watched.product)
    assert answer["files"] == [
        {"pattern": "app/*/pubspec.yaml", "kind": "pubspec"}, {"pattern": "x/../y", "kind": "npm"},
    ]  # fmt: skip
    assert (answer["releases"], answer["samples"]) == (0, ["krow/prod-v0.1.0"])
    assert answer["guesses"] == [
        {"path": "apps/mobile/pubspec.yaml", "kind": "pubspec", "version": "0.1.0+5", "line": 2},
        {"path": "web/package.json", "kind": "npm", "version": "2.0.0", "line": 1},
    ]
    assert answer["changelog"] == {
        "path": "CHANGELOG.md", "style": "table", "problem": "No entry in the agreed form was found in this file.",
    }  # fmt: skip


def test_another_main_branch_is_told(watched: Watched) -> None:
    policy_overrides.set_main(watched.product, "live", by=watched.ada)
    watched.look()
    answer = found(watched.product)
    assert (answer["main"], answer["main_there"], answer["other_mains"]) == ("live", False, ["main"])
    assert "files" not in answer


def test_each_product_of_a_monorepo_has_its_own(watched: Watched) -> None:
    other = make_product(watched.product.team, name="Kitchen", version="3.0.0")
    assert watched.product.repository
    connect_repository(other, by=watched.ada, url=watched.product.repository.url)
    watched.look()
    assert (found(watched.product)["releases"], found(other)["releases"]) == (1, 0)
    policy_overrides.set_policy(other, {"tag": "krow/prod-v{new}"}, by=watched.ada)
    watched.look()
    assert found(other)["releases"] == 1
