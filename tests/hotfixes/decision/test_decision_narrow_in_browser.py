"""The decision on the narrowest phone (320 px): labels of a way back wrap with its title."""

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from incidents.lifecycle.declare import declare
from tests.factories import make_product, make_user
from tests.signing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_ways_back_that_do_not_fit_the_product_fit_the_phone(
    asgi_server: str, transactional_db: None, page: Page, context: BrowserContext
) -> None:
    product = make_product()
    product.components.all().delete()
    product.components.create(name="Mobile", slug="mobile", position=1)
    ada = make_user("administrator@example.test", is_administrator=True)
    incident = declare(product, by=ada, title="Nobody can sign in", impact="All", severity=None)
    client = sign_in(ada)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": asgi_server}])
    page.set_viewport_size({"width": 320, "height": 740})
    page.goto(f"{asgi_server}/decisions/{incident.ref}/")
    expect(page.get_by_text("not for this product").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
