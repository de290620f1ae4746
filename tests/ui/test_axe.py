"""What every browser test relies on: axe finds what is wrong, and on a page that changes meanwhile what is new."""

import pytest
from playwright.sync_api import Page

from tests.fixtures.axe import Axe

pytestmark = pytest.mark.browser


def test_what_breaks_a_rule_is_found_and_described(page: Page) -> None:
    page.set_content("<html lang=en><title>A page</title><main><h1>A page</h1><p>Words</p></main>")
    assert Axe().run(page).violations_count == 0
    page.evaluate(
        "document.querySelector('p').outerHTML = '<p style=\"color: #bbb; background: #fff\">Pale</p><img src=x>'"
    )
    found = Axe().run(page)
    assert {each["id"] for each in found.response["violations"]} == {"color-contrast", "image-alt"}
    assert found.violations_count == 2
    assert "Pale" in str(found.response["violations"])
    assert "image-alt" in found.generate_report()
