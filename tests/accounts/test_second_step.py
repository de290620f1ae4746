"""A second step: set up, asked for at the sign-in, lost and ended; and what waits for one where it is required."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts import links, mail, second_step
from accounts.guarded import NEEDED_FOR
from accounts.models import Role, User
from foundation import moment
from foundation.secrets import unseal
from tests.factories import PASSWORD, join, make_team, make_user
from tests.security.pages import ADMINISTRATOR, PAGES

pytestmark = pytest.mark.django_db
WAY = "/accounts/second_step/"


@pytest.fixture(autouse=True)
def one_half_minute() -> Iterator[None]:
    """Nobody has tried anything, and no code ends between being read and being typed."""
    cache.clear()
    with time_machine.travel(moment.now(), tick=False):
        yield


@pytest.fixture
def olga() -> User:
    return make_user("olga@example.test", password=PASSWORD)


def sign_in(user: User, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def shown_by(key: str) -> str:
    code: str = format_hotp_value(hotp_value(key, int(time.time()) // 30))
    return code


def set_up(client: Client) -> tuple[str, list[str]]:
    """The app's key, and the recovery codes."""
    page = client.get(f"{WAY}app/").text
    key = page.split('<code id="key">')[1].split("<")[0].replace(" ", "")
    answer = client.post(f"{WAY}app/", {"first": f"{shown_by(key)[:3]} {shown_by(key)[3:]}"})
    assert answer.status_code == 200, answer.text
    codes = answer.text.split('<pre id="codes">')[1].split("</pre>")[0].splitlines()
    cache.clear()  # so that the same half-minute's code may be typed again by the tests of the sign-in
    return key, [code for code in codes if code]


@pytest.fixture
def app(olga: User) -> tuple[str, list[str]]:
    return set_up(sign_in(olga)[0])


def test_the_password_alone_opens_nothing_any_more(olga: User, app: tuple[str, list[str]]) -> None:
    client, answer = sign_in(olga)
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")
    assert not is_in(client)
    assert client.post("/accounts/2fa/", {"code": "000000"}).status_code == 422
    assert not is_in(client)
    done = client.post("/accounts/2fa/", {"code": shown_by(app[0])})
    assert (done.status_code, is_in(client)) == (302, True)


def test_where_one_wanted_to_go_is_not_lost(olga: User, app: tuple[str, list[str]]) -> None:
    client = Client()
    client.post(
        "/accounts/login/?next=/decisions/",
        {"login": olga.email, "password": PASSWORD, "next": "/decisions/"},
    )
    assert client.post("/accounts/2fa/", {"code": shown_by(app[0])})["Location"] == "/decisions/"


def test_a_code_signs_in_once(olga: User, app: tuple[str, list[str]]) -> None:
    code = shown_by(app[0])
    assert [sign_in(olga)[0].post("/accounts/2fa/", {"code": code}).status_code for _ in range(2)] == [
        302,
        422,
    ]


def test_a_recovery_code_signs_in_once(olga: User, app: tuple[str, list[str]]) -> None:
    assert len(set(app[1])) == 10
    tries = [sign_in(olga)[0].post("/accounts/2fa/", {"code": app[1][3]}).status_code for _ in range(2)]
    assert tries == [302, 422]
    assert second_step.steps_of(olga).codes == 9


def test_nobody_guesses(olga: User, app: tuple[str, list[str]]) -> None:
    stranger, _answer = sign_in(olga)
    for _ in range(5):
        stranger.post("/accounts/2fa/", {"code": "12345678"})
    late = stranger.post("/accounts/2fa/", {"code": shown_by(app[0])})
    assert (late.status_code, "Wait five minutes" in late.text) == (422, True)


def test_a_guesser_keeps_nobody_out_on_their_own_device(olga: User, app: tuple[str, list[str]]) -> None:
    own, _answer = sign_in(olga)
    own.post("/accounts/2fa/", {"code": app[1][0]})
    own.post("/accounts/logout/")
    stranger, _answer = sign_in(olga)
    for _ in range(7):
        stranger.post("/accounts/2fa/", {"code": "12345678"})
    sign_in(olga, own)
    assert own.post("/accounts/2fa/", {"code": app[1][1]}).status_code == 302


@pytest.mark.parametrize("way", ["/accounts/2fa/", "/accounts/2fa/?next=/settings/"])
def test_the_step_without_the_password_before_it_leads_back_to_it(way: str) -> None:
    assert Client().get(way)["Location"] == "/accounts/login/"
    assert Client().post(way, {"code": "1"})["Location"] == "/accounts/login/"


@pytest.mark.parametrize("code", ["", "000000", "x" * 500, "\u0661\u0662\u0663\u0664\u0665\u0666", "\x00"])
def test_what_is_no_code_of_the_app_keeps_nothing(olga: User, code: str) -> None:
    client, _answer = sign_in(olga)
    first = client.get(f"{WAY}app/").text
    answer = client.post(f"{WAY}app/", {"first": code})
    assert (answer.status_code, Authenticator.objects.count()) == (422, 0)
    assert "This is not the code that your app shows now." in answer.text
    key = '<code id="key">'
    assert (
        first.split(key)[1][:30] == answer.text.split(key)[1][:30]
    )  # nobody scans twice for a typing mistake


