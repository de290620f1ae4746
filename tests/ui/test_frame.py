"""The frame of every page: navigation, sheets, and how much the first load weighs."""

import gzip

import pytest
from django.conf import settings
from django.test import RequestFactory

from ui.context import SHEETS, page

KB = 1024


def test_the_navigation_has_what_exists_and_marks_where_one_is() -> None:
    items = page(RequestFactory().get("/incidents/INC-1/"))["nav"]
    assert [(item.href, item.current) for item in items] == [
        ("/", ""),
        ("/incidents/", "true"),
        ("/monitoring/", ""),
        ("/settings/", ""),
    ]


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "/"), ("/settings/people/", "/settings/"), ("/products/web/", "/settings/"), ("/declare/", "")],
)
def test_pages_belong_to_an_area(path: str, current: str) -> None:
    items = page(RequestFactory().get(path))["nav"]
    assert "".join(item.href for item in items if item.current) == current


def test_style_and_script_of_our_own_stay_small() -> None:
    """First load ≤ 39 KB compressed with htmx at about 17 KB: these leave the rest to the page."""
    static = settings.BASE_DIR / "static"
    files = [static / f"css/{name}.css" for name in SHEETS] + sorted((static / "js").glob("*.js"))
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= 14.5 * KB


def test_nothing_of_ours_breaks_the_content_security_policy() -> None:
    for file in settings.BASE_DIR.glob("templates/**/*.html"):
        text = file.read_text()
        assert " style=" not in text, file
        assert "<style" not in text, file
        assert "hx-on" not in text, file
        assert "<script>" not in text, file
