"""Made-up scenes after the story of an outage: the decision, going back, and watching what was brought out."""

from accounts.models import User
from foundation import moment
from hotfixes.decision.decide import decide
from hotfixes.decision.proposing import propose
from hotfixes.watch import smoke, tallies
from incidents.lifecycle import transitions as do
from incidents.models import Incident
from incidents.roles import roles
from incidents.work.report import report
from products.models import Deployment, RoleHolder
from products.vocabulary import EnvironmentKind
from tests.stage import Stage, ago, change

type Story = tuple[User, Incident]


def decision(story: Story) -> Stage:
    person, incident = _decides(story)
    lead = incident.declared_by
    assert lead
    propose(
        incident, by=lead, choice="hotfix", confidence="sure", cause="known",
        text="The guard is one line; going back would lose the new shift swap.",
    )  # fmt: skip
    return Stage(person, f"/decisions/{incident.ref}/")


def rollback(story: Story) -> Stage:
    person, incident = _decides(story)
    way = incident.process_version.document["rollback"]["options"][0]["key"]
    decide(incident, by=person, choice="rollback", option=way, reason="The cause is not understood yet.")
    return Stage(person, incident.rollbacks.get().get_absolute_url())


def watch(story: Story) -> Stage:
    person, incident = story
    now = moment.now()
    do.mitigate(incident, by=person, text="The old response shape is served again.", at=ago(now, minutes=80))
    report(incident, "hotfix_started", by=person, at=ago(now, minutes=75))
    for kind, minutes in (("merged", 62), ("tagged", 60), ("deployed", 52)):
        if kind == "deployed":
            assert incident.target
            change(incident.target, "up", ago(now, minutes=51), outcome=incident.ref)
        report(incident, kind, by=person, at=ago(now, minutes=minutes))
    tried = dict.fromkeys(smoke.wanted(incident), True)
    smoke.tick(incident, by=person, results=tried, at=ago(now, minutes=47))
    tallies.add(incident, kind="errors", count=0, since=ago(now, minutes=52), by=person, source="Log")
    roles.claim(incident, "devops", by=person, at=ago(now, minutes=52))
    return Stage(person, incident.get_absolute_url(), part="#panel-watch")


def _decides(story: Story) -> Story:
    """The one who looks is the product owner, and knows what ran before."""
    person, incident = story
    product, now = incident.product, moment.now()
    RoleHolder.objects.create(product=product, role="product_owner", user=person, position=1)
    place = product.environments.filter(kind=EnvironmentKind.PRODUCTION).first()
    assert place
    for version, hours in (("0.0.9", 700), ("0.1.0", 26)):
        Deployment.objects.create(
            product=product, environment=place, version=version, at=ago(now, hours=hours),
            status=Deployment.Status.SUCCEEDED, source=Deployment.Source.API,
        )  # fmt: skip
    return person, incident