def test_the_keys_lie_sealed(olga: User, app: tuple[str, list[str]]) -> None:
    rows = {row.type: row.data for row in Authenticator.objects.all()}
    assert app[0] not in str(rows)
    assert (unseal(rows["totp"]["secret"]), len(unseal(rows["recovery_codes"]["seed"]))) == (app[0], 80)


def test_other_devices_go_out_when_it_changes(olga: User) -> None:
    phone, laptop = sign_in(olga)[0], sign_in(olga)[0]
    set_up(laptop)
    assert (is_in(phone), is_in(laptop)) == (False, True)
    assert laptop.post(f"{WAY}app/remove/").status_code == 302
    assert Authenticator.objects.count() == 0  # recovery codes stand in for a step; alone they would be one
    assert is_in(sign_in(olga)[0])


def test_an_old_sign_in_says_again_who_it_is(olga: User, app: tuple[str, list[str]]) -> None:
    """A phone that lies about neither loses its second step nor shows codes."""
    client = Client()
    client.force_login(olga)
    for way in ("app/remove/", "codes/", "app/"):
        answer = client.post(f"{WAY}{way}", {"first": "1", "password": "wrong"})
        assert (answer.status_code, "This is not your present password." in answer.text) == (422, True)
    assert 'id="key"' not in client.get(f"{WAY}app/").text
    assert client.post(f"{WAY}codes/", {"password": PASSWORD}).text.count("\n") > 10


def test_a_link_for_a_new_password_is_no_way_around_it(olga: User, app: tuple[str, list[str]]) -> None:
    client = Client()
    form = client.get(links.make_link(olga, by=None).removeprefix("http://localhost:8000"), follow=True)
    new = "another horse battery"
    answer = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/accounts/2fa/", False)
    assert client.post("/accounts/2fa/", {"code": app[1][0]}).status_code == 302
    assert is_in(client)


def test_allauth_asks_for_the_password_again_too(olga: User, app: tuple[str, list[str]]) -> None:
    client = Client()
    client.force_login(olga)
    assert client.get("/accounts/reauthenticate/").status_code == 200
    answer = client.post(
        "/accounts/reauthenticate/?next=/settings/", {"password": PASSWORD, "next": "/settings/"}
    )
    assert answer["Location"] == "/settings/"


