"""archy: a deployment to the dev server finishes its step, and what watches the product verifies the fix (A24, A25)."""

from datetime import timedelta

import pytest

from accounts.models import User
from foundation import moment
from hotfixes.judging import judge_due
from hotfixes.lifecycle.start import start
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import report_deployment
from incidents.lifecycle.declare import declare
from incidents.models import Incident
from incidents.work import work
from monitoring.models import Monitor, Target
from products.models import Environment, Product
from tests.factories import join, make_monitor, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archy(db: None) -> Product:
    product = make_product(process="archy", name="Archy", slug="archy")
    product.environments.create(name="Dev server", slug="dev", kind="dev")
    return product


@pytest.fixture
def robin(archy: Product) -> User:
    join(user := make_user("robin@example.test"), archy.team)
    return user


def started(archy: Product, robin: User) -> Hotfix:
    archy.version = "0.1.0"
    archy.save()
    severity = archy.severities().order_by("rank").first()
    assert severity
    incident = declare(archy, by=robin, title="Sign-in fails", severity=severity)
    return Hotfix.objects.for_page().get(pk=start(incident, by=robin).pk)


def deployed_to_dev(hotfix: Hotfix, minutes: int) -> Environment:
    dev = hotfix.product.environments.get(kind="dev")
    Incident.objects.update(detected_at=moment.now() - timedelta(hours=1))
    at = moment.now() - timedelta(minutes=minutes)
    report_deployment(hotfix.product, dev, version=hotfix.new_version, status="succeeded", by=None, at=at)
    settle()
    return dev


def looked(monitor: Monitor, state: str, *, minutes_ago: float = 0) -> None:
    now = moment.now()
    Monitor.objects.filter(pk=monitor.pk).update(looked_at=now - timedelta(minutes=minutes_ago))
    fresh = {"fresh_until": now + timedelta(hours=1), "settled": state}
    Target.objects.filter(monitor=monitor).update(state=state, since=now, seen=state, **fresh)
    Hotfix.objects.update(look_at=now)
    settle()


def settle() -> None:
    while judge_due():
        pass


def verdict(hotfix: Hotfix) -> tuple[str, str]:
    row = hotfix.results.get(key="verified_live", superseded_at=None)
    return row.verdict, row.summary


def test_a_deployment_to_the_dev_server_finishes_its_step(archy: Product, robin: User) -> None:
    hotfix = started(archy, robin)
    deployed_to_dev(hotfix, 5)
    incident = Incident.objects.for_page().get(pk=hotfix.incident_id)
    assert incident.events.filter(kind="deployed").count() == 1
    (box,) = [box for box in work.of(incident).boxes if box.check_key == "deployed"]
    assert box.state == "done"


def test_what_watches_the_product_verifies_it_once_it_was_looked_at(archy: Product, robin: User) -> None:
    hotfix, monitor = started(archy, robin), make_monitor(archy, name="Health")
    assert hotfix.new_version == "0.1.1"
    settle()
    assert verdict(hotfix) == ("PENDING", "It comes after the deployment.")
    deployed_to_dev(hotfix, 5)
    looked(monitor, "up", minutes_ago=4.5)
    assert verdict(hotfix)[0] == "PENDING"
    looked(monitor, "up")
    assert verdict(hotfix) == ("PASS", "Up since the deployment: Health.")
    looked(monitor, "down")
    assert verdict(hotfix) == ("FAIL", "Since the deployment down: Health.")


def test_a_monitor_of_another_environment_says_nothing_of_it(archy: Product, robin: User) -> None:
    hotfix = started(archy, robin)
    monitor = make_monitor(archy, name="Nodes", expect={"environment": "production"})
    deployed_to_dev(hotfix, 5)
    looked(monitor, "up")
    assert verdict(hotfix)[0] == "PENDING"
    looked(monitor, "down")
    assert verdict(hotfix)[0] == "PENDING"


def test_somebody_is_asked_again_without_anything_happening(archy: Product, robin: User) -> None:
    hotfix = started(archy, robin)
    deployed_to_dev(hotfix, 1)
    hotfix.refresh_from_db()
    assert hotfix.look_at is not None
    assert timedelta() < hotfix.look_at - moment.now() < timedelta(minutes=2)
