"""A rollback on pages: what was brought out is reported from its own page, and the ruler says what it does without."""

from django.test import Client

from accounts.models import User
from foundation import moment
from hotfixes.rollback import back, rounds
from incidents.models import Incident
from incidents.ruler.panel import read
from incidents.work.report import report
from products.models import Product
from tests.hotfixes.rollback.test_remedy import before, decided
from tests.signing import sign_in

__all__ = ["before"]


def links(page: str) -> list[str]:
    return [part.partition('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]


def test_the_deployment_is_reported_by_hand_from_its_page(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    made = decided(incident, olga)
    phone = sign_in(ada)
    page = phone.get(made.get_absolute_url()).content.decode()
    form = next(one for one in links(page) if "/deployments/new" in one)
    shown = phone.get(form).content.decode()
    assert 'value="0.1.0"' in shown
    fields = {"environment": "production", "version": "0.1.0", "status": "succeeded"}
    answer = phone.post(form, {**fields, "next": made.get_absolute_url()})
    assert (answer.status_code, answer["Location"]) == (302, made.get_absolute_url())
    assert product.deployments.latest("pk").status == "rolled_back"
    made.refresh_from_db()
    assert made.back_at is not None
    assert "/deployments/new" not in Client().get(made.get_absolute_url()).content.decode()


def test_the_ruler_shows_the_rollback_and_asks_for_no_branch(
    incident: Incident, product: Product, ada: User, olga: User, before: None
) -> None:
    """K78–K85: what only a fix has is not late; what was brought out is the version before."""
    made = decided(incident, olga)
    shown = read(incident, moment.now())
    assert shown is not None
    stands = {mark.plan.label: mark.status for mark in shown.marks}
    assert {stands[name] for name in ("Branch created", "Fix in place", "Approved", "Merged", "Tagged")} == {
        "not_needed"
    }
    assert stands["Deployed"] == "planned"
    assert [one.label for one in shown.happened] == ["Decided to go back", "Rollback begun"]
    back.say(made, by=ada)
    rounds.look(made.pk)
    for kind in ("smoke_passed", "watch_met"):
        report(Incident.objects.get(pk=incident.pk), kind, by=ada)
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    shown = read(fresh, moment.now())
    assert shown is not None
    assert next(mark for mark in shown.marks if mark.plan.label == "Deployed").real_at is not None
    assert [one.label for one in shown.happened] == [
        "Decided to go back", "Rollback begun", "Version before is back", "Watch passed",
    ]  # fmt: skip
    page = sign_in(ada).get(fresh.get_absolute_url()).content.decode()
    assert ("Version before is back" in page, "not planned" in page) == (True, True)
