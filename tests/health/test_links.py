"""Links in messages lead to NIGHTDESK_URL: where that is this machine, a phone cannot open them, and it is said."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from config.health.facts import read
from foundation.origin import is_this_machine
from notifications.models import Kind
from notifications.ways import add_channel
from tests.factories import join, make_team, make_user


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("desk.localhost", True), ("LOCALHOST.", True),
        ("nightdesk.example.org", False), ("192.168.1.5", False), ("localhost.example.org", False), ("", False),
    ],
)  # fmt: skip
def test_what_leads_to_the_readers_own_machine(host: str, here: bool) -> None:
    assert is_this_machine(host) == here


@pytest.mark.django_db
def test_it_is_said_where_channels_are_set_up_and_in_own_health(client: Client, settings: Settings) -> None:
    team = make_team()
    ada: User = make_user()
    join(ada, team, "manager")
    client.force_login(ada)
    said = "Links in messages open on this machine only"
    for url, there in (("http://localhost:8000", True), ("https://nightdesk.example.org", False)):
        settings.NIGHTDESK_URL = url
        assert (said in client.get("/settings/channels/").content.decode()) == there
    with connection.cursor() as cursor:
        settings.NIGHTDESK_URL = "http://localhost:8000"
        assert read(cursor, lambda: 0.0).links_stay is False
        add_channel(kind=Kind.NTFY, name="Phone", config={"url": "http://10.0.0.1/t"}, by=ada, team=team)
        assert read(cursor, lambda: 0.0).links_stay is True
        settings.NIGHTDESK_URL = "https://nightdesk.example.org"
        assert read(cursor, lambda: 0.0).links_stay is False
