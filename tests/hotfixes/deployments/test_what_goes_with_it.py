"""What goes with a rollback: which fixes of other incidents it takes back, said before it is decided (A37, K138), and
which of several places of the users has what.
"""

import pytest

from accounts.models import Team, User
from hotfixes.models import Hotfix, Rollback
from hotfixes.reported.deployments import report_deployment
from hotfixes.rollback import rounds
from incidents.models import Incident
from incidents.sentences.sentences import sentence
from products.models import Deployment, Environment, Product
from products.vocabulary import EnvironmentKind
from tests.hotfixes.deployments.taken import fix, fresh, gone_back, other, out, page, settle, stage, told
from tests.hotfixes.rollback.test_remedy import decided, production

__all__ = ["fix", "other", "out"]

pytestmark = pytest.mark.usefixtures("out")
CONFIRM = "/decisions/{}/confirm?choice=rollback&option=redeploy_previous_tag"
HIDDEN = "a fix of an incident that you may not see"


def test_the_card_names_the_fix_that_going_back_takes_back(fix: Hotfix, other: Incident, olga: User) -> None:
    card = page(olga, f"/decisions/{other.ref}/")
    assert '<b class="tone high">HF-1 of INC-1 (0.1.1)</b> <small>what else: can&#x27;t tell</small>' in card
    assert "takes back another incident&#x27;s fix" in card
    assert "<dt>Takes back</dt><dd>HF-1 of INC-1 (0.1.1)</dd>" in card
    assert "It takes back HF-1 of INC-1 (0.1.1). Who works there is told" in page(
        olga, CONFIRM.format(other.ref)
    )
    assert "INC-1 (0.1.1)" not in page(olga, f"/decisions/{fix.incident.ref}/")
    gone_back(other, olga, olga)
    assert "<dt>Takes back</dt><dd>HF-1 of INC-1 (0.1.1)</dd>" in page(olga, f"/decisions/{other.ref}/")


@pytest.mark.parametrize("why", ["private", "another team's"])
def test_of_a_fix_that_not_all_readers_may_know_of_no_number_is_named(
    fix: Hotfix, other: Incident, olga: User, product: Product, why: str
) -> None:
    if why == "private":
        Incident.objects.filter(pk=fix.incident_id).update(private=True)
    else:
        theirs = Product.objects.create(
            team=Team.objects.create(name="Shop", slug="shop"),
            name="Shop",
            slug="shop",
            process=product.process,
        )
        Incident.objects.filter(pk=fix.incident_id).update(product=theirs)
    card = page(olga, f"/decisions/{other.ref}/")
    assert HIDDEN in card
    assert "HF-1" not in card
    assert "INC-1" not in card


def test_of_several_places_nobody_claims_of_all_what_was_seen_in_one(
    fix: Hotfix, other: Incident, ada: User, olga: User, product: Product
) -> None:
    """Users of the second one have the fix all the while, and lack it for longer."""
    us = Environment.objects.create(product=product, slug="us", name="US", kind=EnvironmentKind.PRODUCTION)

    def brought(place: Environment, version: str) -> None:
        report_deployment(product, place, version=version, status="succeeded", by=None)
        for rollback in Rollback.objects.all():
            rounds.look(rollback.pk)
        settle()

    brought(us, "0.1.1")
    made = decided(other, olga)
    brought(production(product), "0.1.0")
    assert told(fix)[-1].data["still"] == "US"
    assert str(sentence(told(fix)[-1])).endswith("without HF-1 0.1.1. It still runs in: US")
    assert stage(fix) == "Taken back in part"
    assert "0.1.0 runs again in: Production. Not yet in: US." in page(ada, made.get_absolute_url())
    made.refresh_from_db()
    assert made.back_at is None
    brought(us, "0.1.0")
    made, last = Rollback.objects.get(pk=made.pk), Deployment.objects.latest("pk")
    assert (made.back_at, stage(fix), told(fix)[-1].data.get("still")) == (last.at, "Taken back", None)
    brought(us, "0.2.0")
    again = str(sentence(told(fix, "deployed")[-1]))
    assert again.endswith("(US). See that it holds the fix. Still without it: Production")
    assert (stage(fix), fresh(fix).is_going_out) == ("Taken back in part", False)
    brought(us, "0.2.1")
    said = len(told(fix, "deployed"))
    brought(production(product), "0.2.0")
    assert (fresh(fix).taken_back_at, stage(fix)) == (None, "Deployed")
    assert len(told(fix, "deployed")) == said + 1
    assert str(sentence(told(fix, "deployed")[-1])).endswith("(Production). See that it holds the fix")
