"""A repository's rules beside what the process says: edited, refused, tried on what is there."""

import pytest
from django.test import Client

from foundation import moment
from hotfixes.models import Hotfix, RefObservation
from products.models import Product
from tests.hotfixes.connecting.conftest import client_of, connected
from tests.hotfixes.observing.watched import Watched

pytestmark = pytest.mark.django_db
POLICY = "/products/staff-mobile/policy/"


def test_rules_are_shown_beside_what_the_process_says(mia: Client, product: Product) -> None:
    page = mia.get(POLICY).text
    assert "<code>hotfix/{product}-v{new}</code>" in page
    assert "only fast-forward" in page


def test_only_what_differs_is_kept(mia: Client, product: Product) -> None:
    sent = {
        "main": "master", "branch": "hotfix/{product}-v{new}", "merge": "merge",
        "version_files": "package.json\napps/x/VERSION.md custom key='Version {new}' component=web\n",
        "changelog_path": "docs/CHANGES.md", "more": "bump: minor\nreview: null\n",
    }  # fmt: skip
    assert mia.post(POLICY, sent).status_code == 302
    product.refresh_from_db()
    assert product.policy == {
        "bump": "minor", "review": None, "main": "master", "merge": "merge",
        "version_files": [
            {"path": "package.json", "kind": "npm"},
            {"path": "apps/x/VERSION.md", "kind": "custom", "key": "Version {new}", "component": "web"},
        ],
        "changelog": {"path": "docs/CHANGES.md", "style": "table", "text": "HOTFIX: {issue}", "first": True},
    }  # fmt: skip
    page = mia.get(POLICY)
    again = {name: page.context["form"].initial.get(name, "") for name in page.context["form"].fields}
    assert mia.post(POLICY, again).status_code == 302
    before = product.policy
    product.refresh_from_db()
    assert product.policy == before


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"branch": "fix/{nothing}"}, "branch", "a placeholder"),
        ({"branch": "{new}{old}{slug}{issue}{product}"}, "branch", "more placeholders"),
        ({"main": "a b"}, "main", "No branch can be called"),
        ({"main": "-f"}, "main", "no name ever begins with a dash"),
        ({"branch": "--receive-pack=id {new}"}, "branch", "no name ever begins with a dash"),
        ({"tag": "-{new}"}, "tag", "no name ever begins with a dash"),
        ({"base_tag": "--exec={old}"}, "base_tag", "no name ever begins with a dash"),
        ({"version_files": "x.txt"}, "version_files", "of which kind x.txt is"),
        ({"version_files": "../x npm"}, "version_files", "no path in a repository"),
        ({"version_files": "'x npm"}, "version_files", "quotation mark"),
        ({"version_files": "x npm colour=red"}, "version_files", "“colour” is not known"),
        ({"changelog_path": "/etc/passwd"}, "changelog_path", "no path in a repository"),
        ({"more": "brnch: x"}, "more", "did you mean"),
        ({"more": "- x"}, "more", "Line 1"),
        ({"more": "{"}, "more", "JSON"),
        ({"more": "merge: squash"}, "more", "merge"),
        ({"main": "x", "more": "main: y"}, "more", "a field of its own above"),
        ({"more": "&a [x]: *a"}, "more", "Line 1"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    sent: dict[str, str], field: str, said: str, mia: Client, product: Product
) -> None:
    answer = mia.post(POLICY, sent)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert said in " ".join(errors[field])
    product.refresh_from_db()
    assert product.policy == {}


def test_patterns_are_tried_on_what_is_there(mia: Client, product: Product) -> None:
    row = connected(product)
    Product.objects.update(version="0.1.0")
    for name, kind in (
        ("refs/heads/hotfix/staff-mobile-v0.0.9", "created"),
        ("refs/heads/main", "created"),
        ("refs/tags/live-0.0.9", "created"),
        ("refs/tags/live-0.1.0", "created"),
        ("refs/tags/live-0.1.0", "deleted"),
    ):
        RefObservation.objects.create(
            repository=row, name=name, kind=kind, oid="a" * 40, seen_at=moment.now()
        )
    page = mia.post(POLICY, {"tag": "live-{new}", "try": "1"})
    tried = {str(one.label): (one.made, one.count, one.total) for one in page.context["tried"]}
    assert tried["Tag of the hotfix"] == ("live-0.1.1", 1, 1)
    assert {label: fits for label, (_made, *fits) in tried.items()} == {
        "Hotfix branch": [1, 2], "Tag that runs in production": [0, 1], "Tag of the hotfix": [1, 1],
    }  # fmt: skip
    product.refresh_from_db()
    assert product.policy == {}


def test_hotfixes_under_way_keep_their_rules(watched: Watched) -> None:
    hotfix = watched.hotfix()
    client_of(watched.ada).post("/products/krow/policy/", {"main": "other"})
    watched.product.refresh_from_db()
    assert watched.product.policy == {"main": "other"}
    assert Hotfix.objects.get(pk=hotfix.pk).rules.main == "main"
