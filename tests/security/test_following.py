"""Every page that says it is live follows, and brings along how many decisions wait for its reader."""

from __future__ import annotations

import re

import pytest

from tests.reading import in_one_line
from tests.security.pages import PAGES
from tests.security.test_pages import places
from tests.security.world import World

pytestmark = pytest.mark.django_db
FOLLOWS = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="refresh from:#live')
COUNT = '<b class="count">1<span class="visually-hidden"> waiting for you</span></b>'
BESIDE = f'<span id="waiting"> {COUNT}</span>'
BROUGHT = f'<span id="waiting" hx-swap-oob="outerMorph"> {COUNT}</span>'


def test_every_live_page_follows_and_brings_along_what_waits(world: World) -> None:
    """The team's administrator is listed as Product Owner; nobody has decided on the incident."""
    client, live, wrong = world.clients["team_admin"], set(), []
    for row in PAGES:
        if not row.get or row.name == "account_logout":
            continue
        for _thing, path, _missing in places(row, world):
            answer = client.get(path)
            page = in_one_line(answer.text) if answer.status_code == 200 else ""
            if 'id="live"' not in page:
                continue
            live.add(row.name)
            fetched = FOLLOWS.search(page)
            brought = (
                in_one_line(client.get(fetched[1], headers={"HX-Request": "true"}).text) if fetched else ""
            )
            wrong += [
                f"{row.name} {what}: {found}, not {wanted}"
                for what, found, wanted in (
                    ("follows", bool(fetched), True),
                    ("hears what came since it was read", bool(re.search(r"after=\d+\"", page)), True),
                    ("shows", (page.count('id="waiting"'), page.count(BESIDE)), (1, 1)),
                    ("brings", (brought.count('id="waiting"'), brought.count(BROUGHT)), (1, 1)),
                )
                if found != wanted
            ]
    assert "\n".join(wrong) == ""
    assert live == {
        "now", "incidents", "incident", "decisions", "decision_card", "hotfixes", "hotfix", "rollback",
        "deployments", "products", "product", "postmortems", "postmortem", "monitoring:board", "monitoring:monitor",
        "alerts:index", "alerts:source", "maintenance:index", "maintenance:window", "health",
    }  # fmt: skip
