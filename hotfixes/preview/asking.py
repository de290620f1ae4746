"""Asking for a preview, and for a look whether a release can still be had. Workers answer: git is on their disks.

Asked for when an incident opens, when something is deployed while one is open, and when a person opens the card.
"""

from datetime import datetime, timedelta

from django.db.models import F, Max, Value
from django.db.models.functions import Coalesce, Least

from foundation import moment
from hotfixes.models import Download, Preview
from hotfixes.rollback import addresses, code, releases
from hotfixes.rollback.ways import artifact_address
from incidents.models import Incident, Mode
from monitoring.announce import wake
from products.models import Deployment, Product

# A tag can move, and a download vanish: what was read longer ago is read anew when somebody looks.
FRESH = timedelta(minutes=10)
# Whoever decides looks at what is so now.
LATELY = timedelta(minutes=1)
MOST = 50

# By incident: up to which deployment of its product it was asked for. Lost with the process, and asked anew.
_ASKED: dict[int, int] = {}


def sweep() -> int:
    """For the ticker: asks for open incidents what nobody has asked yet; how many. Two queries while nothing is new."""
    waiting = Incident.objects.open().exclude(mode=Mode.RETROSPECTIVE).order_by("-pk")
    rows = list(waiting.values_list("pk", "product")[:MOST])
    if not rows:
        return 0
    last = dict(
        Deployment.objects.filter(product__in={product for _pk, product in rows})
        .order_by()
        .values_list("product")
        .annotate(last=Max("pk"))
    )
    new = [pk for pk, product in rows if _ASKED.get(pk) != last.get(product, 0)]
    for incident in Incident.objects.for_page().filter(pk__in=new):
        ask(incident)
    if len(_ASKED) > 10_000:
        _ASKED.clear()
    _ASKED.update({pk: last.get(product, 0) for pk, product in rows})
    return len(new)


def ask(incident: Incident, product: Product | None = None) -> None:
    """What the ways back of `incident` need, unless it is known freshly. A few queries; git is not asked here."""
    product = product or incident.product
    runs = releases.running(incident, product)
    target = releases.before(incident, product, runs) if runs else None
    if runs is None or target is None:
        return
    now = moment.now()
    asked = False
    if product.repository_id and runs.ref and target.ref:
        asked = _preview(product, runs.ref, target.ref, now)
    listed = (incident.process_version.document.get("rollback") or {}).get("options") or []
    entered = addresses.own(product) if listed else {}
    for option in listed:
        address = artifact_address(addresses.template(option, entered), product, target)
        asked = (bool(address) and _download(product, address, now)) or asked
    if asked:
        wake()


def look_again(product: Product, from_ref: str, to_ref: str, now: datetime) -> Preview | None:
    """For who opens the card: what was read more than a minute ago is read anew. None where nothing can be read."""
    if not (product.repository_id and from_ref and to_ref):
        return None
    if _preview(product, from_ref, to_ref, now, fresh=LATELY):
        wake()
    return Preview.objects.get(product=product, from_ref=from_ref, to_ref=to_ref)


def _preview(product: Product, from_ref: str, to_ref: str, now: datetime, fresh: timedelta = FRESH) -> bool:
    row, made = Preview.objects.get_or_create(
        product=product, from_ref=from_ref, to_ref=to_ref, defaults={"asked_at": now, "look_at": now}
    )
    if made:
        return True
    if row.look_at is not None:
        return False
    if row.made_at and not row.trouble and row.made_at > now - fresh and not code.is_old(row):
        return False
    if row.trouble and row.asked_at > now - timedelta(minutes=1):
        return False
    Preview.objects.filter(pk=row.pk).update(asked_at=now, look_at=_soonest(now), tries=0)
    return True


def _download(product: Product, url: str, now: datetime) -> bool:
    row, made = Download.objects.get_or_create(product=product, url=url[:1000], defaults={"look_at": now})
    if made:
        return True
    if row.look_at is not None or (row.looked_at and row.looked_at > now - FRESH):
        return False
    Download.objects.filter(pk=row.pk).update(look_at=_soonest(now))
    return True


def _soonest(now: datetime) -> Least:
    return Least(Coalesce(F("look_at"), Value(now)), Value(now))