def test_they_hear_of_it_by_mail(olga: User, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    settings.MAIL_URL = "smtp://localhost"
    client, _answer = sign_in(olga)
    set_up(client)
    client.post(f"{WAY}app/remove/")
    second_step.end(olga, by=make_user("admin@example.test"))
    mail.wait()
    assert [one.subject.removeprefix("[Nightdesk] ") for one in mailoutbox] == [
        "The second step of your sign-in was changed",
        "The second step of your sign-in was changed",
        "The second step of your sign-in was ended",
    ]
    bodies = [" ".join(str(one.body).split()) for one in mailoutbox]
    assert "in your name an authenticator app was added" in bodies[0]
    assert "Admin has ended the second step" in bodies[2]


def test_who_signs_in_anew_begins_with_the_password(olga: User, app: tuple[str, list[str]]) -> None:
    """On a desk that several share nobody is stuck in somebody else's sign-in."""
    client, _answer = sign_in(olga)
    assert client.post("/accounts/2fa/", {"again": "1"})["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200


def test_a_passkey_s_button_without_javascript_is_no_guess(olga: User, app: tuple[str, list[str]]) -> None:
    client, _answer = sign_in(olga)
    for _ in range(7):
        answer = client.post("/accounts/2fa/", {"credential": ""})
        assert (answer.status_code, "Type a code." in answer.text) == (422, True)
    assert client.post("/accounts/2fa/", {"code": app[1][0]}).status_code == 302


def test_wrong_passwords_from_the_same_address_count_nothing(olga: User, app: tuple[str, list[str]]) -> None:
    client, _answer = sign_in(olga)
    for n in range(12):
        Client().post("/accounts/login/", {"login": f"n{n}@example.test", "password": "wrong"})
    assert client.post("/accounts/2fa/", {"code": app[1][0]}).status_code == 302


def test_a_key_that_somebody_saw_is_not_offered_for_ever(olga: User) -> None:
    client, _answer = sign_in(olga)
    seen = [client.get(f"{WAY}app/").text.split('<code id="key">')[1][:49] for _ in range(2)]
    with time_machine.travel(moment.now() + timedelta(minutes=16), tick=False):
        assert client.post(f"{WAY}app/", {"password": PASSWORD})["Location"] == f"{WAY}app/"
        later = client.get(f"{WAY}app/").text.split('<code id="key">')[1][:49]
    assert (seen[0] == seen[1], seen[0] == later) == (True, False)


def test_new_codes_end_those_of_before(olga: User, app: tuple[str, list[str]]) -> None:
    client, _answer = sign_in(olga)
    client.post("/accounts/2fa/", {"code": app[1][0]})
    assert client.post(f"{WAY}codes/").status_code == 200
    assert sign_in(olga)[0].post("/accounts/2fa/", {"code": app[1][1]}).status_code == 422


def test_an_administrator_ends_it_for_who_has_lost_all(olga: User, app: tuple[str, list[str]]) -> None:
    phone, _answer = sign_in(olga)
    phone.post("/accounts/2fa/", {"code": app[1][0]})
    waiting, _answer = sign_in(olga)  # the one that asked for it, where the code is asked for
    admin = Client()
    admin.force_login(make_user("admin@example.test", password=PASSWORD, is_administrator=True))
    way = f"/settings/people/{olga.pk}/end_second_step/"
    assert way in admin.get(f"/settings/people/{olga.pk}/").text
    assert (admin.post(way).status_code, second_step.is_set_up(olga)) == (422, True)  # an open desk
    assert admin.post(way, {"password": PASSWORD}).status_code == 302
    assert waiting.get("/accounts/2fa/")["Location"] == "/accounts/login/"
    assert (sign_in(olga, waiting)[1].status_code, is_in(waiting)) == (302, True)
    assert (is_in(phone), is_in(sign_in(olga)[0]), Authenticator.objects.count()) == (False, True, 0)


def test_the_command_line_ends_it_for_the_only_administrator(olga: User, app: tuple[str, list[str]]) -> None:
    call_command("reset", olga.email)
    assert second_step.is_set_up(olga)
    call_command("reset", olga.email, "--second-step")
    assert not second_step.is_set_up(olga)


def test_keys_that_are_lost_refuse_and_break_nothing(
    olga: User, app: tuple[str, list[str]], settings: Settings
) -> None:
    """After a restore without NIGHTDESK_ENCRYPTION_KEYS: the administrator ends it."""
    settings.NIGHTDESK_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    client, _answer = sign_in(olga)
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.post("/accounts/2fa/", {"code": shown_by(app[0])}).status_code == 422


# Where NIGHTDESK_REQUIRE_MFA is on.


def test_whatever_changes_the_set_up_wants_one() -> None:
    """A new address that only managers and above may send to is named in guarded.py, or here with its reason."""
    open_at_night = {"maintenance:new", "maintenance:tap", "maintenance:move", "maintenance:end"}
    heavy = {row.name for row in PAGES if row.post in (Role.MANAGER, Role.ADMIN, ADMINISTRATOR)}
    assert heavy - NEEDED_FOR == open_at_night
    verdicts = {"decision_confirm", "approve_hotfix", "withdraw_approval", "waive_check", "confirm_waiver"}
    assert verdicts | {"report_deployment", "break_glass", "make_token"} <= NEEDED_FOR
    assert {row.name for row in PAGES} >= NEEDED_FOR


@pytest.fixture
def wanted(settings: Settings) -> None:
    settings.NIGHTDESK_REQUIRE_MFA = True


@pytest.mark.usefixtures("wanted")
def test_who_has_none_is_sent_to_set_one_up_and_comes_back(olga: User) -> None:
    team = make_team()
    join(olga, team, Role.ADMIN)
    client, _answer = sign_in(olga)
    assert [client.get(page).status_code for page in ("/", "/declare/", "/settings/", "/monitoring/")] == [
        200
    ] * 4
    sent = client.get("/settings/tokens/add/")
    assert sent["Location"] == f"{WAY}?next=/settings/tokens/add/"
    assert "Set one up first." in client.get(sent["Location"]).text
    assert client.get(f"/settings/teams/{team.slug}/").status_code == 200
    refused = client.post(f"/settings/teams/{team.slug}/", {"name": "Others", "time_zone": "UTC"})
    team.refresh_from_db()
    assert (refused.status_code, team.name == "Others") == (302, False)
    by_htmx = client.post(f"/settings/teams/{team.slug}/", {"name": "Others"}, headers={"HX-Request": "true"})
    assert (by_htmx.status_code, WAY in by_htmx["HX-Redirect"]) == (403, True)
    client.get(sent["Location"])
    key = client.get(f"{WAY}app/").text.split('<code id="key">')[1].split("<")[0].replace(" ", "")
    kept = client.post(f"{WAY}app/", {"first": shown_by(key)})
    assert 'href="/settings/tokens/add/"' in kept.text
    assert client.get("/settings/tokens/add/").status_code == 200


@pytest.mark.usefixtures("wanted")
def test_nobody_is_led_elsewhere_by_the_way_back(olga: User) -> None:
    client, _answer = sign_in(olga)
    client.get(f"{WAY}?next=https://evil.example/")
    key = client.get(f"{WAY}app/").text.split('<code id="key">')[1].split("<")[0].replace(" ", "")
    assert "evil.example" not in client.post(f"{WAY}app/", {"first": shown_by(key)}).text


def test_where_it_is_not_required_nothing_waits_for_it(olga: User, settings: Settings) -> None:
    settings.NIGHTDESK_REQUIRE_MFA = False
    assert sign_in(olga)[0].get("/settings/tokens/add/").status_code == 200
