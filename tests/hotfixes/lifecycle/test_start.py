"""Starting a hotfix: which version it mends, what it is called, and who begins it."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.lifecycle.start import Begun, adopt, start
from hotfixes.naming import named
from incidents.lifecycle import exits
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from products.models import Deployment, Product

pytestmark = pytest.mark.usefixtures("db")


def test_the_version_in_production_is_mended(incident: Incident, product: Product, ada: User) -> None:
    """K20, K32: what was deployed last goes before what the product's page says."""
    product.version = "0.0.9"
    product.save()
    environment = product.environments.get(kind="production")
    Deployment.objects.create(
        product=product, environment=environment, version="v0.1.0+5", status="succeeded", source="api",
        at=moment.now(),
    )  # fmt: skip
    made = start(incident, by=ada)
    assert (made.old_version, made.new_version) == ("0.1.0", "0.1.1")
    assert named.tag(made).endswith("/prod-v0.1.1")
    assert "hotfix_started" in incident.events.values_list("kind", flat=True)


def test_the_policy_stays_as_it_was_then(incident: Incident, product: Product, ada: User) -> None:
    made = start(incident, by=ada)
    product.policy = {"merge": "any"}
    product.save()
    made.refresh_from_db()
    assert made.rules.merge == "ff-only"


@pytest.mark.parametrize("name", ["-rf", "a..b", "a b", "a\x07"])
def test_a_name_that_git_would_not_take_is_refused(incident: Incident, ada: User, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        start(incident, by=ada, branch=name)
    assert list(refused.value.message_dict) == ["branch"]


def test_only_one_is_under_way(incident: Incident, ada: User) -> None:
    made = start(incident, by=ada)
    with pytest.raises(Begun) as refused:
        start(incident, by=ada)
    assert refused.value.standing == made


def test_what_is_over_gets_none(incident: Incident, ada: User) -> None:
    exits.decline(incident, by=ada, reason="A false alarm")
    with pytest.raises(TooLate):
        start(incident, by=ada)


def test_a_decision_begins_one(incident: Incident, olga: User) -> None:
    """K138."""
    decide(incident, by=olga, choice="hotfix", reason="Nothing to go back to")
    assert (adopt(), adopt()) == (1, 0)
    made = incident.hotfixes.get()
    assert (made.started_by, made.status) == (olga, "open")
