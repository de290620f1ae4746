"""Pages of products: what they teach when empty, what they show, how they take bad input."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from products.models import Environment, Product
from tests.factories import join, make_product, make_team, make_user
from tests.products.conftest import signed_in

ATTACK = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7|add:7 }}'


def test_the_empty_list_teaches_the_next_step(manager: User) -> None:
    page = signed_in(manager).get("/products/")
    assert "No product yet" in page.text
    assert 'href="/products/new/"' in page.text


def test_the_empty_list_tells_a_viewer_who_adds_one(viewer: User) -> None:
    page = signed_in(viewer).get("/products/")
    assert "A manager of your team adds the first one" in page.text
    assert 'href="/products/new/"' not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_1_and_3(
    team: Team, viewer: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_product(team, name=f"Product {number}")
    client = signed_in(viewer)
    client.get("/products/")
    with django_assert_num_queries(8):
        page = client.get("/products/")
    assert page.text.count('class="row-title"') == count


def test_the_form_shows_each_process_with_its_severities(manager: User, shipped: None) -> None:
    page = signed_in(manager).get("/products/new/").text
    for words in (
        "Krow hotfix process",
        "Archy hotfix process",
        "CRITICAL",
        "&lt; 1 h",
        "P3 Low",
        "next release",
    ):
        assert words in page


def test_a_name_and_a_process_make_a_product(manager: User, team: Team, shipped: None) -> None:
    """A4."""
    response = signed_in(manager).post(
        "/products/new/", {"name": "Staff Mobile", "process": "krow", "aliases": "Worker Mobile\r\ncrew"}
    )
    product = Product.objects.get()
    assert (response.status_code, response["Location"]) == (
        302,
        "/products/staff-mobile/setup/places/",
    )
    assert (product.team, product.process.key, product.aliases) == (team, "krow", ["Worker Mobile", "crew"])


def test_who_manages_two_teams_chooses_one(manager: User, shipped: None) -> None:
    other = make_team("web")
    join(manager, other, "manager")
    client = signed_in(manager)
    assert "Choose one." in client.post("/products/new/", {"name": "A", "process": "krow"}).text
    client.post("/products/new/", {"name": "A", "process": "krow", "team": "web"})
    assert Product.objects.get().team == other


def test_without_a_team_the_form_leads_to_teams(shipped: None) -> None:
    administrator = make_user("root@example.test", is_administrator=True)
    page = signed_in(administrator).get("/products/new/")
    assert "Make a team first" in page.text
    assert (
        signed_in(administrator).post("/products/new/", {"name": "A", "process": "krow"}).status_code == 422
    )


WRONG = [
    ({"name": ""}, "Fill this in."),
    ({"name": "x" * 10_000}, "At most 80 characters; these are 10000. Shorten it."),
    ({"name": "a\x00b"}, "This holds an invisible sign (U+0000). Type it anew."),
    ({"name": "a\x07b"}, "control character (U+0007 at position 2)"),
    ({"process": ""}, "Choose a process. It decides the severities and the clocks."),
    ({"process": "nope"}, "There is no such process. Choose one of these."),
    ({"aliases": "x" * 81}, "A name has at most 80 characters."),
    ({"aliases": "\n".join(str(n) for n in range(21))}, "At most 20 other names."),
    ({"version": "1." * 150 + "1"}, "At most 80 characters; these are 301. Shorten it."),
]


def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(manager: User, shipped: None) -> None:
    client = signed_in(manager)
    for facts, told in WRONG:
        sent = {"name": "Staff Mobile", "process": "krow", "aliases": "Worker", "version": "0.1.0", **facts}
        page = client.post("/products/new/", sent)
        assert (page.status_code, told in page.text, page.text.count('class="error"')) == (422, True, 1), (
            facts
        )
        assert f'id="id_{next(iter(facts))}_error"' in page.text, facts
        for name, value in sent.items():
            if name not in facts and name != "process":
                assert value in page.text, facts
    assert Product.objects.count() == 0


def test_markup_in_names_is_shown_as_text(manager: User, team: Team, shipped: None) -> None:
    facts = {"name": ATTACK, "process": "krow", "aliases": ATTACK, "version": "1"}
    client = signed_in(manager)
    refused = client.post("/products/new/", facts)
    assert "<script>alert" not in refused.text
    made = client.post("/products/new/", {**facts, "aliases": "<i>alias</i>"}, follow=True)
    for page in (made.text, client.get("/products/").text, client.get("/processes/krow/").text):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7|add:7 }}" in page


def test_a_taken_name_is_told_beside_the_name(product: Product, manager: User) -> None:
    page = signed_in(manager).post("/products/new/", {"name": "worker mobile", "process": "archy"})
    assert page.status_code == 422
    assert "“worker mobile” is a name of Staff Mobile already. Choose another one." in page.text
    assert 'value="worker mobile"' in page.text


def test_the_page_shows_severities_with_their_clocks(product: Product, viewer: User) -> None:
    """K142-K144."""
    page = signed_in(viewer).get("/products/staff-mobile/").text
    for words in ("CRITICAL", "Service down, data loss, security", "&lt; 1 h", "&lt; 10 min", "next release"):
        assert words in page
    for words in ("Production", "Worker Mobile", "Krow hotfix process", "/declare/?product=staff-mobile"):
        assert words in page


def test_editing_keeps_what_was_typed_and_shows_the_address_it_came_from(
    product: Product, manager: User
) -> None:
    client = signed_in(manager)
    form = client.get("/products/staff-mobile/edit/").text
    assert 'value="Staff Mobile"' in form
    assert "Worker Mobile\nkrow-withus-worker-mobile" in form
    make_product(product.team, name="Web")
    refused = client.post(
        "/products/staff-mobile/edit/", {"name": "Web", "process": "krow", "version": "0.1.1"}
    )
    assert refused.status_code == 422
    assert 'value="0.1.1"' in refused.text
    assert "Edit Staff Mobile" in refused.text


def test_saving_an_edit_leads_to_the_new_address(product: Product, manager: User) -> None:
    response = signed_in(manager).post(
        "/products/staff-mobile/edit/", {"name": "Crew Mobile", "process": "archy", "version": "0.1.1"}
    )
    product.refresh_from_db()
    assert response["Location"] == "/products/crew-mobile/"
    assert (product.version, product.process.key, product.aliases) == ("0.1.1", "archy", [])


def test_an_environment_can_be_added_once(product: Product, manager: User) -> None:
    client = signed_in(manager)
    facts = {"name": "Dev server", "kind": "dev"}
    assert client.post("/products/staff-mobile/environments/", facts).status_code == 302
    again = client.post("/products/staff-mobile/environments/", facts)
    assert (again.status_code, Environment.objects.filter(product=product).count()) == (422, 2)
    assert "This product has an environment of this name." in again.text


@pytest.mark.parametrize(
    "facts",
    [{"name": "x" * 10_000, "kind": "dev"}, {"name": "a\x00", "kind": "dev"}, {"name": "QA", "kind": "moon"}],
)
def test_an_unfit_environment_is_told_and_not_stored(
    product: Product, manager: User, facts: dict[str, str]
) -> None:
    page = signed_in(manager).post("/products/staff-mobile/environments/", facts)
    assert page.status_code == 422
    assert page.text.count('class="error"') == 1
    assert Environment.objects.count() == 1


def test_forms_refuse_other_methods(product: Product, manager: User) -> None:
    client = signed_in(manager)
    assert client.delete("/products/staff-mobile/").status_code == 405
    assert client.put("/products/new/").status_code == 405
    assert client.get("/products/staff-mobile/environments/").status_code == 405


def test_an_unknown_address_is_404(manager: User) -> None:
    assert signed_in(manager).get("/products/nothing-here/").status_code == 404
