"""One problem, one incident: what is open and sounds alike is offered; the same words sent twice are asked about."""

import re

import pytest
from django.test import Client

from accounts.models import User
from incidents.lifecycle.alike import ALIKE, likeness
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from products.models import Product

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def phone(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def known(page: str) -> list[str]:
    return re.findall(r">Join (INC-\d+)<", page)


@pytest.mark.parametrize(
    ("typed", "title", "alike"),
    [
        ("sign in", "Sign-in fails for all staff", True),
        ("Nobody can sign in", "Sign-in fails for all staff", True),
        ("signin broken", "Sign-in fails", True),
        ("chekout", "Checkout rejects every second card", True),
        ("Übersicht leer", "übersicht leer seit gestern", True),
        ("Search slow", "Push messages arrive an hour late", False),
        ("in", "Sign-in fails", False),
        ("", "Sign-in fails", False),
        ("???", "Sign-in fails", False),
    ],
)
def test_likeness_goes_by_pieces_of_words(typed: str, title: str, alike: bool) -> None:
    assert (likeness(typed, title) >= ALIKE) is alike


def test_what_sounds_like_the_typed_words_comes_first(phone: Client, product: Product, ada: User) -> None:
    for title in ("Checkout rejects cards", *(f"Thing {n} is odd" for n in range(6))):
        declare(product, by=ada, title=title)
    page = phone.get("/declare/").content.decode()
    assert known(page) == ["INC-7", "INC-6", "INC-5", "INC-4", "INC-3"]
    assert "newest first" in page
    fields = {"title": "chekout broken", "product": product.slug, "look": "already"}
    part = phone.post("/declare/", fields, headers={"HX-Request": "true"}).content.decode()
    assert known(part) == ["INC-1", "INC-7", "INC-6", "INC-5", "INC-4"]
    assert "most alike first" in part
    assert "declare-form" not in part
    assert Incident.objects.count() == 7


def test_words_never_find_what_the_person_may_not_see(phone: Client, product: Product, ben: User) -> None:
    declare(product, by=ben, title="Keys leaked", private=True)
    fields = {"title": "Keys leaked", "product": product.slug, "look": "already"}
    assert known(phone.post("/declare/", fields, headers={"HX-Request": "true"}).content.decode()) == []


def test_going_back_and_sending_the_same_again_is_asked_about(phone: Client, product: Product) -> None:
    """Each load of the form has a key of its own, so the key alone does not tell."""
    fields = {"title": "Sign-in fails", "product": product.slug, "severity": "HIGH"}
    phone.post("/declare/", {**fields, "key": "first"})
    answer = phone.post("/declare/", {**fields, "key": "second", "severity": "CRITICAL"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "You have declared this already: INC-1." in page
    assert 'value="Sign-in fails"' in page
    assert Incident.objects.count() == 1
    answer = phone.post("/declare/", {**fields, "key": "second", "again": "on"})
    assert answer.headers["Location"] == "/incidents/INC-2/declared/"


def test_the_same_words_of_another_person_or_product_are_no_repetition(
    phone: Client, product: Product, ben: User
) -> None:
    declare(product, by=ben, title="Sign-in fails")
    answer = phone.post("/declare/", {"title": "Sign-in fails", "product": product.slug})
    assert answer.headers["Location"] == "/incidents/INC-2/declared/"


def test_a_drill_and_a_real_one_are_not_offered_beside_each_other(
    phone: Client, product: Product, ada: User
) -> None:
    for mode in ("live", "drill", "retrospective"):
        declare(product, by=ada, title=f"Sign-in fails, {mode}", mode=mode)
    fields = {"title": "Sign-in fails", "product": product.slug, "look": "already"}
    shown = [
        known(phone.post("/declare/", {**fields, **more}, headers={"HX-Request": "true"}).content.decode())
        for more in ({}, {"mode": "live"}, {"mode": "drill"})
    ]
    assert shown == [["INC-1"], ["INC-1"], ["INC-2"]]
