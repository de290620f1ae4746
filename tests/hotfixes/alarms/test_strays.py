"""What was brought out without a hotfix: a production tag, a deployment."""

from datetime import timedelta

from foundation import moment
from hotfixes.alarms.strays import Stray, strays
from hotfixes.lifecycle.start import start
from incidents.lifecycle.declare import declare
from incidents.models import Mode
from products.models import Deployment, Product
from tests.hotfixes.checks.stories import TAG
from tests.hotfixes.observing.watched import Watched


def test_a_production_tag_without_a_hotfix_is_offered_to_be_entered(watched: Watched) -> None:
    """Seen after watching began, and raised as a hotfix raises it: neither history nor an ordinary release."""
    watched.look()
    assert found(watched.product) == []
    watched.story.repository.tag("krow/prod-v0.2.0", watched.story.base, "Release")
    watched.story.tag(watched.story.whole_fix())
    watched.look()
    [stray] = found(watched.product)
    assert (stray.kind, stray.name, stray.version) == ("tag", TAG, "0.1.1")
    assert "mode=retrospective" in stray.url
    incident = declare(
        watched.product, by=watched.ada, title=stray.title, severity=watched.product.severities().first(),
        detected_at=stray.at, mode=Mode.RETROSPECTIVE,
    )  # fmt: skip
    made = start(incident, by=watched.ada)
    assert (made.incident.mode, made.new_version) == ("retrospective", "0.1.1")
    assert found(watched.product) == []
    watched.look()
    assert watched.verdicts(made)["tag_pushed"] == "PASS"


def test_a_deployment_without_a_hotfix(watched: Watched) -> None:
    environment = watched.product.environments.get(kind="production")
    for version, hours in (("0.1.0", 9), ("0.1.1", 1), ("0.1.0", 0)):
        Deployment.objects.create(
            product=watched.product, environment=environment, version=version, status="succeeded", source="api",
            at=moment.now() - timedelta(hours=hours),
        )  # fmt: skip
    [stray] = found(watched.product)
    assert (stray.kind, stray.version) == ("deployment", "0.1.1")


def found(product: Product) -> list[Stray]:
    return strays(Product.objects.with_process().filter(pk=product.pk))
