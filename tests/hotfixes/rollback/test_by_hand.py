"""What a person's word that the version before is back leaves behind, where no script or monitor reports anything."""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.lifecycle.start import start as start_hotfix
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import back
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident, Mode
from incidents.timeline.corrections import correct
from incidents.work.report import report
from products.models import Deployment, Product
from products.running import of_place
from products.versions_seen import see
from tests.hotfixes.rollback.test_remedy import before, decided, looked, production
from tests.signing import sign_in

__all__ = ["before"]

pytestmark = pytest.mark.usefixtures("declared")


def rows(product: Product) -> list[tuple[str, str, str]]:
    told = Deployment.objects.filter(product=product).order_by("at", "pk")
    return list(told.values_list("version", "status", "source"))[2:]


BACK = ("0.1.0", "rolled_back", "person")


def test_a_person_who_says_it_leaves_the_deployment_that_the_products_page_goes_by(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    event = back.say(made, by=ada)
    looked(made)
    assert rows(product) == [BACK]
    row = product.deployments.latest("pk")
    assert (row.by, row.at, row.was, row.environment) == (
        ada,
        event.occurred_at,
        "0.1.1",
        production(product),
    )
    product.refresh_from_db()
    assert (product.version, of_place(production(product)).version) == ("0.1.0", "0.1.0")
    page = sign_in(ada).get(f"/products/{product.slug}/deployments/").content.decode()
    assert "0.1.1 → 0.1.0" in page
    assert incident.events.filter(kind="rolled_back").count() == 1


def test_said_on_the_incident_it_is_the_same_and_said_twice_it_is_one(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    report(incident, "rolled_back", by=ada)
    report(incident, "smoke_failed", by=ada)
    looked(made)
    report(incident, "deploy_failed", by=ada)
    looked(made)
    assert rows(product) == [BACK]


def test_what_a_script_or_a_service_has_said_is_not_said_again_by_hand(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    report_deployment(product, production(product), version="0.1.0", status="succeeded", by=ada)
    with pytest.raises(TooLate):
        back.say(made, by=ada)
    assert rows(product) == [("0.1.0", "rolled_back", "api")]


def test_what_reports_it_after_the_person_makes_no_second_rollback(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    back.say(made, by=ada)
    see(product, production(product), where="health", version="0.1.0")
    report_deployment(product, production(product), version="0.1.1", status="rolled_back", by=ada)
    looked(made)
    assert of_place(production(product)).version == "0.1.0"
    product.refresh_from_db()
    assert product.version == "0.1.0"
    assert incident.events.filter(kind="rolled_back").count() == 1


def test_a_hotfix_that_is_judged_by_it_says_it_once(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    hotfix = start_hotfix(incident, by=ada)
    made = decided(incident, olga)
    back.say(made, by=ada)
    report(incident, "smoke_passed", by=ada)
    while judge_due():
        pass
    looked(made)
    assert hotfix.incident.events.filter(kind="rolled_back").count() == 1
    assert rows(product) == [BACK]


def test_a_corrected_moment_moves_it_and_what_is_brought_out_again_runs(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    Incident.objects.filter(pk=incident.pk).update(detected_at=moment.now() - timedelta(minutes=30))
    made = decided(incident, olga)
    event = back.say(made, by=ada)
    at = event.occurred_at - timedelta(minutes=5)
    correct(event, by=ada, reason="Sooner", occurred_at=at)
    assert (rows(product), product.deployments.latest("pk").at) == ([BACK], at)
    report_deployment(product, production(product), version="0.1.1", status="succeeded", by=ada)
    assert of_place(production(product)).version == "0.1.1"


def test_a_drill_brings_nothing_back(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    Incident.objects.filter(pk=incident.pk).update(mode=Mode.DRILL)
    back.say(decided(Incident.objects.for_page().get(pk=incident.pk), olga), by=ada)
    assert rows(product) == []
