"""Who decides and who is asked on a product (K132–K135, K138; A32: archy's own roles), and what outlives a change."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from products import contacts, role_holders
from products.models import Process, ProcessVersion, Product
from products.role_holders import role_lists
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
def paula(product: Product) -> User:
    """A product owner who only reads elsewhere."""
    user = make_user("paula@example.test")
    join(user, product.team, "viewer")
    return user


@pytest.fixture
def dan(product: Product) -> User:
    user = make_user("dan@example.test")
    join(user, product.team)
    return user


def names(product: Product, role: str) -> list[str]:
    found = next(each for each in role_lists(product) if each.role.key == role)
    return [f"{one.holder.user}{': ' if one.missing else ''}{one.missing}" for one in found.listed]


def test_the_first_has_it_by_default_and_the_next_ones_are_deputies_k138(
    product: Product, mia: User, paula: User, dan: User
) -> None:
    role_holders.list_for_role(product, role="product_owner", user=paula, by=mia)
    second = role_holders.list_for_role(product, role="product_owner", user=dan, by=mia)
    assert names(product, "product_owner") == ["Paula", "Dan"]
    role_holders.move_up(second, by=mia)
    role_holders.move_up(second, by=mia)
    assert names(product, "product_owner") == ["Dan", "Paula"]
    role_holders.unlist(second, by=mia)
    assert names(product, "product_owner") == ["Paula"]


@pytest.mark.parametrize(
    ("role", "who", "words"),
    [
        ("product_owner", "olga", "is not in this product's team"),
        ("decider", "paula", "Release Engineer|release_engineer"),
        ("product_owner", "twice", "is listed for Product Owner already"),
    ],
)
def test_what_cannot_be_is_refused(
    product: Product, mia: User, paula: User, role: str, who: str, words: str
) -> None:
    role_holders.list_for_role(product, role="product_owner", user=mia, by=mia)
    user = {"olga": make_user("olga@example.test"), "paula": paula, "twice": mia}[who]
    with pytest.raises(ValidationError, match=words):
        role_holders.list_for_role(product, role=role, user=user, by=mia)
    assert names(product, "product_owner") == ["Mia"]


def test_whoever_left_is_shown_and_does_not_count(
    product: Product, mia: User, paula: User, dan: User
) -> None:
    for user in (paula, dan):
        role_holders.list_for_role(product, role="product_owner", user=user, by=mia)
    paula.memberships.all().delete()
    User.objects.filter(pk=dan.pk).update(is_active=False)
    assert names(product, "product_owner") == [
        "Paula: no longer in the team",
        "Dan: may not sign in any more",
    ]
    owner = next(each for each in role_lists(product) if each.role.key == "product_owner")
    assert owner.nobody_decides


def test_a_role_that_the_process_no_longer_has_is_shown_and_harms_nothing(
    client: Client, product: Product, mia: User, paula: User
) -> None:
    listed = role_holders.list_for_role(product, role="product_owner", user=paula, by=mia)
    contacts.add_contact(product, role="devops", address="duty@example.test", by=mia)
    product.process = Process.objects.get(key="archy")
    product.save(update_fields=["process"])
    product = Product.objects.get(pk=product.pk)
    gone = [(each.role.key, each.known) for each in role_lists(product)]
    assert gone == [
        ("fixer", True),
        ("watcher", True),
        ("decider", True),
        ("product_owner", False),
        ("devops", False),
    ]
    client.force_login(mia)
    assert "no role of this process any more" in client.get(f"/products/{product.slug}/").text
    client.post(f"/products/{product.slug}/roles/{listed.pk}/remove/")
    assert product.role_holders.count() == 0


def test_versions_stored_before_roles_had_fields_are_read(product: Product) -> None:
    version = product.process.current
    assert version
    document = {**version.document, "roles": [{"key": "boss", "label": "Boss"}]}
    ProcessVersion.objects.filter(pk=version.pk).update(document=document)
    assert [each.role.key for each in role_lists(Product.objects.get(pk=product.pk))] == ["boss"]
    ProcessVersion.objects.filter(pk=version.pk).update(document={**document, "roles": None})
    assert role_lists(Product.objects.get(pk=product.pk)) == []


def test_each_role_has_its_contact_k132_k135(product: Product, mia: User, dan: User) -> None:
    """By its key, or called as the role is; the label comes from the role."""
    contacts.add_contact(product, role="release_engineer", user=dan, by=mia)
    contacts.add_contact(product, label="devops", address="duty@example.test", by=mia)
    contacts.add_contact(product, role="affected_team", label="All hands", whole_team=True, by=mia)
    told = {each.role.key: [str(contact) for contact in each.contacts] for each in role_lists(product)}
    assert told == {
        "release_engineer": ["Release Engineer: Dan"],
        "devops": ["devops: duty@example.test"],
        "product_owner": [],
        "affected_team": ["All hands: everybody in the team who responds"],
    }
    with pytest.raises(ValidationError, match="has no such role"):
        contacts.add_contact(product, role="boss", user=dan, by=mia)
    with pytest.raises(ValidationError, match="Say who this is"):
        contacts.add_contact(product, user=dan, by=mia)


def test_a_manager_does_it_in_the_browser(client: Client, product: Product, mia: User, paula: User) -> None:
    client.force_login(mia)
    page, base = f"/products/{product.slug}/", f"/products/{product.slug}/roles/"
    assert "Nobody is listed, so nobody may decide" in client.get(page).text
    answer = client.post(base, {"role": "product_owner", "user": paula.pk})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#roles")
    assert "Remove Paula from Product Owner" in client.get(page).text
    for wrong, words in (
        ({"role": "boss", "user": paula.pk}, "The process has no such role"),
        ({"role": "devops", "user": "999999"}, "Choose somebody of this product&#x27;s team"),
        ({"role": "devops", "user": "x\x00"}, "invisible sign (U+0000)"),
        ({}, "Choose one"),
        ({"role": "product_owner", "user": paula.pk}, "is listed for Product Owner already"),
    ):
        answer = client.post(base, wrong)
        assert (answer.status_code, words in answer.text) == (422, True), wrong
    client.post(f"{base}{product.role_holders.get().pk}/remove/")
    assert product.role_holders.count() == 0


def test_a_responder_sees_them_and_may_not_change_them(
    client: Client, product: Product, mia: User, dan: User
) -> None:
    listed = role_holders.list_for_role(product, role="product_owner", user=dan, by=mia)
    client.force_login(dan)
    assert "List somebody for a role" not in client.get(f"/products/{product.slug}/").text
    base = f"/products/{product.slug}/roles/"
    for path in (base, f"{base}{listed.pk}/remove/", f"{base}{listed.pk}/move/"):
        assert client.post(path, {"role": "devops", "user": dan.pk}).status_code == 403
    assert names(product, "product_owner") == ["Dan"]


def test_a_row_of_another_product_is_not_reached(
    client: Client, product: Product, mia: User, dan: User
) -> None:
    other = make_product(name="Other")
    listed = role_holders.list_for_role(other, role="devops", user=dan, by=mia)
    client.force_login(mia)
    answer = client.post(f"/products/{product.slug}/roles/{listed.pk}/remove/")
    assert (answer.status_code, other.role_holders.count()) == (404, 1)
