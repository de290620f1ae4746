"""What a person's word that a hotfix is out leaves behind, where no script or monitor reports anything."""

from datetime import timedelta

import pytest

from accounts.models import User
from hotfixes.judging import judge_due
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from hotfixes.said.overriding import attest, withdraw
from incidents.lifecycle.declare import declare
from incidents.models import Incident, Mode
from incidents.timeline.corrections import correct
from incidents.work.report import report
from incidents.work.steps import finish
from live.models import Announcement
from products.environments import add_environment
from products.models import Deployment, Environment, Product
from products.running import of_place
from tests.factories import make_product
from tests.hotfixes.starting import critical
from tests.signing import sign_in

pytestmark = pytest.mark.usefixtures("fixing")


def place(product: Product, kind: str = "production") -> Environment:
    return product.environments.get(kind=kind)


def rows(product: Product) -> list[tuple[str, str, str, str]]:
    told = Deployment.objects.filter(product=product).order_by("at", "pk")
    return list(told.values_list("environment__kind", "version", "status", "source"))


def by_hand(version: str, kind: str = "production", status: str = "succeeded") -> tuple[str, str, str, str]:
    return (kind, version, status, "person")


def test_the_product_runs_it_from_then_on_and_the_next_hotfix_mends_that(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    event = report(hotfix.incident, "deployed", by=ada)
    (row,) = product.deployments.all()
    assert (row.by, row.at, row.hotfix, row.environment, row.version) == (
        ada, event.occurred_at, hotfix.ref, place(product), hotfix.new_version,
    )  # fmt: skip
    assert of_place(place(product)).version == "0.1.1"
    assert "0.1.1" in sign_in(ada).get(f"/products/{product.slug}/deployments/").content.decode()
    assert hotfix.incident.events.filter(kind="deployed").count() == 1
    following = start(critical(product, ada), by=ada)
    assert (following.old_version, following.new_version) == ("0.1.1", "0.1.2")


def test_it_stays_stated_until_something_shows_it_and_the_timeline_names_what_is(
    hotfix: Hotfix, ada: User
) -> None:
    report(hotfix.incident, "deployed", by=ada)
    while judge_due():
        pass
    assert hotfix.results.get(key="deployed", superseded_at=None).verdict == "STATED"
    report(hotfix.incident, "smoke_passed", by=ada)
    while judge_due():
        pass
    page = sign_in(ada).get(f"/incidents/{hotfix.incident.ref}/").content.decode()
    assert "<li><b>Stated: Deployed</b>. Deployed to production, says Ada. No script" in page
    assert (
        "<li><b>Stated: Smoke tests passed</b>. The smoke tests passed, says Ada. Nothing else shows it.</li>"
        in page
    )


def test_what_a_script_has_said_is_not_said_again_by_hand(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    report_deployment(product, place(product), version="0.1.1", status="succeeded", by=None)
    report(hotfix.incident, "deployed", by=ada)
    assert rows(product) == [("production", "0.1.1", "succeeded", "api")]


def test_what_reports_it_after_the_person_says_best_what_runs_since_then(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    event = report(hotfix.incident, "deployed", by=ada)
    made = report_deployment(product, place(product), version="0.1.1", status="succeeded", by=None)
    assert rows(product) == [by_hand("0.1.1"), ("production", "0.1.1", "succeeded", "api")]
    runs = of_place(place(product))
    assert (runs.version, runs.since, runs.by) == ("0.1.1", event.occurred_at, made)
    while judge_due():
        pass
    assert hotfix.incident.events.filter(kind="deployed").count() == 1


def test_only_where_what_it_mends_ran(hotfix: Hotfix, product: Product, ada: User) -> None:
    other = add_environment(product, name="Second", kind="production", by=ada)
    report_deployment(
        product, place_named(product, "production"), version="0.0.9", status="succeeded", by=ada
    )
    report_deployment(product, other, version="0.1.0", status="succeeded", by=ada)
    report(hotfix.incident, "deployed", by=ada)
    assert of_place(other).version == "0.1.1"
    assert of_place(place_named(product, "production")).version == "0.0.9"


def place_named(product: Product, slug: str) -> Environment:
    return product.environments.get(slug=slug)


def test_said_to_have_failed_afterwards_the_version_before_still_runs(
    hotfix: Hotfix, product: Product, ada: User
) -> None:
    report_deployment(product, place(product), version="0.1.0", status="succeeded", by=ada)
    report(hotfix.incident, "deployed", by=ada)
    report(hotfix.incident, "deploy_failed", by=ada)
    assert rows(product)[1:] == [by_hand("0.1.1", status="failed")]
    assert of_place(place(product)).version == "0.1.0"
    report(hotfix.incident, "deployed", by=ada)
    assert rows(product)[1:] == [by_hand("0.1.1", status="failed"), by_hand("0.1.1")]


def test_corrected_to_another_moment_it_moves_along(hotfix: Hotfix, product: Product, ada: User) -> None:
    event = report(hotfix.incident, "deployed", by=ada)
    earlier = event.occurred_at - timedelta(seconds=1)
    correct(event, by=ada, reason="It was out before.", occurred_at=earlier)
    assert product.deployments.get().at == earlier


@pytest.mark.parametrize("moved", [False, True])
def test_taken_back_it_is_not_out_and_the_check_says_so(
    hotfix: Hotfix, product: Product, ada: User, moved: bool
) -> None:
    said = attest(hotfix, "deployed", by=ada, text="It is out.")
    if moved:
        earlier = said.event.occurred_at - timedelta(seconds=1)
        correct(said.event, by=ada, reason="It was out before.", occurred_at=earlier)
    assert rows(product) == [by_hand("0.1.1")]
    withdraw(said, by=ada, reason="That was another product.")
    assert (rows(product), of_place(place(product)).version) == ([], "")
    while judge_due():
        pass
    assert hotfix.results.get(key="deployed", superseded_at=None).verdict == "PENDING"


@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.RETROSPECTIVE])
def test_nothing_stays_of_what_is_not_real(hotfix: Hotfix, product: Product, ada: User, mode: Mode) -> None:
    Incident.objects.filter(pk=hotfix.incident_id).update(mode=mode)
    told = Announcement.objects.filter(event="product").count()
    for kind in ("deployed", "deploy_failed"):
        report(Incident.objects.for_page().get(pk=hotfix.incident_id), kind, by=ada)
    assert rows(product) == []
    assert Announcement.objects.filter(event="product").count() == told, "pages of the product hear nothing"


def test_without_a_hotfix_nobody_knows_which_version_it_is(incident: Incident, ada: User) -> None:
    hotfix = start(incident, by=ada)
    abandon(hotfix, by=ada, reason="The service came back by itself.")
    report(incident, "deployed", by=ada)
    assert rows(incident.product) == []
    assert not incident.hotfixes.open().exists()


def test_where_the_process_deploys_to_a_dev_server_users_have_what_is_released(ada: User) -> None:
    product = make_product(ada.memberships.get().team, process="archy", name="Archy", version="1.0.0")
    add_environment(product, name="Dev server", kind="dev", by=ada)
    incident = declare(product, by=ada, title="White page", severity=product.severities().get(key="P1"))
    start(incident, by=ada)
    report(incident, "deployed", by=ada)
    assert rows(product) == [by_hand("1.0.1", "dev")]
    finish(incident, "manifest", by=ada)
    assert rows(product) == [by_hand("1.0.1", "dev"), by_hand("1.0.1")]
    report(incident, "deploy_failed", by=ada)
    assert rows(product) == [by_hand("1.0.1", "dev", "failed"), by_hand("1.0.1")]
