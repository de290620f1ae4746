"""Forgot password: a mailed one-time link; without mail, a page that says whom to ask."""

import pytest
from django.core import mail as outbox
from django.test import Client
from pytest_django import Settings

from accounts import mail
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/reset/"


@pytest.fixture
def _mail(settings: Settings) -> None:
    settings.MAIL_URL = "smtp://mail.example.test"


def test_without_mail_the_page_says_so_and_whom_to_ask(client: Client) -> None:
    text = client.get(PAGE).text
    assert "This Nightdesk cannot send mail: mail is not set up." in text
    assert "./run reset EMAIL" in text
    assert "<form" not in text.split("<main")[-1].split("</main")[0]


def test_without_mail_a_post_sends_nothing(client: Client) -> None:
    make_user()
    response = client.post(PAGE, {"email": "ada@example.test"})
    assert response.status_code == 200
    mail.wait()
    assert outbox.outbox == []


@pytest.mark.usefixtures("_mail")
def test_mails_a_link_that_works_once(client: Client) -> None:
    user = make_user(password=PASSWORD)
    assert client.post(PAGE, {"email": "ADA@example.test"})["Location"] == "/accounts/password/reset/done/"
    mail.wait()
    (message,) = outbox.outbox
    assert (message.to, message.subject) == (["ada@example.test"], "[Nightdesk] Choose a new password")
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    assert link.startswith("http://localhost:8000/accounts/password/reset/key/")
    form = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    new = {"password1": "purple monday lantern", "password2": "purple monday lantern"}
    assert client.post(form.request["PATH_INFO"], new)["Location"] == "/"
    user.refresh_from_db()
    assert user.check_password("purple monday lantern")
    again = Client().get(link.removeprefix("http://localhost:8000"))
    assert "This link no longer works" in again.text


@pytest.mark.usefixtures("_mail")
def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    make_user("switched-off@example.test", is_active=False)
    for email in ("eve@example.test", "switched-off@example.test"):
        assert client.post(PAGE, {"email": email})["Location"] == "/accounts/password/reset/done/"
    mail.wait()
    assert outbox.outbox == []


@pytest.mark.usefixtures("_mail")
def test_asking_too_often_is_refused_in_plain_words(client: Client) -> None:
    answers = [client.post(PAGE, {"email": "ada@example.test"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Too many tries" in answers[-1].text
