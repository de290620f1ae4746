"""Declaring on the page: one field, nothing typed is lost, nothing is declared twice."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import User
from foundation import moment
from incidents.models import Incident, Status
from products.models import Product
from tests.factories import make_product
from tests.reading import in_one_line, tight

pytestmark = pytest.mark.usefixtures("house")

LONG = "x" * 10_000


def said(phone: Client, **fields: str) -> object:
    return phone.post("/declare/", {"title": "Sign-in fails", "product": "staff-mobile", **fields})


def test_declaring_needs_one_field_only(phone: Client, product: Product) -> None:
    answer = phone.post("/declare/", {"title": "Sign-in fails", "product": product.slug}, follow=True)
    assert answer.redirect_chain == [("/incidents/INC-1/declared/", 302)]
    assert Incident.objects.get().status == Status.TRIAGE
    assert "INC-1 is open" in answer.content.decode()


def test_who_declared_it_can_take_it_from_the_receipt(phone: Client, product: Product) -> None:
    answer = phone.post("/declare/", {"title": "Sign-in fails", "product": product.slug}, follow=True)
    button = '<form method="post" action="/incidents/INC-1/acknowledge">'
    assert button in answer.content.decode()
    assert '<h1 tabindex="-1" autofocus>INC-1 is open</h1>' in answer.content.decode()
    assert phone.post("/incidents/INC-1/acknowledge").headers["Location"] == "/incidents/INC-1/"
    assert button not in phone.get("/incidents/INC-1/declared/").content.decode()
    when = {"mode": "retrospective", "detected_at": "2026-01-01T10:00"}
    phone.post("/declare/", {"title": "It was slow", "product": product.slug, **when})
    receipt = phone.get("/incidents/INC-2/declared/")
    assert (receipt.status_code, "/INC-2/acknowledge" in receipt.content.decode()) == (200, False)


def test_the_form_asks_the_database_little(
    phone: Client, product: Product, django_assert_num_queries: Any
) -> None:
    """18 when each of its moments asked for the time again."""
    phone.get("/declare/")
    with django_assert_num_queries(10):
        page = phone.get("/declare/").content.decode()
    assert "Time zone: " in page


def test_a_resend_declares_once(phone: Client, product: Product) -> None:
    fields = {"title": "Sign-in fails", "product": product.slug, "severity": "HIGH", "key": "k1"}
    refs = [phone.post("/declare/", fields).headers["Location"] for _ in range(2)]
    assert refs == ["/incidents/INC-1/declared/"] * 2
    assert Incident.objects.count() == 1


def test_the_same_key_for_another_text_is_told(phone: Client, product: Product) -> None:
    phone.post("/declare/", {"title": "Sign-in fails", "product": product.slug, "key": "k1"})
    answer = phone.post("/declare/", {"title": "Payments fail", "product": product.slug, "key": "k1"})
    assert answer.status_code == 422
    assert "already opened INC-1" in answer.content.decode()
    assert 'value="Payments fail"' in answer.content.decode()


@pytest.mark.parametrize("mode", ["\x00", "joke", "x" * 5000])
def test_a_mode_that_there_is_not_is_refused(phone: Client, product: Product, mode: str) -> None:
    answer = phone.post("/declare/", {"title": "Sign-in fails", "product": product.slug, "mode": mode})
    assert (answer.status_code, Incident.objects.count()) == (422, 0)


WRONG = [
    ({"title": ""}, "Say in a few words what is broken."),
    ({"title": LONG}, "At most 200 characters, this has 10000."),
    ({"title": "a\x00b"}, "invisible sign (U+0000)"),
    ({"title": "a\x07b"}, "control character (U+0007 at position 2)"),
    ({"product": "nothing"}, "There is no such product here."),
    ({"severity": "P0"}, "has no such severity"),
    ({"users_affected": "-3", "impact": "kept words"}, "kept words"),
    ({"users_affected": "-3"}, "Write 0 or more."),
    ({"mode": "a\x00b"}, "Choose one of those that are offered."),
    ({"mode": "perhaps"}, "Choose one of those that are offered."),
    ({"detected_at": "2099-01-01T00:00"}, "This is in the future."),
    ({"detected_at": "yesterday"}, "Give a date and a time"),
    ({"detected_at": "1900-01-01T00:00"}, "The year is 1900."),
    ({"detected_at": "2019-11-21T00:00"}, "This is more than a year ago."),
]


def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(phone: Client, product: Product) -> None:
    for fields, words in WRONG:
        sent = {"title": "Sign-in fails", "product": product.slug, **fields}
        answer = phone.post("/declare/", sent)
        page = answer.content.decode()
        assert (answer.status_code, words in page) == (422, True), fields
        if sent["title"].isprintable():
            assert f'value="{sent["title"]}"' in page, fields
    assert Incident.objects.count() == 0


HOSTILE = ["<script>alert(1)</script>", "{{ 7|add:7 }}", "**bold** [x](javascript:x)", '"><img src=x>']


def test_a_hostile_title_is_text(phone: Client, product: Product) -> None:
    for title in HOSTILE:
        page = phone.post(
            "/declare/", {"title": title, "product": product.slug}, follow=True
        ).content.decode()
        assert Incident.objects.latest("pk").title == title
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
    for address in ("/", "/incidents/"):
        page = phone.get(address).content.decode()
        assert page.count("{{ 7|add:7 }}") > 0
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


def test_joining_what_is_open_keeps_the_words_as_a_note(phone: Client, incident: Incident) -> None:
    assert f"Join {incident.ref}" in phone.get("/declare/").content.decode()
    for _ in range(2):
        phone.post(f"/incidents/{incident.ref}/join", {"title": "Nobody can sign in", "key": "k"})
    notes = [event.text for event in incident.events.filter(kind="noted")]
    assert notes == ["Also reported: Nobody can sign in"]


def test_another_product_shows_its_own_severities_without_script(phone: Client, product: Product) -> None:
    make_product(process="archy", name="Archipelago")
    answer = phone.post("/declare/", {"title": "Node bricked", "product": "archipelago", "look": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="P0"' in page
    assert 'value="CRITICAL"' not in page
    assert 'value="Node bricked"' in page


def test_declare_shows_each_severity_with_examples_and_clock_k142_k143_k144(
    phone: Client, product: Product
) -> None:
    page = phone.get("/declare/").content.decode()
    for words in (
        "&lt; 1 h",
        "&lt; 4 h",
        "next release",
        "Service down, data loss, security",
        "workaround available",
    ):
        assert words in page


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
def test_seen_since_is_read_in_the_reader_s_zone(
    phone: Client, product: Product, ada: User, zone: str
) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone=zone)
    seen = (moment.now() - timedelta(minutes=10)).replace(microsecond=0)
    local = seen.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")
    phone.post("/declare/", {"title": "Down", "product": product.slug, "detected_at": local})
    assert Incident.objects.get().detected_at == seen


def test_a_title_is_one_line(phone: Client, product: Product) -> None:
    answer = phone.post("/declare/", {"title": "Down\nand out", "product": product.slug})
    assert answer.status_code == 422
    assert "This must be one line." in answer.content.decode()


def test_more_is_folded_until_something_in_it_was_chosen(phone: Client, product: Product) -> None:
    for address, there in (("/declare/", False), ("/declare/?mode=drill", True)):
        page = in_one_line(tight(phone.get(address).text))
        assert ('<details class="fold" open><summary>More' in page) == there, address


@pytest.mark.parametrize(
    "name", ["staff-mobile", "worker mobile", "krow-withus-worker-mobile", "Staff Mobile"]
)
def test_a_link_may_name_the_product_as_people_do(phone: Client, product: Product, name: str) -> None:
    """C8: by any of its names, also the one of its tags."""
    make_product(name="Client Mobile")
    Product.objects.filter(pk=product.pk).update(aliases=["Worker Mobile", "krow-withus-worker-mobile"])
    page = phone.get("/declare/", {"product": name}).content.decode()
    assert 'value="staff-mobile" checked' in page
    assert "<small>Worker Mobile, krow-withus-worker-mobile</small>" in page


def test_a_drill_is_called_one_from_the_first_line(phone: Client, product: Product) -> None:
    assert "<h1>Start a drill</h1>" in tight(phone.get("/declare/", {"mode": "drill"}).text)
    assert "<h1>Declare an incident</h1>" in tight(phone.get("/declare/").text)
