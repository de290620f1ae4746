"""The pages: settings, the list of people, one person, one's own profile."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from tests.factories import join, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client: Client) -> User:
    user = make_user("root@example.test", is_administrator=True)
    client.force_login(user)
    return user


def _names(client: Client, query: str = "") -> list[str]:
    return [user.name for user in client.get(f"/settings/people/{query}").context["page"].items]


def test_settings_links_to_everything(client: Client, root: User) -> None:
    text = client.get("/settings/").text
    for link in ("/settings/people/", "/settings/teams/", "/settings/profile/", "/products/", "/processes/"):
        assert f'href="{link}"' in text
    client.force_login(make_user())
    assert 'href="/settings/people/"' not in client.get("/settings/").text


def test_lists_by_name_and_searches_name_and_address(client: Client, root: User) -> None:
    make_user("grace@navy.test", name="Grace")
    make_user("ada@example.test", name="Ada")
    assert _names(client) == ["Ada", "Grace", "Root"]
    assert _names(client, "?q=NAVY") == ["Grace"]
    assert _names(client, "?q=gr") == ["Grace"]
    text = client.get("/settings/people/?q=%3Cb%3E").text
    assert "Nobody here has “&lt;b&gt;” in their name or address." in text


def test_the_search_field_comes_with_the_eleventh_person(client: Client, root: User) -> None:
    for n in range(9):
        make_user(f"p{n}@example.test")
    assert 'type="search"' not in client.get("/settings/people/").text
    make_user("p9@example.test")
    assert 'type="search"' in client.get("/settings/people/").text


def test_a_long_list_has_pages_and_a_short_number_of_queries(
    client: Client, root: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    team = make_team()
    for n in range(60):
        join(make_user(f"p{n:02}@example.test", name=f"P{n:02}"), team)
    client.get("/settings/people/")
    with django_assert_num_queries(6):
        first = client.get("/settings/people/")
    page = first.context["page"]
    rest = _names(client, f"?after={page.next}")
    assert [user.name for user in page.items] + rest == [f"P{n:02}" for n in range(60)] + ["Root"]


@pytest.mark.parametrize("query", ["?after=x", "?after=bnVsbA", "?q=%00"])
def test_a_made_up_query_is_no_crash(client: Client, root: User, query: str) -> None:
    assert client.get(f"/settings/people/{query}").status_code in (200, 404)


def test_a_person_with_what_an_administrator_may_do(client: Client, root: User) -> None:
    user = make_user()
    join(user, make_team())
    text = client.get(f"/settings/people/{user.pk}/").text
    for button in ("Make a new link", "Make administrator", "Deactivate", "Change", "Remove"):
        assert f">{button}</button>" in text
    user.is_active = False
    user.save(update_fields=["is_active"])
    text = client.get(f"/settings/people/{user.pk}/").text
    assert ">Reactivate</button>" in text
    assert ">Make a new link</button>" not in text


def test_a_person_seen_by_a_teams_admin(client: Client) -> None:
    chief, user, mine, other = (
        make_user("chief@example.test"),
        make_user(),
        make_team("mine"),
        make_team("other"),
    )
    join(chief, mine, Role.ADMIN)
    join(user, other, Role.MANAGER)
    client.force_login(chief)
    text = client.get(f"/settings/people/{user.pk}/").text
    assert ">Put in team</button>" in text
    assert ">Change</button>" not in text
    assert ">Deactivate</button>" not in text


def test_people_are_for_admins(client: Client) -> None:
    user = make_user()
    join(user, make_team(), Role.MANAGER)
    client.force_login(user)
    assert client.get("/settings/people/").status_code == 403
    assert client.get(f"/settings/people/{user.pk}/").status_code == 403


def test_the_profile_is_ones_own(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    response = client.post(
        "/settings/profile/", {"name": "Ada L.", "time_zone": "Europe/London", "is_administrator": "1"}
    )
    assert response["Location"] == "/settings/profile/"
    user.refresh_from_db()
    assert (user.name, user.time_zone, user.is_administrator) == ("Ada L.", "Europe/London", False)
    client.post("/settings/profile/", {"name": "Ada", "time_zone": ""})
    user.refresh_from_db()
    assert (user.name, user.time_zone) == ("Ada", "")


def test_the_profile_says_beside_the_field_what_is_wrong(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    response = client.post("/settings/profile/", {"name": "\u202eAda", "time_zone": "Mars/Base"})
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["This contains a control character (U+202E at position 1). Remove it and send again."],
        "time_zone": ["Choose one of those that are offered."],
    }
    user.refresh_from_db()
    assert user.name == "Ada"
