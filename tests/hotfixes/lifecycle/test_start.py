"""Starting a hotfix: which version it mends, what it is called, and who begins it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.lifecycle.ending import abandon
from hotfixes.lifecycle.start import Begun, adopt, start
from hotfixes.naming import named
from incidents.lifecycle import exits
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from products.models import Deployment, Product
from tests.hotfixes.starting import critical
from tests.signing import sign_in

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


def test_two_at_once_for_a_product_are_called_differently(
    incident: Incident, product: Product, ada: User
) -> None:
    """They would push to one branch and one tag. One that was given up gives its number back."""
    product.version = "0.1.0"
    product.save()
    first = start(incident, by=ada)
    second = start(critical(product, ada), by=ada)
    assert [(one.old_version, one.new_version) for one in (first, second)] == [
        ("0.1.0", "0.1.1"),
        ("0.1.0", "0.1.2"),
    ]
    abandon(second, by=ada, reason="A mistake")
    assert start(critical(product, ada), by=ada).new_version == "0.1.2"


def test_what_is_over_gets_none(incident: Incident, ada: User) -> None:
    exits.decline(incident, by=ada, reason="A false alarm")
    with pytest.raises(TooLate):
        start(incident, by=ada)


def test_a_decision_begins_one(incident: Incident, olga: User) -> None:
    """K138. In its own transaction: the next page shows it."""
    decide(incident, by=olga, choice="hotfix", reason="Nothing to go back to")
    made = incident.hotfixes.get()
    assert adopt() == 0
    assert (made.started_by, made.status) == (olga, "open")


@pytest.mark.parametrize(
    "words", ["1.4.0 since the rollout on Tuesday", "all of them", "build 118 / 119", "1..2"]
)
def test_what_is_no_version_names_nothing(
    incident: Incident, product: Product, ada: User, words: str
) -> None:
    """People write more than a number beside "Version affected": then what is in production is mended."""
    Product.objects.filter(pk=product.pk).update(version="0.1.0")
    incident.product.refresh_from_db()
    incident.affected_version = words
    incident.save(update_fields=["affected_version"])
    made = start(incident, by=ada)
    assert (made.old_version, made.new_version) == ("0.1.0", "0.1.1")


@pytest.mark.parametrize("old", ["1.2.3.4", "1.4.0-rc.1", "r42", "2026-11"])
def test_a_scheme_of_a_teams_own_is_asked_for_and_not_guessed(
    incident: Incident, ada: User, old: str
) -> None:
    Product.objects.filter(pk=incident.product_id).update(version=old)
    incident.product.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        start(incident, by=ada)
    assert refused.value.message_dict == {
        "version": [f"{old} cannot be counted up. Say which version this hotfix brings."]
    }
    made = start(incident, by=ada, version=f"v{old}x1" if old[0].isdigit() else "r43")
    assert made.new_version == (f"{old}x1" if old[0].isdigit() else "r43")
    assert named.complete(named.tag(made))


@pytest.mark.parametrize(
    ("version", "wrong"),
    [
        ("0.1.0", "0.1.0 is what it mends. Say which version it brings."),
        ("0.0.9", "0.0.9 is older than 0.1.0, which it mends."),
        ("banana", "“banana” is no version: it has no number. Write one such as 0.1.0 or v1.4.2."),
    ],
)
def test_the_version_it_brings_comes_after_the_one_it_mends(
    incident: Incident, ada: User, version: str, wrong: str
) -> None:
    Product.objects.filter(pk=incident.product_id).update(version="0.1.0")
    incident.product.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        start(incident, by=ada, version=version)
    assert refused.value.message_dict == {"version": [wrong]}


def test_a_policy_that_cannot_be_read_keeps_nobody_from_deciding(
    incident: Incident, product: Product, olga: User
) -> None:
    """The ticker begins it once that is mended."""
    Product.objects.filter(pk=product.pk).update(policy={"merge": "as you like"})
    decide(incident, by=olga, choice="hotfix", reason="Nothing to go back to")
    assert not incident.hotfixes.exists()
    Product.objects.filter(pk=product.pk).update(policy={})
    assert (adopt(), adopt()) == (1, 0)


def test_whatever_keeps_it_from_beginning_keeps_nobody_from_deciding(incident: Incident, olga: User) -> None:
    """Here the table itself refuses it."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE hotfixes_hotfix ADD CHECK (incident_id <> {incident.pk})")
    decide(incident, by=olga, choice="hotfix", reason="Nothing to go back to")
    assert (incident.decisions.count(), incident.hotfixes.count()) == (1, 0)


def test_the_page_after_the_decision_shows_it(incident: Incident, olga: User) -> None:
    decide(incident, by=olga, choice="hotfix", reason="Nothing to go back to")
    shown = sign_in(olga).get(incident.get_absolute_url()).content.decode()
    assert "Hotfix HF-1" in shown
    assert "No hotfix is under way" not in shown
