"""One truth about what runs: by deployments, else as entered; the same on every page, in every list and answer."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from foundation import moment
from hotfixes.decision.facts import facts
from hotfixes.deployments.following import follow
from incidents import glance
from incidents.lifecycle.declare import declare
from incidents.messages.placeholders import values
from products.archive_product import archive_product
from products.in_production import InProduction, Source, in_production, of_products
from products.models import Deployment, Environment, Product
from tests.factories import join, make_product, make_team, make_user
from tests.products.conftest import signed_in

pytestmark = pytest.mark.django_db


def out(
    product: Product,
    version: str,
    *,
    status: str = "succeeded",
    ago: int = 0,
    place: Environment | None = None,
) -> Deployment:
    place = place or product.environments.get(kind="production", slug="production")
    at = moment.now() - timedelta(minutes=ago)
    row = Deployment.objects.create(
        product=product, environment=place, version=version, status=status, source="api", at=at
    )
    follow(row)
    return row


def known(product: Product) -> tuple[str, str]:
    found = in_production(product)
    return found.version, found.source


def test_what_was_brought_out_last_wins_over_what_was_entered() -> None:
    product = make_product(version="1.0.0")
    assert known(product) == ("1.0.0", "entered")
    out(product, "1.0.1", ago=9)
    out(product, "1.0.2", status="started", ago=8)
    out(product, "1.0.2", status="failed", ago=7)
    assert known(product) == ("1.0.1", "deployments")
    dev = product.environments.create(name="Dev", slug="dev", kind="dev")
    out(product, "2.0.0", place=dev)
    assert known(product) == ("1.0.1", "deployments")
    nodes = product.environments.create(name="Nodes", slug="nodes", kind="production")
    out(product, "1.1.0", place=nodes, ago=5)
    assert known(product) == ("1.1.0", "deployments")


def test_after_a_rollback_it_is_what_ran_before() -> None:
    product = make_product(version="1.0.1")
    out(product, "1.0.1", ago=9)
    out(product, "1.0.1", status="rolled_back", ago=9)
    assert in_production(product) == InProduction(), "what was entered is what was taken back"
    out(product, "1.0.0", ago=8)
    out(product, "1.0.1", ago=7)
    out(product, "1.0.1", status="rolled_back", ago=6)
    assert known(product) == ("1.0.0", "deployments")


def test_many_products_cost_as_much_as_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    team = make_team()
    many = [make_product(team, name=f"Product {number}", version="0.9") for number in range(4)]
    for number, one in enumerate(many[1:]):
        out(one, f"1.{number}.0", ago=5)
        out(one, f"1.{number}.1")
    with django_assert_num_queries(1):
        found = of_products(many)
    assert [found[one.pk].version for one in many] == ["0.9", "1.0.1", "1.1.1", "1.2.1"]


def text(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).content.decode()))


def test_list_page_answer_and_messages_name_the_same(team: Team, manager: User) -> None:
    product, client = make_product(team, name="Kitchen", version="1.0.0"), signed_in(manager)
    assert "1.0.0 as entered" in text(client, "/products/")
    assert "In production 1.0.0 as entered" in text(client, "/products/kitchen/")
    out(product, "1.0.1")
    assert "1.0.1 by deployments" in text(client, "/products/")
    assert "In production 1.0.1 by deployments" in text(client, "/products/kitchen/")
    assert "By deployments 1.0.1 is in production" in text(client, "/products/kitchen/edit/")
    incident = declare(product, by=manager, title="Orders vanish", severity=product.severities()[0])
    told = values(incident, moment.now())
    assert (told["old"], told["new"]) == ("1.0.1", "1.0.2")


def test_an_incident_speaks_of_its_own_product(team: Team, manager: User) -> None:
    """What another one, of another team too, has brought out since is none of its business."""
    product, other = make_product(team=team), make_product(name="Other", slug="other")
    incident = declare(product, by=manager, title="Slow")

    def runs() -> str:
        return glance.runs(glance.for_page().get(pk=incident.pk))

    out(other, "9.9.9")
    assert runs() == ""
    out(product, "1.0.1", ago=9)
    assert runs() == "1.0.1"


def test_after_a_rollback_the_decision_card_names_it_too(team: Team, manager: User) -> None:
    """Whoever takes a version back may report that one."""
    product = make_product(team, name="Kitchen")
    for ago, version in ((9, "1.0.0"), (8, "1.0.1")):
        out(product, version, ago=ago)
    out(product, "1.0.1", status="rolled_back", ago=7)
    incident = declare(product, by=manager, title="Orders vanish", severity=product.severities()[0])
    assert (known(product)[0], facts(incident, moment.now())["version"]) == ("1.0.0", "1.0.0")


def test_entering_another_one_than_was_deployed_says_which_counts(team: Team, manager: User) -> None:
    product, client = make_product(team, name="Kitchen", version="1.0.0"), signed_in(manager)
    out(product, "1.0.1")
    sent = {"name": "Kitchen", "process": product.process.key, "version": "1.2.0"}
    answer = client.post("/products/kitchen/edit/", sent, follow=True)
    assert "1.2.0 is kept, but by deployments 1.0.1 is in production." in answer.text
    answer = client.post("/products/kitchen/edit/", {**sent, "version": "v1.0.1"}, follow=True)
    assert "is kept, but" not in answer.text


def test_an_archived_product_says_what_ran(team: Team, manager: User) -> None:
    product, client = make_product(team, name="Kitchen", version="1.0.0"), signed_in(manager)
    archive_product(product, by=manager)
    assert "1.0.0 as entered" in text(client, "/products/kitchen/")
    assert "1.0.0 as entered" in text(client, "/products/")


def test_the_latest_is_by_the_moment_not_by_the_number() -> None:
    product = make_product()
    out(product, "2.0.0", ago=60)
    out(product, "1.9.9", ago=1)
    found = in_production(product)
    assert (found.version, found.source) == ("1.9.9", Source.DEPLOYMENTS)
    assert isinstance(found.at, datetime)


def test_who_is_not_in_the_team_learns_nothing(team: Team) -> None:
    product = make_product(team, name="Kitchen")
    out(product, "1.0.1")
    olga = make_user("olga@example.test")
    join(olga, make_team("others"))
    assert signed_in(olga).get("/products/kitchen/").status_code == 404
    assert "1.0.1" not in signed_in(olga).get("/products/").text
