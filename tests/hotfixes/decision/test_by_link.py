"""The one-tap link of who decides: it shows the card; what it decides asks who they are."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import confirming
from accounts.models import User
from foundation import moment
from hotfixes.decision import proposing
from hotfixes.models import Decision
from incidents.models import Incident, Participant
from notifications import links
from notifications.models import Delivery
from products.models import RoleHolder
from tests.factories import PASSWORD
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("declared")

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SENT = {"choice": "hotfix", "reason": "One line"}


@pytest.fixture
def link(incident: Incident, ada: User, olga: User) -> str:
    """Out of the message that somebody recommends something."""
    olga.set_password(PASSWORD)
    olga.save()
    proposing.propose(incident, by=ada, choice="hotfix", text="Cause known", cause="known")
    return "/l/" + links.token(Delivery.objects.get(key="proposed", user=olga, route="inapp"), links.DECIDE)


def test_the_link_alone_shows_the_card_and_decides_nothing(link: str, incident: Incident) -> None:
    cold = Client()
    page = cold.get(link).content.decode()
    assert ("Ada recommends hotfix" in page, incident.title in page, ">Ask</a>" in page) == (
        True,
        True,
        False,
    )
    sheet = cold.get(f"{link}?choice=hotfix").content.decode()
    assert "You signed in a while ago: confirm it is you." in sheet
    for wrong in ({}, {"password": "wrong"}, {"credential": "{}"}):
        assert cold.post(link, {**SENT, **wrong}).status_code == 422
    assert Decision.objects.count() == 0
    assert cold.get("/").status_code == 302  # not signed in


def test_with_the_password_it_decides_and_signs_in_on_this_device(link: str, olga: User) -> None:
    cold = Client()
    answer = cold.post(link, {**SENT, "password": PASSWORD})
    made = Decision.objects.get()
    assert (answer.status_code, made.by, made.right) == (302, olga, "listed")
    assert cold.get("/").status_code == 200
    again = Client().post(link, {**SENT, "password": PASSWORD})
    assert (again.status_code, "You have decided already." in again.content.decode()) == (409, True)


def test_who_guesses_by_a_link_that_was_passed_on_shuts_out_nobody_but_such_links(
    link: str, incident: Incident, olga: User
) -> None:
    page, phone = sign_in(olga, seconds_ago=901), Client()
    given = {"login": olga.email, "password": PASSWORD}
    assert phone.post("/accounts/login/", given).status_code == 302
    phone.post("/accounts/logout/")
    with time_machine.travel(moment.now(), tick=False):
        for wrong in ({"password": "wrong"}, {}) * 6:
            assert Client().post(link, {**SENT, **wrong}).status_code == 422
        right = {**SENT, "password": PASSWORD}
        late = Client().post(link, right)
        assert (late.status_code, "Too many tries." in late.content.decode()) == (422, True)
        assert Decision.objects.count() == 0
        # Each of them has tries of their own, and no more than these.
        path = f"/decisions/{incident.ref}/confirm"
        for client, at in ((page, path), (phone, link)):
            for _n in range(5):
                said = client.post(at, {**SENT, "password": "wrong"})
                assert "This is not your present password." in said.content.decode()
        assert phone.post(link, right).status_code == 302
        assert "Too many tries." not in page.post(path, {**right, "instead_of": "1"}).content.decode()
        assert Decision.objects.get(number=1).by == olga


def test_who_guesses_from_their_address_leaves_the_decider_their_own_also_on_a_new_phone(
    link: str, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = {**SENT, "password": PASSWORD}, {**SENT, "password": "wrong"}
    monkeypatch.setattr(confirming, "TRIES_BY_LINK_A_MINUTE", 9)
    theirs, other, phone = (Client(REMOTE_ADDR=ip) for ip in ("192.0.2.1", "192.0.2.2", "198.51.100.7"))
    with time_machine.travel(moment.now(), tick=False):
        for _n in range(6):
            assert "This is not your present password." in theirs.post(link, wrong).text
        assert "Too many tries." in theirs.post(link, right).text
        for _n in range(3):
            assert "This is not your present password." in other.post(link, wrong).text
        # All together may not guess on for ever.
        assert "Too many tries." in phone.post(link, right).text
    with time_machine.travel(moment.now() + timedelta(minutes=2), tick=False):
        for _n in range(7):
            theirs.post(link, wrong)
        assert phone.post(link, right).status_code == 302
    assert Decision.objects.get().by == olga


def test_the_password_is_no_way_around_the_second_step(link: str, olga: User) -> None:
    TOTP.activate(olga, KEY)
    sheet = Client().get(f"{link}?choice=hotfix").text
    assert "The code of your app" in sheet
    cold = Client()
    code = format_hotp_value(hotp_value(KEY, int(time.time()) // 30))
    for wrong in ({}, {"code": "000000"}, {"password": "wrong", "code": code}):
        answer = cold.post(link, {**SENT, "password": PASSWORD, **wrong})
        assert (answer.status_code, Decision.objects.count()) == (422, 0)
    assert cold.get("/").status_code == 302  # not signed in
    with time_machine.travel(moment.now(), tick=False):
        code = format_hotp_value(hotp_value(KEY, int(time.time()) // 30))
        assert cold.post(link, {**SENT, "password": PASSWORD, "code": code}).status_code == 302
    assert (Decision.objects.get().by, cold.get("/").status_code) == (olga, 200)


def test_where_a_second_step_is_required_who_has_none_sets_one_up_first(
    link: str, olga: User, incident: Incident, settings: Settings
) -> None:
    settings.NIGHTDESK_REQUIRE_MFA = True
    cold = Client()
    # Said before a reason is typed, with the way there.
    assert 'href="/accounts/second_step/">Sign in and set one up<' in cold.get(f"{link}?choice=hotfix").text
    answer = cold.post(link, {**SENT, "password": PASSWORD})
    assert (answer.status_code, "Sign in and set one up first." in answer.text) == (422, True)
    assert (Decision.objects.count(), cold.get("/").status_code) == (0, 302)
    cold.force_login(olga)
    assert cold.post(link, SENT).status_code in (302, 422)  # signed in a moment ago, and by the link
    assert Decision.objects.count() == 0
    here = reverse("decision_confirm", args=[incident.ref])
    assert cold.get(f"{here}?choice=hotfix")["Location"].startswith("/accounts/second_step/?next=")


def test_a_passkey_answers_however_many_passwords_were_guessed(link: str, olga: User) -> None:
    with time_machine.travel(moment.now(), tick=False):
        for _n in range(7):
            said = Client().post(link, {**SENT, "password": "wrong"}).text
        assert "Too many tries." in said
        said = Client().post(link, {**SENT, "credential": "{}"}).text
    assert ("This passkey did not answer what was asked." in said, "Too many" in said) == (True, False)


def test_who_is_signed_in_comes_to_the_card_itself(
    link: str, incident: Incident, olga: User, ada: User
) -> None:
    assert sign_in(olga).get(link)["Location"] == f"/decisions/{incident.ref}/"
    other = sign_in(ada)
    assert (other.get(link).status_code, other.post(link, {**SENT, "password": PASSWORD}).status_code) == (
        403,
        403,
    )
    assert Decision.objects.count() == 0


def test_a_private_one_is_shown_to_nobody_without_a_sign_in(
    link: str, incident: Incident, olga: User
) -> None:
    Participant.objects.create(incident=incident, user=olga)
    Incident.objects.update(private=True)
    page = Client().get(link).content.decode()
    assert (incident.title in page, "Cause known" in page, "Sign in to see it" in page) == (
        False,
        False,
        True,
    )
    assert Client().post(link, {**SENT, "password": PASSWORD}).status_code == 200
    assert Decision.objects.count() == 0


def test_whoever_is_listed_no_more_sees_it_and_cannot_decide(link: str) -> None:
    RoleHolder.objects.all().delete()
    cold = Client()
    assert 'class="taps"' not in cold.get(link).content.decode()
    cold.post(link, {**SENT, "password": PASSWORD})
    assert Decision.objects.count() == 0


def test_after_an_hour_it_is_over(link: str) -> None:
    with time_machine.travel(moment.now().timestamp() + 3601, tick=False):
        answer = Client().post(link, {**SENT, "password": PASSWORD})
    assert (answer.status_code, Decision.objects.count()) == (410, 0)
