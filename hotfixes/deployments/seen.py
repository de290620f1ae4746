"""What follows from the version that a running service says it is: hotfixes judged again, a deployment that nobody
reported, a rollback.

A monitor may ask one of several machines behind an address: an older version counts once it has stayed.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from foundation import moment
from foundation.crash import crashpoint
from hotfixes.deployments import following
from hotfixes.deployments.recognising import Remedies, recognised, unclear
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from products.models import Deployment, Environment, VersionSeen
from products.running import of_place
from products.versions import Version, bare

MOST = 100
# How long an older version must have stayed at a place that a monitor asks.
STAYS = timedelta(seconds=60)
# A script that has begun says itself how it ended; it is believed for so long.
UNDER_WAY = timedelta(hours=1)


def take_in() -> int:
    """Rows that nothing followed from yet; how many are done with. For the ticker."""
    waiting = list(_waiting().values_list("pk", flat=True)[:MOST])
    return sum(_handled(pk) for pk in waiting)


def _waiting() -> QuerySet[VersionSeen]:
    return VersionSeen.objects.filter(handled_at=None).order_by("pk")


@transaction.atomic
def _handled(pk: int) -> bool:
    """Whether it is done with; what has not stayed yet waits for the next round."""
    rows = (
        _waiting().select_for_update(of=("self",), skip_locked=True).select_related("product", "environment")
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        return False
    now = moment.now()
    done = row.environment is None or _followed(row, row.environment, now)
    if done or not _is_known(row):
        asking.ask(*Hotfix.objects.open().filter(product=row.product_id))
    crashpoint("ingest.version_followed")
    if done:
        VersionSeen.objects.filter(pk=pk).update(handled_at=now)
    return done


def _is_known(row: VersionSeen) -> bool:
    """Whether the hotfixes were judged with it already: while it waits they are asked once."""
    open_ = Hotfix.objects.open().filter(product=row.product_id)
    return not open_.exclude(looked_at__gte=row.since).exists()


def _followed(row: VersionSeen, place: Environment, now: datetime) -> bool:
    """Whether all is done that follows from it."""
    later = VersionSeen.objects.filter(product=row.product_id, where=row.where, pk__gt=row.pk)
    if later.exists():
        return True  # it has changed again since: that one counts
    place = Environment.objects.select_for_update(no_key=True).get(pk=place.pk)
    before = of_place(place)
    if before.version and bare(before.version) == bare(row.version):
        return True
    if _begun(place, now):
        return False
    if Version.parse(bare(row.version)) is None or unclear(row.version, before.version):
        return True  # a commit, a date: nobody can tell whether it is newer
    status = recognised(
        Deployment.Status.SUCCEEDED, row.version, before, remedies=Remedies.of(row.product, place)
    )
    back, probe = status == Deployment.Status.ROLLED_BACK, row.source == Deployment.Source.PROBE
    if back and not _fell(row):
        return True  # this place was never newer: one that was not deployed to
    if not back and not probe:
        return True  # a script that asked a service reports its deployments itself
    if back and probe and row.seen_at < row.since + STAYS:
        return False
    _make(row, place, status, before.version)
    return True


def _fell(row: VersionSeen) -> bool:
    """Whether that very place said a newer one before."""
    earlier = VersionSeen.objects.filter(product=row.product_id, where=row.where, pk__lt=row.pk)
    last = earlier.order_by("-pk").first()
    return (
        last is not None
        and last.environment_id == row.environment_id
        and bare(last.version) != bare(row.version)
    )


def _begun(place: Environment, now: datetime) -> bool:
    """Whether a deployment is under way there, which will say itself how it ended."""
    last = Deployment.objects.filter(environment=place).order_by("-at", "-pk").first()
    return last is not None and last.status == Deployment.Status.STARTED and last.at > now - UNDER_WAY


def _make(row: VersionSeen, place: Environment, status: str, was: str) -> None:
    fixes = Hotfix.objects.open().filter(product=row.product_id)
    mine = [one for one in fixes if one.new_version and bare(one.new_version) == bare(row.version)]
    made = Deployment.objects.create(
        product=row.product,
        environment=place,
        version=row.version,
        was=was,
        hotfix=mine[0].ref if len(mine) == 1 else "",
        status=status,
        source=Deployment.Source.PROBE,
        at=row.since,
        token=row.where[:80],
    )
    following.follow(made)
