"""Which version a running service says it is, as scripts and monitors read it: a row per change (K56, A38)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foundation import moment
from products.deployment import Deployment, VersionSeen
from products.models import Environment, Product
from products.vocabulary import EnvironmentKind

LONGEST = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """`environment`: its slug, name or kind; "" is production."""

    product: int
    environment: str
    where: str
    version: str


def see(product: Product, environment: Environment | None, *, where: str, version: str) -> VersionSeen:
    """A script's word, in the caller's transaction. The same answer as last time only says that it still holds."""
    now = moment.now()
    places = VersionSeen.objects.select_for_update().filter(product=product, where=where)
    last = places.order_by("-pk").first()
    if last and last.version == version and last.environment == environment:
        last.seen_at = now
        last.save(update_fields=["seen_at"])
        return last
    return VersionSeen.objects.create(
        product=product, environment=environment, where=where, version=version, since=now, seen_at=now
    )


def read(readings: Iterable[Reading], now: datetime) -> int:
    """What monitors read, who hold their monitors; how many places changed. Four statements, however many readings."""
    wanted = {(one.product, one.where): one for one in readings}
    if not wanted:
        return 0
    last = _last(list(wanted.values()))
    places = _places({one.product for one in wanted.values()})
    same, fresh = [], []
    for key, one in wanted.items():
        environment, before = _place(places.get(one.product, []), one.environment), last.get(key)
        place = environment.pk if environment else None
        if before and (before.version, before.environment_id) == (one.version, place):
            same.append(before.pk)
        else:
            facts = {"where": one.where, "version": one.version, "since": now, "seen_at": now}
            probe = Deployment.Source.PROBE
            fresh.append(VersionSeen(product_id=one.product, environment_id=place, source=probe, **facts))
    if same:
        VersionSeen.objects.filter(pk__in=same).update(seen_at=now)
    VersionSeen.objects.bulk_create(fresh)
    return len(fresh)


def _last(readings: list[Reading]) -> dict[tuple[int, str], VersionSeen]:
    rows = VersionSeen.objects.filter(
        product__in={one.product for one in readings}, where__in={one.where for one in readings}
    )
    newest = rows.order_by("product_id", "where", "-pk").distinct("product_id", "where")
    return {(one.product_id, one.where): one for one in newest}


def _places(products: set[int]) -> dict[int, list[Environment]]:
    found: dict[int, list[Environment]] = {}
    for one in Environment.objects.filter(product__in=products).order_by("pk"):
        found.setdefault(one.product_id, []).append(one)
    return found


def _place(places: list[Environment], name: str) -> Environment | None:
    """None for a name that the product does not know: then it is said of the product alone."""
    word = name.strip().casefold() or str(EnvironmentKind.PRODUCTION)
    exact = (one for one in places if word in (one.slug.casefold(), one.name.casefold()))
    return next(exact, None) or next((one for one in places if one.kind == word), None)
