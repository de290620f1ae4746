"""Sessions: listed by device, ended one by one or all others; what is unknown is said to be unknown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import devices
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LIST = "/accounts/sessions/"


def _device(user_agent: str) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    client.post("/accounts/login/", {"login": "ada@example.test", "password": PASSWORD})
    return client


def test_lists_devices_this_one_first() -> None:
    make_user(password=PASSWORD)
    _device(PHONE)
    desk = _device(DESK)
    response = desk.get(LIST)
    assert [device["name"] for device in response.context["devices"]] == [
        "Firefox on Linux",
        "Chrome on Android",
    ]
    assert response.text.count("this device") == 1


def test_ends_one_and_tells_open_pages(announced: Callable[[], list[str]]) -> None:
    user = make_user(password=PASSWORD)
    phone, desk = _device(PHONE), _device(DESK)
    lost = UserSession.objects.get(user_agent=PHONE)
    response = desk.post(f"/accounts/sessions/{lost.pk}/end/", follow=True)
    assert "That device is signed out." in response.text
    assert (phone.get("/settings/").status_code, desk.get("/settings/").status_code) == (302, 200)
    assert announced() == [f"access:{user.pk}"]


def test_ending_the_present_one_is_signing_out() -> None:
    make_user(password=PASSWORD)
    desk = _device(DESK)
    here = UserSession.objects.get()
    assert desk.post(f"/accounts/sessions/{here.pk}/end/")["Location"] == "/accounts/login/"
    assert desk.get("/settings/").status_code == 302


def test_ends_all_others() -> None:
    make_user(password=PASSWORD)
    phone, tablet, desk = _device(PHONE), _device(PHONE), _device(DESK)
    desk.post(LIST)
    assert [client.get("/settings/").status_code for client in (phone, tablet, desk)] == [302, 302, 200]


def test_somebody_elses_session_is_not_found() -> None:
    make_user(password=PASSWORD)
    phone = _device(PHONE)
    session = UserSession.objects.get()
    stranger = Client()
    stranger.force_login(make_user("eve@example.test", is_administrator=True))
    assert stranger.post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    assert stranger.get(f"/accounts/sessions/{session.pk}/end/").status_code == 405
    assert phone.get("/settings/").status_code == 200


def test_an_unused_session_ends_after_thirty_days() -> None:
    make_user(password=PASSWORD)
    phone = Client()
    phone.post("/accounts/login/", {"login": "ada@example.test", "password": PASSWORD, "remember": "on"})
    with time_machine.travel(timedelta(days=30, minutes=1)):
        assert phone.get("/settings/").status_code == 302


def test_last_use_is_noted_once_in_ten_minutes(client: Client) -> None:
    make_user(password=PASSWORD)
    desk = _device(DESK)
    UserSession.objects.update(last_seen_at="2026-01-01T00:00:00Z")
    desk.get("/settings/", headers={"User-Agent": DESK})
    first = UserSession.objects.get().last_seen_at
    assert first.year > 2025
    UserSession.objects.update(last_seen_at="2026-01-01T00:00:00Z")
    desk.get("/settings/")
    assert UserSession.objects.get().last_seen_at.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (PHONE, "Chrome on Android"),
        (DESK, "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("curl/8.17.0", "curl"),
        ("<script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browsers_name_in_two_words(user_agent: str, name: str) -> None:
    assert devices.describe(user_agent) == name


def test_a_session_in_use_is_kept_and_an_unused_one_ends(client: Client, db: None) -> None:
    client.force_login(make_user())
    row = Session.objects.get()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=3))
    assert client.get("/settings/").status_code == 200
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=29)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/settings/").status_code == 302
    assert row.session_key == Session.objects.get().session_key
