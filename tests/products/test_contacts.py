"""Who is told about a product (K132 release engineer, K133 DevOps, K134 product owner, K135 the team)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from products import contacts
from products.models import Contact, Product, Severity
from products.process import load
from products.sources.shipped import FOLDER
from tests.factories import join, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    return make_product()


@pytest.fixture
def mia(product: Product) -> User:
    user = make_user("mia@example.test")
    join(user, product.team, "manager")
    return user


@pytest.fixture
def ada(product: Product) -> User:
    user = make_user("ada@example.test")
    join(user, product.team)
    return user


def order(product: Product) -> list[str]:
    return [str(contact) for contact in product.contacts.select_related("user")]


def test_a_person_an_address_and_the_team_are_told_in_order_k132_k135(
    product: Product, mia: User, ada: User
) -> None:
    contacts.add_contact(product, label="Release Engineer", user=ada, by=mia)
    contacts.add_contact(product, label="DevOps", address="duty@example.test", by=mia)
    last = contacts.add_contact(product, label="Affected team", whole_team=True, by=mia)
    assert order(product) == [
        "Release Engineer: Ada",
        "DevOps: duty@example.test",
        "Affected team: everybody in the team who responds",
    ]
    contacts.move_contact(last, by=mia)
    contacts.remove_contact(product.contacts.get(label="Release Engineer"), by=mia)
    assert [c.label for c in product.contacts.all()] == ["Affected team", "DevOps"]
    contacts.move_contact(product.contacts.get(label="Affected team"), by=mia)
    assert [c.label for c in product.contacts.all()] == ["Affected team", "DevOps"]


def test_an_outsider_cannot_be_a_contact(product: Product, mia: User) -> None:
    with pytest.raises(ValidationError, match="is not in this product's team"):
        contacts.add_contact(product, label="DevOps", user=make_user("olga@example.test"), by=mia)


def test_the_same_contact_is_not_added_twice(product: Product, mia: User, ada: User) -> None:
    contacts.add_contact(product, label="DevOps", user=ada, by=mia)
    with pytest.raises(ValidationError, match="here already"):
        contacts.add_contact(product, label="devops", user=ada, by=mia)


def test_the_database_keeps_a_contact_one_thing(product: Product, ada: User) -> None:
    with pytest.raises(IntegrityError, match="contact_is_one_thing"), transaction.atomic():
        Contact.objects.create(product=product, label="x", user=ada, address="a@example.test", position=1)


def test_a_manager_does_it_in_the_browser(client: Client, product: Product, mia: User, ada: User) -> None:
    client.force_login(mia)
    base = f"/products/{product.slug}/contacts/"
    answer = client.post(base, {"label": "Release Engineer", "user": ada.pk})
    assert (answer.status_code, order(product)) == (302, ["Release Engineer: Ada"])
    assert "Release Engineer" in client.get(f"/products/{product.slug}/").text
    wrong = client.post(base, {"label": "Nobody"})
    assert (wrong.status_code, "Choose exactly one" in wrong.text) == (422, True)
    both = client.post(base, {"label": "Both", "user": ada.pk, "address": "x@example.test"})
    assert both.status_code == 422
    client.post(f"{base}{product.contacts.get().pk}/remove/")
    assert order(product) == []


def test_a_responder_sees_them_and_may_not_change_them(client: Client, product: Product, ada: User) -> None:
    client.force_login(ada)
    assert "everybody in the team who responds" in client.get(f"/products/{product.slug}/").text
    answer = client.post(f"/products/{product.slug}/contacts/", {"label": "x", "user": ada.pk})
    assert (answer.status_code, order(product)) == (403, [])


def test_an_outsider_finds_nothing(client: Client, product: Product) -> None:
    client.force_login(make_user("olga@example.test"))
    assert client.post(f"/products/{product.slug}/contacts/", {"label": "x"}).status_code == 404


def test_a_contact_of_another_product_is_not_reached(client: Client, product: Product, mia: User) -> None:
    other = make_product(name="Other")
    contact = contacts.add_contact(other, label="DevOps", address="d@example.test", by=mia)
    client.force_login(mia)
    answer = client.post(f"/products/{product.slug}/contacts/{contact.pk}/remove/")
    assert (answer.status_code, other.contacts.count()) == (404, 1)


def test_the_shipped_severities_say_whom_they_wake() -> None:
    make_product()
    rows = Severity.objects.order_by("version__process__key", "position").values_list("key", "wake")
    assert list(rows) == [
        ("P0", True), ("P1", True), ("P2", False), ("P3", False),
        ("CRITICAL", True), ("HIGH", True), ("MEDIUM", False),
    ]  # fmt: skip


def test_a_document_that_does_not_say_wakes_for_the_two_worst_ranks() -> None:
    text = (FOLDER / "archy.yaml").read_text()
    silent = "\n".join(line for line in text.splitlines() if "wake:" not in line)
    document = load(silent.encode(), name="archy.yaml")
    assert [severity.wakes() for severity in document.severities] == [True, True, False, False]


def test_a_document_may_say_it_in_one_word() -> None:
    text = (FOLDER / "krow.yaml").read_text().replace("{answer: no, origin: house}", "yes")
    assert [severity.wakes() for severity in load(text.encode(), name="k").severities] == [True, True, True]
