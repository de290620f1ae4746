"""What runs where: per environment the version, since when, who said it and how that is known (A44, K56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from products.deployment import Deployment
from products.models import Environment, Product
from products.versions import bare, lower

MOST = 200
ENDED = (Deployment.Status.SUCCEEDED, Deployment.Status.ROLLED_BACK)


@dataclass(frozen=True, slots=True)
class Running:
    """`version` "" when nobody has said it; `by` is the report that says so. `latest`: the last report of all, where it
    is another one: under way, failed, or with a store. `guessed`: what ran before came back, as nobody named it.
    """

    environment: Environment
    version: str = ""
    since: datetime | None = None
    by: Deployment | None = None
    latest: Deployment | None = None
    guessed: bool = False


def running(product: Product) -> list[Running]:
    """Of each environment of the product, in their order. A query per environment."""
    return [of_place(place) for place in product.environments.all()]


def of_place(place: Environment, until: datetime | None = None) -> Running:
    """`until`: as it was then, by what has been said by now."""
    rows = Deployment.objects.filter(environment=place).select_related("by", "environment")
    if until is not None:
        rows = rows.filter(at__lte=until)
    told = list(rows.order_by("-at", "-pk")[:MOST])[::-1]
    found = stands(place, told)
    latest = told[-1] if told and told[-1] != found.by else None
    return Running(place, found.version, found.since, found.by, latest, found.guessed)


def _said_again(one: Deployment, last: Deployment | None) -> bool:
    """The same rollback, told twice: by what runs again, or by the newer one that was taken back."""
    if last is None or one.status != last.status or one.status != Deployment.Status.ROLLED_BACK:
        return False
    taken = bare(one.version) == bare(last.was) and lower(last.version, last.was) is True
    return taken or bare(one.version) == bare(last.version)


def stands(place: Environment, told: Sequence[Deployment]) -> Running:
    """By these reports, the oldest first. Pure."""
    found = course(place, told)
    return found[-1] if found else Running(place)


def course(place: Environment, told: Sequence[Deployment]) -> list[Running]:
    """What ran one after the other by these reports, both the oldest first. Pure.

    A report of `rolled_back` names what runs again, or what was taken back: then it is what ran before that.
    """
    spans: list[Deployment] = []
    ran: list[Running] = []
    found = Running(place)
    # The rollback by which it came to what runs, also when that is said to be deployed once more.
    back: Deployment | None = None
    for one in told:
        if one.status not in ENDED or _said_again(one, back):
            continue
        is_back = one.status == Deployment.Status.ROLLED_BACK
        if is_back and bare(one.version) == bare(found.version):
            earlier = next((e for e in reversed(spans) if bare(e.version) != bare(found.version)), None)
            version = earlier.version if earlier else ""
            found, back = Running(place, version, one.at, one, guessed=True), one
            ran.append(found)
        elif bare(one.version) != bare(found.version) or found.guessed:
            found, back = Running(place, one.version, one.at, one), one if is_back else None
            ran.append(found)
        else:
            # Deployed again: it runs since the first time, and the newest report says so best.
            found = Running(place, one.version, found.since, one)
            ran[-1:] = [found]
        if not found.guessed:
            spans.append(one)
    return ran
