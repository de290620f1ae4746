"""What a page asks of the stream: an administrator's page has a topic per team."""

import re

import pytest
from django.test import Client

from live import asking
from tests.factories import make_team, make_user


def scope(query: str) -> asking.Scope:
    return {"method": "GET", "headers": [], "query_string": query.encode()}


@pytest.mark.django_db
def test_a_page_of_thirty_teams_gets_its_stream(client: Client) -> None:
    teams = {make_team(f"team-{number}").pk for number in range(30)}
    ada = make_user(is_administrator=True)
    client.force_login(ada)
    connect = re.search(r'hx-sse:connect="/live\?([^"]+)"', client.get("/").text)
    assert connect
    asked = asking.read(scope(connect[1].replace("&amp;", "&")))
    assert asked.topics == {f"user:{ada.pk}", *(f"board:{team}" for team in teams)}


def test_more_topics_than_any_page_has_are_refused() -> None:
    with pytest.raises(asking.Refused):
        asking.read(scope("&".join(f"topic=board:{number}" for number in range(501))))
