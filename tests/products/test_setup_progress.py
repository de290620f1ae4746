"""How far a product's set-up is, who is asked, and what another process or somebody's leaving changes."""

import pytest
from django.test import Client

from accounts.models import Team, User
from incidents.models import Incident
from products.contacts import add_contact
from products.models import Environment, Process, Product, RoleHolder
from products.setup.places import PlacesForm
from products.setup.sections import progress
from products.setup.settling import settle
from products.sources.import_process import import_process
from tests.factories import join, make_user
from tests.products.conftest import signed_in
from tests.products.documents import GOOD
from tests.products.setting_up import PEOPLE, PLACES, sent


@pytest.fixture
def client(product: Product, manager: User) -> Client:
    return signed_in(manager)


def test_how_far_it_is_stands_on_the_product_until_it_is_done(client: Client, product: Product) -> None:
    page = client.get("/products/staff-mobile/").text
    assert "1 of 8 things set up." in page
    client.post(PLACES, sent(client, PLACES))
    overview = client.get("/products/staff-mobile/setup/").text
    assert "2 of 8 things set up." in overview
    assert "Nobody may decide between hotfix and rollback yet." in overview
    assert 'href="/declare/?product=staff-mobile&amp;mode=drill"' in overview
    for item in ("version", "contacts", "deciders", "channel", "monitors", "repository"):
        client.post("/products/staff-mobile/setup/", {"settle": item})
    product.refresh_from_db()
    assert product.set_up_at is not None
    assert "Staff Mobile is ready" in client.get("/products/staff-mobile/setup/").text
    product.settled = []
    product.save()
    assert "of 8 set up" not in client.get("/products/staff-mobile/").text


def test_enough_is_enough(client: Client, product: Product) -> None:
    answer = client.post("/products/staff-mobile/setup/", {"finish": "1"})
    assert answer["Location"] == "/products/staff-mobile/"
    assert "of 8 set up" not in client.get(answer["Location"]).text
    assert (
        client.post("/products/staff-mobile/setup/", {"settle": "nonsense"}, follow=True).status_code == 200
    )


def test_a_viewer_is_not_asked(product: Product, viewer: User) -> None:
    client = signed_in(viewer)
    assert "of 8 set up" not in client.get("/products/staff-mobile/").text
    assert client.get("/products/staff-mobile/setup/").status_code == 403
    assert client.post(PEOPLE, {}).status_code == 403


def test_an_unknown_step_and_an_archived_product_have_no_set_up(client: Client, product: Product) -> None:
    assert client.get("/products/staff-mobile/setup/product/").status_code == 404
    assert client.get("/products/staff-mobile/setup/nothing/").status_code == 404
    client.post("/products/staff-mobile/archive/")
    assert client.get(PLACES).status_code == 404


def test_a_decider_who_has_left_is_missing_again(product: Product, manager: User, client: Client) -> None:
    client.post(PEOPLE, {**sent(client, PEOPLE), "who_2": str(manager.pk)})
    assert "deciders" not in [each.item.key for each in progress(product).missing]
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert "deciders" in [each.item.key for each in progress(product).missing]


def test_open_questions_of_the_process_are_said_when_it_is_adopted(client: Client) -> None:
    page = client.get(PLACES).text
    assert "The Product Owner decides and has no deputy here." in page


def test_another_process_says_whom_it_does_not_know(client: Client, product: Product, manager: User) -> None:
    client.post(PEOPLE, {**sent(client, PEOPLE), "who_2": str(manager.pk)})
    page = client.post(
        "/products/staff-mobile/edit/", {"name": "Staff Mobile", "process": "archy"}, follow=True
    ).text
    assert "New incidents of Staff Mobile follow Archy hotfix process. Those that run keep theirs." in page
    assert "“product_owner” is no role of it: what is listed there counts no more (Mia)." in page
    assert "Nobody is listed for “Decider”, who decides in it. List somebody below." in page


def test_the_call_stands_on_the_product_and_on_each_incident(client: Client, product: Product) -> None:
    """K137."""
    client.post(PEOPLE, {**sent(client, PEOPLE), "call": "https://meet.example.org/emergency"})
    client.post(
        "/declare/", {"title": "Nobody can sign in", "product": "staff-mobile", "severity": "", "key": "k"}
    )
    incident = Incident.objects.get()
    for address in ("/products/staff-mobile/", incident.get_absolute_url()):
        assert 'href="https://meet.example.org/emergency"' in client.get(address).text


def test_who_has_left_the_team_is_not_taken_away_unseen(
    client: Client, product: Product, manager: User, team: Team
) -> None:
    dora = make_user("dora@example.test")
    join(dora, team)
    client.post(
        PEOPLE,
        {**sent(client, PEOPLE), "who_0": str(dora.pk), "who_2": str(dora.pk), "deputy_2": str(manager.pk)},
    )
    dora.memberships.all().delete()
    assert client.get(PEOPLE).text.count("Dora, no longer in the team") == 3
    client.post(PEOPLE, sent(client, PEOPLE))
    assert [contact.user for contact in product.contacts.filter(role="release_engineer")] == [dora]
    assert [holder.user for holder in RoleHolder.objects.order_by("position")] == [dora, manager]
    client.post(PEOPLE, {**sent(client, PEOPLE), "who_2": str(manager.pk), "deputy_2": ""})
    assert [holder.user for holder in RoleHolder.objects.all()] == [manager]


def test_who_has_left_and_was_only_told_of_it_becomes_no_decider_and_no_error(
    client: Client, product: Product, team: Team, manager: User
) -> None:
    """The page as it came is saved: they are told as before until somebody chooses another."""
    dora = make_user("dora@example.test")
    join(dora, team)
    add_contact(product, role="product_owner", user=dora, by=manager)
    dora.memberships.all().delete()
    assert "Dora, no longer in the team" in client.get(PEOPLE).text
    assert client.post(PEOPLE, sent(client, PEOPLE)).status_code == 302
    assert [contact.user for contact in product.contacts.filter(role="product_owner")] == [dora]
    assert not RoleHolder.objects.exists()


def test_a_process_that_proposes_nothing_asks_for_names_all_the_same(
    manager: User, team: Team, shipped: None
) -> None:
    import_process(GOOD.encode(), name="shop.yaml", by=None)
    key = Process.objects.exclude(key__in=["krow", "archy"]).get().key
    client = signed_in(manager)
    made = client.post("/products/new/", {"name": "Shop", "process": key}, follow=True)
    address = made.redirect_chain[-1][0]
    steps = [f"/products/shop/setup/{step}" for step in ("people/", "monitors/", "repository/", "")]
    for onward in steps:
        answer = client.post(address, sent(client, address))
        assert (answer.status_code, answer["Location"]) == (302, onward)
        address = onward
    assert [place.name for place in Environment.objects.all()] == ["Production"]


def test_two_people_who_settle_at_once_lose_neither_answer(product: Product, manager: User) -> None:
    """Each holds the product as it was when the page was asked for."""
    mine, theirs = Product.objects.get(pk=product.pk), Product.objects.get(pk=product.pk)
    settle(theirs, "contacts", by=manager)
    form = PlacesForm({"0-name": "Live", "0-kind": "production"}, product=mine, user=manager)
    assert form.is_valid(), form.errors
    form.save()
    assert sorted(Product.objects.get(pk=product.pk).settled) == ["contacts", "places"]
