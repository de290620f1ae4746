"""Eight tabs of one house over plain HTTP: a browser opens six connections to it, and only what is seen needs one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from incidents.lifecycle.declare import declare
from tests.factories import join, make_product, make_user
from tests.live.tabs import Tab, Tabs
from tests.patience import MUST_MS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

STREAM = "!!document.getElementById('live')?._htmx?.sse?.reader"


@pytest.fixture
def tabs(tmp_path: Path) -> Iterator[Tabs]:
    found = Tabs(tmp_path / "profile")
    yield found
    found.close()


def until(tab: Tab, expression: str) -> bool:
    end = time.monotonic() + MUST_MS / 1000
    while time.monotonic() < end:
        if tab.says(expression):
            return True
        time.sleep(0.1)
    return False


def test_a_tab_that_nobody_sees_holds_no_stream_and_catches_up_when_it_is_shown(
    tabs: Tabs, asgi_server: str
) -> None:
    product, ada = make_product(), make_user("ada@example.test")
    join(ada, product.team)
    client = Client()
    client.force_login(ada)
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    tabs.call("Storage.setCookies", cookies=[{**cookie, "url": asgi_server}])
    first = tabs.open(f"{asgi_server}/", behind=False)
    assert until(first, STREAM)
    behind = [tabs.open(f"{asgi_server}/incidents/?n={number}", behind=True) for number in range(7)]
    assert all(
        until(tab, "document.readyState == 'complete' && location.pathname == '/incidents/'")
        for tab in behind
    )
    assert [tab.says("document.visibilityState") for tab in behind] == ["hidden"] * 7
    declare(product, by=ada, title="Sign-in fails", severity=product.severities()[0])
    assert until(first, "document.body.textContent.includes('Sign-in fails')")
    assert [tab.says(STREAM) for tab in behind] == [False] * 7
    shown = behind[-1]
    shown.show()
    assert until(shown, "document.body.textContent.includes('Sign-in fails')")
    assert until(first, f"!{STREAM}"), "the one that was seen before lets go of its own"
    first.show()
    assert until(first, STREAM)
    assert until(shown, f"!{STREAM}")
