"""What a person's word that the version before is back leaves behind: the deployment that no script reports, so that
the product's page and its list of deployments say what the rollback says.
"""

from datetime import datetime

from hotfixes.deployments import following
from hotfixes.models import Hotfix, Rollback
from hotfixes.observing import asking
from hotfixes.rollback.releases import environments
from hotfixes.rollback.remarks import HALT
from incidents.models import Mode, TimelineEvent
from products.models import Deployment, Environment, Product
from products.running import of_place
from products.versions import bare


def keep(rollback: Rollback, event: TimelineEvent) -> None:
    """In the transaction of whoever says it. Nothing where a report says it already, of a drill, or of a rollout that
    is halted: there who has the version keeps it.
    """
    if event.actor is None or event.data.get("by_check") or event.data.get("deployment"):
        return
    halt = rollback.option.get("kind") == HALT
    if halt or not rollback.to_version or rollback.incident.mode != Mode.LIVE:
        return
    made = [one for place in _places(rollback) if (one := _row(rollback, place, event))]
    if made:
        asking.ask(*Hotfix.objects.open().filter(product=rollback.product))


def moved(rollback: Rollback, was: datetime, at: datetime) -> None:
    """It was back at another moment than was said first."""
    rows = Deployment.objects.filter(
        product=rollback.product, source=Deployment.Source.PERSON, status=Deployment.Status.ROLLED_BACK,
        version=rollback.to_version, stage="", at=was,
    )  # fmt: skip
    for one in rows.select_related("environment"):
        # What followed from it happened then, too.
        one.at, one.handled_at = at, None
        one.save(update_fields=["at", "handled_at"])
        _tell_product(one)


def _places(rollback: Rollback) -> list[Environment]:
    """Each production that ran what is taken back; where nobody has said what runs, the first."""
    places = environments(rollback.incident, rollback.product)
    ran = [one for one in places if bare(of_place(one).version) == rollback.from_version]
    return (ran if rollback.from_version else []) or places[:1]


def _row(rollback: Rollback, place: Environment, event: TimelineEvent) -> Deployment | None:
    """None where it runs there already, as far as has been reported."""
    before = of_place(place, until=event.occurred_at)
    if bare(before.version) == rollback.to_version:
        return None
    made = Deployment.objects.create(
        product=rollback.product, environment=place, version=rollback.to_version,
        was=before.version or rollback.from_version, status=Deployment.Status.ROLLED_BACK,
        source=Deployment.Source.PERSON, by=event.actor, at=event.occurred_at,
    )  # fmt: skip
    _tell_product(made)
    return made


def _tell_product(made: Deployment) -> None:
    """Whoever brings something out holds the product and waits for the incident, which is held here: so this never
    waits for the product. Where it is held, that one says what runs.
    """
    free = Product.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=made.product_id)
    if free.exists():
        following.went_back(made)
