"""What browser tests rely on: axe finds what is wrong, and what is like the rest of a page is not judged twice."""

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.fixtures.axe import Axe

pytestmark = pytest.mark.browser
PAGE = """<html lang=en><title>A page</title><style>
:root { color-scheme: light dark; color: light-dark(#111, #eee); background: light-dark(#fff, #111); }
.wide { display: none }
@media (width > 600px) { .wide { display: block } }
</style><main><h1>A page</h1><p>Words</p><p>More words</p></main>"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def page(page: Page) -> Page:
    page.set_content(PAGE)
    return page


def wrong(page: Page) -> list[str]:
    """The rules that are broken, dark or light, on a phone or at a desk."""
    found = []
    for width in (390, 1280):
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 600})
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme} {each['id']}" for each in Axe().run(page).response["violations"]]
    return found


def add(page: Page, html: str) -> None:
    page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)


def test_what_breaks_a_rule_is_found_and_described(page: Page) -> None:
    assert Axe().run(page).violations_count == 0
    add(page, '<p style="color: #bbb; background: #fff">Pale</p><img src=x>')
    found = Axe().run(page)
    assert {each["id"] for each in found.response["violations"]} == {"color-contrast", "image-alt"}
    assert found.violations_count == 2
    assert "Pale" in str(found.response["violations"])
    assert "image-alt" in found.generate_report()


def test_what_breaks_a_rule_in_one_scheme_or_at_one_width_is_found_there(page: Page) -> None:
    assert wrong(page) == []
    add(page, "<p style='color: light-dark(#bbb, #eee)'>Pale by day</p>")
    assert wrong(page) == ["390 light color-contrast", "1280 light color-contrast"]
    page.locator("p").last.evaluate(
        "p => { p.outerHTML = '<p style=\"color: light-dark(#111, #444)\">Dim</p>' }"
    )
    assert wrong(page) == ["390 dark color-contrast", "1280 dark color-contrast"]
    page.locator("p").last.evaluate("p => { p.outerHTML = '<img class=wide src=x>' }")
    assert wrong(page) == ["1280 light image-alt", "1280 dark image-alt"]


@pytest.mark.parametrize(
    "pale",
    [
        "<p>Words <b style='color: light-dark(#bbb, #444)'>Pale</b></p>",
        "<p style='opacity: .4'>Pale</p>",
        "<section style='background: light-dark(#777, #bbb)'><p>Pale</p></section>",
        "<section style='background: #777'><p style='position: absolute; color: #999'>Pale</p></section>",
        "<div style='position: relative'><i style='position: absolute; inset: 0; background: #888'></i>"
        "<p style='position: absolute; margin: 0; color: light-dark(#111, #eee)'>Pale</p>&nbsp;</div>",
        "<p style='text-shadow: 0 0 4px #888'>Shadow</p><p style='color: #888'>Pale</p>",
        "<p style='color: #888; font-size: 24px'>Large</p><p style='color: #888'>Pale</p>",
    ],
)
def test_one_that_is_hard_to_read_is_found_among_many_that_are_not(page: Page, pale: str) -> None:
    add(page, "<p>Words</p>" * 20)
    assert wrong(page) == []
    add(page, pale)
    add(page, "<p>Words</p>" * 20)
    assert {each.split()[-1] for each in wrong(page)} == {"color-contrast"}


def test_one_is_judged_where_its_likes_cannot_be(page: Page) -> None:
    """A picture beneath words, a sign for a word: axe cannot tell, and asks the next."""
    add(page, "<p style='color: #999'>✓</p>" * 3)
    assert wrong(page) == []
    add(page, "<p style='color: #999'>Pale in the light</p>")
    assert wrong(page) == ["390 light color-contrast", "1280 light color-contrast"]


LINKED = "<p>Words with <a href=/x style='text-decoration: none; color: light-dark(#0070d0, {})'>a link</a> in them</p>"


def test_a_link_that_nobody_sees_in_one_scheme_is_found_there_though_its_like_passed_in_the_other(
    page: Page,
) -> None:
    add(page, LINKED.format("#357"))
    assert wrong(page) == ["390 dark color-contrast", "1280 dark color-contrast"]
    page.set_content(PAGE)
    add(page, LINKED.format("#ccc"))
    assert wrong(page) == ["390 dark link-in-text-block", "1280 dark link-in-text-block"]


def test_what_passed_on_a_page_speaks_for_its_likes_on_the_next_and_for_nothing_else(page: Page) -> None:
    add(page, "<p style='color: light-dark(#222, #ddd)'>Words</p>")
    assert wrong(page) == []
    page.set_content(PAGE)
    add(
        page, "<section style='background: #555'><p style='color: light-dark(#222, #ddd)'>Words</p></section>"
    )
    assert wrong(page) == ["390 light color-contrast", "1280 light color-contrast"]
    page.set_content(PAGE)
    add(page, "<p style='color: light-dark(#222, #ddd)'>Words</p><img src=x>")
    assert {each.split()[-1] for each in wrong(page)} == {"image-alt"}
