"""The frame of every page: navigation, and what the content security policy would refuse."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from ui.context import page


def test_the_navigation_has_what_exists_and_marks_where_one_is() -> None:
    items = page(RequestFactory().get("/incidents/INC-1/"))["nav"]
    assert [(item.href, item.current) for item in items] == [
        ("/", ""),
        ("/incidents/", "true"),
        ("/decisions/", ""),
        ("/monitoring/", ""),
        ("/postmortems/", ""),
        ("/settings/", ""),
    ]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "/"),
        ("/settings/people/", "/settings/"),
        ("/products/web/", "/settings/"),
        ("/alerts/x/", "/monitoring/"),
        ("/insights/", "/postmortems/"),
        ("/maintenance/", "/monitoring/"),
        ("/declare/", ""),
    ],
)
def test_pages_belong_to_an_area(path: str, current: str) -> None:
    items = page(RequestFactory().get(path))["nav"]
    assert "".join(item.href for item in items if item.current) == current


def test_nothing_of_ours_breaks_the_content_security_policy() -> None:
    for file in settings.BASE_DIR.glob("templates/**/*.html"):
        text = file.read_text()
        assert " style=" not in text, file
        assert "<style" not in text, file
        assert "hx-on" not in text, file
        assert "<script>" not in text, file
