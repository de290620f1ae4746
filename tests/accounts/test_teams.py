"""Teams: add, change; a slug stays for ever; a name is taken once, whatever its case."""

import pytest
from django.test import Client

from accounts import teams
from accounts.models import Role, Team, User
from tests.factories import join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> User:
    user = make_user("root@example.test", is_administrator=True)
    client.force_login(user)
    return user


def test_add(client: Client, root: User) -> None:
    response = client.post("/settings/teams/add/", {"name": "Zahlungen (EU)", "time_zone": "Europe/Berlin"})
    assert response["Location"] == "/settings/teams/zahlungen-eu/"
    team = Team.objects.get()
    assert (team.name, team.time_zone) == ("Zahlungen (EU)", "Europe/Berlin")


def test_slugs_are_free_ones() -> None:
    names = ["Ops", "Ops!", "Ops?", "日本"]
    assert [teams.add_team(name=name, by=None).slug for name in names] == ["ops", "ops-2", "ops-3", "team"]


def test_add_says_beside_the_field_what_is_wrong(client: Client, root: User) -> None:
    make_team("ops", name="Ops")
    response = client.post("/settings/teams/add/", {"name": "OPS", "time_zone": "Mars/Base"})
    assert response.status_code == 422
    assert "Choose one of those that are offered." in response.text
    response = client.post("/settings/teams/add/", {"name": "OPS", "time_zone": "UTC"})
    assert "A team has this name already." in response.text
    assert Team.objects.count() == 1


def test_add_is_for_administrators(client: Client) -> None:
    user = make_user()
    join(user, make_team(), Role.ADMIN)
    client.force_login(user)
    assert client.post("/settings/teams/add/", {"name": "x", "time_zone": "UTC"}).status_code == 403


def test_change_keeps_the_slug(client: Client) -> None:
    user, team = make_user(), make_team("ops")
    join(user, team, Role.ADMIN)
    client.force_login(user)
    response = client.post("/settings/teams/ops/", {"name": "Night shift", "time_zone": "Asia/Tokyo"})
    assert response["Location"] == "/settings/teams/ops/"
    team.refresh_from_db()
    assert (team.name, team.slug, team.time_zone) == ("Night shift", "ops", "Asia/Tokyo")


def test_a_bad_name_leaves_the_title_as_it_was(client: Client, root: User) -> None:
    make_team("ops", name="Ops")
    response = client.post("/settings/teams/ops/", {"name": "", "time_zone": "UTC"})
    assert response.status_code == 422
    assert "<h1>Ops</h1>" in response.text


def test_a_member_reads_an_outsider_finds_nothing(client: Client) -> None:
    member, outsider, team = make_user(), make_user("out@example.test"), make_team("ops")
    join(member, team, Role.MANAGER)
    client.force_login(member)
    assert "Name and time zone" not in client.get("/settings/teams/ops/").text
    assert client.post("/settings/teams/ops/", {"name": "x", "time_zone": "UTC"}).status_code == 403
    client.force_login(outsider)
    assert client.get("/settings/teams/ops/").status_code == 404
    assert (
        "You are in no team yet. Ask an administrator to put you in one."
        in client.get("/settings/teams/").text
    )
