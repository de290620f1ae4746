"""Two products in one repository, each with its hotfix for one incident (K3, K35): neither ticks the other's boxes."""

from typing import Any

import pytest

from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from tests.factories import make_product
from tests.hotfixes.checks.stories import BEFORE, MESSAGE
from tests.hotfixes.observing.watched import Watched

WEB = "apps/web/package.json"
FILES: dict[str, Any] = {
    "version_files": [
        {"path": "apps/mobile/pubspec.yaml", "kind": "pubspec", "component": "mobile"},
        {"path": WEB, "kind": "npm", "component": "web"},
    ]
}
BOTH = {**BEFORE, WEB: '{"version": "1.4.0"}\n'}
MOBILE = {
    **BOTH,
    "apps/mobile/pubspec.yaml": "name: krow\nversion: 0.1.1+6\n",
    "lib/login.dart": "a\nmended\nc\n",
}


def begun(watched: Watched) -> None:
    """Mobile at 0.1.0, web at 1.4.0, both tagged on main."""
    base = watched.story.repository.commit(BOTH, "chore: web 1.4.0\n", on="main")
    watched.story.base = base
    watched.story.repository.tag("krow/prod-v0.1.0", base, "Release 0.1.0")
    watched.story.repository.tag("krow-web/prod-v1.4.0", base, "Release 1.4.0")
    watched.product.policy = FILES
    watched.product.save()
    web = make_product(watched.product.team, name="Krow web", slug="krow-web")
    web.version, web.policy, web.repository = "1.4.0", FILES, watched.product.repository
    web.save()
    first = start(watched.incident(), by=watched.ada, component="mobile")
    start(first.incident, by=watched.ada, product=web, component="web")
    watched.look()


@pytest.fixture
def watched(looked_at: Watched) -> Watched:
    return looked_at


@pytest.fixture
def both(watched: Watched) -> tuple[Hotfix, Hotfix]:
    first, second = Hotfix.objects.for_page().order_by("number")
    return first, second


def test_each_has_names_and_versions_of_its_own(watched: Watched, both: tuple[Hotfix, Hotfix]) -> None:
    """K22, K51: tags with slashes, two products, one repository."""
    first, second = both
    assert (first.ref, first.new_version, second.ref, second.new_version) == (
        "HF-1",
        "0.1.1",
        "HF-2",
        "1.4.1",
    )
    assert watched.verdicts(first)["cut_from_tag"] == "PENDING"
    tags = {one.ref: one.preflight[0]["facts"]["tag"] for one in Hotfix.objects.all()}
    assert tags == {"HF-1": "krow/prod-v0.1.0", "HF-2": "krow-web/prod-v1.4.0"}


def test_a_box_waits_for_both(watched: Watched, both: tuple[Hotfix, Hotfix]) -> None:
    first, second = both
    watched.story.commit(MOBILE, MESSAGE, "hotfix/krow-v0.1.1")
    watched.look()
    assert watched.verdicts(first)["version_bump"] == "PASS"
    assert watched.verdicts(second)["version_bump"] == "PENDING"
    assert watched.boxes(first.incident)["version_bump"] == "open"
    web = {**BOTH, WEB: '{"version": "1.4.1"}\n', "lib/web.js": "mended\n"}
    watched.story.commit(web, MESSAGE, "hotfix/krow-web-v1.4.1")
    watched.look()
    assert watched.verdicts(second)["version_bump"] == "PASS"
    assert watched.boxes(first.incident)["version_bump"] == "done"


def test_the_other_products_version_must_stay(watched: Watched, both: tuple[Hotfix, Hotfix]) -> None:
    """K35."""
    first, second = both
    watched.story.commit({**MOBILE, WEB: '{"version": "1.4.1"}\n'}, MESSAGE, "hotfix/krow-v0.1.1")
    watched.look()
    assert watched.verdicts(first)["version_bump"] == "FAIL"
    assert "must stay as it was" in watched.summary(first, "version_bump")
    assert watched.verdicts(second)["version_bump"] == "PENDING"
