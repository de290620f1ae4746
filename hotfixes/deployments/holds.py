"""Which releases wait for a remedy (K55): said on pages and in the API, told to the rooms as it begins and ends.

Rows of products.Hold follow the open hotfixes and rollbacks of real incidents; who asks is answered by those
themselves. A private incident holds nothing in front of people who may not know of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from foundation import moment
from foundation.crash import crashpoint
from hotfixes.checks.shapes import listed
from hotfixes.models import Hotfix, Rollback
from incidents import alarms
from incidents.alarms import Alarm
from incidents.lifecycle.lifecycle import announce
from incidents.models import Incident, Mode, Participant
from incidents.telling import notice
from live import bus
from notifications.models import Channel
from notifications.queue import Recipient
from products.announcing import shown_anew, shown_anew_to
from products.models import Hold, Product

type Remedy = Hotfix | Rollback
BEGUN, FREE = "hold", "free"
MOST = 50
# So many products of all that are held Now links to.
NAMED = 4


@dataclass(frozen=True)
class Because:
    """One remedy that goes first."""

    remedy: Remedy

    @property
    def ref(self) -> str:
        return self.remedy.ref

    @property
    def incident(self) -> Incident:
        return self.remedy.incident

    @property
    def product(self) -> Product:
        return self.remedy.product

    @property
    def since(self) -> datetime:
        return self.remedy.started_at

    @property
    def sentence(self) -> str:
        return goes_first([self])


def goes_first(because: Sequence[Because]) -> str:
    """Of one product: said once, however many of its remedies are under way."""
    words = {"product": because[0].product.name, "ref": listed([one.ref for one in because])}
    if len(because) > 1:
        return _("Hold other releases of %(product)s: %(ref)s go first.") % words
    return _("Hold other releases of %(product)s: %(ref)s goes first.") % words


@dataclass(frozen=True)
class Held:
    """`beside`: remedies of products that lie in the same repository. They hold nothing, but main is not free."""

    product: Product
    because: list[Because]
    beside: list[Because]

    @property
    def hold(self) -> bool:
        return bool(self.because)

    @property
    def says(self) -> str:
        if self.because:
            return goes_first(self.because)
        if self.beside:
            first = self.beside[0]
            words = {"product": self.product.name, "ref": first.ref, "other": first.product.name}
            return (
                _(
                    "Releases of %(product)s are free. %(ref)s of %(other)s is under way in the same repository:"
                    " bring nothing to the main branch that it must not carry."
                )
                % words
            )
        return _("Releases of %(product)s are free.") % {"product": self.product.name}


def of_product(product: Product, user: User) -> Held:
    """As `user` may know it."""
    mine = Q(product=product)
    both = mine | Q(product__repository=product.repository_id) if product.repository_id else mine
    found = [Because(one) for one in _open(both, user)]
    return Held(
        product,
        [one for one in found if one.remedy.product_id == product.pk],
        [one for one in found if one.remedy.product_id != product.pk],
    )


def of_user(user: User) -> list[Because]:
    """All that `user` may know of, the oldest first."""
    return [Because(one) for one in _open(Q(product__archived_at=None), user)]


def _open(which: Q, user: User) -> list[Remedy]:
    seen = Incident.objects.visible_to(user).filter(mode=Mode.LIVE)
    found: list[Remedy] = []
    for rows in (Hotfix.objects.going_out(), Rollback.objects.open()):
        mine = rows.filter(which, incident__in=seen).select_related("product", "incident__severity")
        found += list(mine.order_by("number")[:MOST])
    return sorted(found, key=lambda one: one.started_at)


def keep() -> int:
    """Brings the rows in line with the remedies, and tells the rooms; how many changed. For the ticker."""
    waiting = _without(Hotfix.objects.going_out(), "HF-"), _without(Rollback.objects.open(), "RB-")
    begun = [one for rows in waiting for one in rows]
    changed = sum(_begin(one) for one in begun)
    standing = list(Hold.objects.standing().select_related("product"))
    under_way = _under_way(standing) if standing else set()
    return changed + sum(_free(one) for one in standing if one.remedy not in under_way)


def _without(under_way: QuerySet[Any], prefix: str) -> list[Remedy]:
    """Those of real incidents that have no row, or one that was over: a fix may be taken back, and go on."""
    rows = under_way.filter(incident__mode=Mode.LIVE)
    ref = Concat(Value(prefix), Cast("number", CharField()), output_field=CharField())
    fresh = rows.annotate(said=ref).exclude(Exists(Hold.objects.standing().filter(remedy=OuterRef("said"))))
    # Asked every second: to plan a dozen joins took a tenth of what a worker does that has nothing to do.
    found = list(fresh.order_by("number").values_list("pk", flat=True)[:MOST])
    whole = under_way.model.objects.filter(pk__in=found).select_related("product__team", *_INCIDENT)
    return list(whole.order_by("number")) if found else []


_INCIDENT = ("incident__product__team", "incident__severity", "incident__environment")


def _under_way(standing: list[Hold]) -> set[str]:
    numbers: dict[str, list[int]] = {"HF": [], "RB": []}
    for one in standing:
        kind, _dash, number = one.remedy.partition("-")
        numbers[kind].append(int(number))
    fixes = Hotfix.objects.going_out().filter(number__in=numbers["HF"])
    ways = Rollback.objects.open().filter(number__in=numbers["RB"])
    return {*(one.ref for one in fixes), *(one.ref for one in ways)}


@transaction.atomic
def _begin(remedy: Remedy) -> bool:
    incident, product = remedy.incident, remedy.product
    made, fresh = Hold.objects.get_or_create(
        remedy=remedy.ref,
        defaults={
            "product": product, "incident": incident.ref, "private": incident.private, "since": remedy.started_at,
        },
    )  # fmt: skip
    if not fresh:
        fresh = bool(Hold.objects.filter(pk=made.pk, free_at__isnull=False).update(free_at=None))
    if fresh:
        _tell(incident, product, remedy.ref, BEGUN, _("hold other releases"), Because(remedy).sentence)
    crashpoint("sweep.hold_begun")
    return fresh


@transaction.atomic
def _free(hold: Hold) -> bool:
    if not Hold.objects.standing().filter(pk=hold.pk).update(free_at=moment.now()):
        return False
    kind, _dash, number = hold.remedy.partition("-")
    rows = Hotfix.objects.all() if kind == "HF" else Rollback.objects.all()
    remedy = rows.select_related("product__team", *_INCIDENT).get(number=int(number))
    still = Hold.objects.standing().filter(product=hold.product_id, private=False).order_by("pk").first()
    words = {"product": hold.product.name, "ref": hold.remedy, "other": still.remedy if still else ""}
    if still:
        line, headline = _("%(ref)s is over. %(other)s of %(product)s goes first now."), _("still held")
    else:
        line, headline = (
            _("%(ref)s is over: other releases of %(product)s are free again."),
            _("releases are free again"),
        )
    _tell(remedy.incident, hold.product, hold.remedy, FREE, headline, line % words)
    crashpoint("sweep.hold_over")
    return True


def _tell(incident: Incident, product: Product, ref: str, key: str, headline: str, line: str) -> None:
    """The rooms of the product whose releases wait, inside the house, and open pages; of a private incident no room,
    and only the pages of who takes part: that something begins would be told to all who listen.
    """
    if incident.private:
        announce(incident)
        shown_anew_to(Participant.objects.filter(incident=incident).values_list("user", flat=True))
        return
    bus.publish(f"board:{product.team_id}", event="refresh")
    shown_anew(product)
    rooms = Channel.objects.active().internal().filter(team=product.team_id).order_by("pk")
    to = [
        Recipient(one.name, channel=one)
        for one in rooms.prefetch_related("products")
        if not (served := [each.pk for each in one.products.all()]) or product.pk in served
    ]
    path = f"/{'hotfixes' if ref.startswith('HF-') else 'rollbacks'}/{ref}/"
    notice.tell(incident, f"{incident.ref}/{ref}", key, to, headline, line, path=path)


def _on_now(user: User, shown: Sequence[Incident]) -> list[Alarm]:
    """One line, however many products are held: what is wrong elsewhere keeps its place below it."""
    of: dict[int, list[Because]] = {}
    for one in of_user(user):
        of.setdefault(one.product.pk, []).append(one)
    if not of:
        return []
    held = list(of.values())
    links = [_link(each, alone=len(held) == 1) for each in held[:NAMED]]
    if held[NAMED:]:
        links.append((_("%(n)s more") % {"n": len(held) - NAMED}, reverse("hotfixes")))
    said = goes_first(held[0])
    if held[1:]:
        said = _("Hold other releases of %(n)s products: their emergency releases go first.") % {
            "n": len(held)
        }
    return [Alarm(said, "", links[0][1], label=links[0][0], quiet=True, more=tuple(links[1:]))]


def _link(because: list[Because], *, alone: bool) -> tuple[str, str]:
    """Where it is seen: the remedy's own page, or the product's, which lists several."""
    first = because[0]
    if alone and len(because) == 1:
        return _("Open %s") % first.ref, first.remedy.get_absolute_url()
    refs = listed([one.ref for one in because])
    page = reverse("product", args=[first.product.slug])
    return f"{first.product.name}: {refs}", first.remedy.get_absolute_url() if len(because) == 1 else page


alarms.register(_on_now)
