"""Whose rollback brought back what runs, as reports of deployments tell it; and whether a fix is in what runs."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from hotfixes.models import Hotfix, Rollback
from incidents.models import Incident, Mode
from products.models import Deployment, Product
from products.running import of_place
from products.versions import bare, lower
from products.vocabulary import EnvironmentKind

# Fixes of a product that are looked through, the newest first.
MOST = 100


def lacks(version: str, hotfix: Hotfix) -> bool | None:
    """Whether `version` came out before what `hotfix` brings, and so is without it; None: nobody can tell."""
    earlier = lower(version, hotfix.new_version)
    if earlier is None and bare(version) == bare(hotfix.old_version):
        return True  # no plain numbers, but the very one that it mends
    return earlier


def rollback_of(report: Deployment) -> Rollback | None:
    """Of a real incident, to what this report brought back for users; None where nobody decided on one."""
    back = report.status == Deployment.Status.ROLLED_BACK and report.stage != Deployment.Stage.HALTED
    if not back or report.environment.kind != EnvironmentKind.PRODUCTION:
        return None
    rows = Rollback.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=report.at), product=report.product_id, started_at__lte=report.at,
        to_version=bare(again(report)), incident__mode=Mode.LIVE,
    )  # fmt: skip
    found = rows.exclude(status=Rollback.Status.ABANDONED).select_related("incident__product")
    return found.order_by("-number").first()


def again(report: Deployment) -> str:
    """Which version it brought back: a report may name the one that was taken back."""
    found = of_place(report.environment, until=report.at)
    return found.version if found.by is not None and found.by.pk == report.pk else report.version


def by_another(report: Deployment, incident: Incident) -> bool:
    """Whether another incident's rollback did it: of that hotfixes/deployments/taken_back.py alone tells `incident`."""
    found = rollback_of(report)
    return found is not None and found.incident_id != incident.pk


def would_take_back(incident: Incident, product: Product, runs: str, target: str) -> list[str]:
    """The fixes of other incidents that are in `runs` and not in `target`, the newest first, in words that all readers
    of `incident` may read: of a private one, or of one of another team, only that there is one. One query.
    """
    rows = Hotfix.objects.filter(
        product=product, incident__mode=Mode.LIVE, new_version__gt="", taken_back_at=None
    )
    rows = rows.exclude(incident=incident.pk).exclude(status=Hotfix.Status.ABANDONED)
    rows = rows.select_related("incident__product").order_by("-number")
    lost = [one for one in rows[:MOST] if lacks(target, one) is True and lacks(runs, one) is False]
    known = [one for one in lost if may_be_named(one.incident, incident)]
    words = [
        _("%(hotfix)s of %(incident)s (%(version)s)")
        % {"hotfix": one.ref, "incident": one.incident.ref, "version": one.new_version}
        for one in known
    ]
    hidden = len(lost) - len(known)
    more = ngettext(
        "a fix of an incident that you may not see", "%(n)s fixes of incidents that you may not see", hidden
    )
    return [*words, *([more % {"n": hidden}] if hidden else [])]


def may_be_named(one: Incident, other: Incident) -> bool:
    """Whether all readers of `other` may know of `one`."""
    return not one.private and one.product.team_id == other.product.team_id


def took_back(rollback: Rollback, user: User) -> list[Hotfix]:
    """The fixes of other incidents that users are without since then, as far as `user` may know of them."""
    if rollback.back_at is None or rollback.incident.mode != Mode.LIVE:
        return []
    rows = Hotfix.objects.visible_to(user).filter(product=rollback.product_id, taken_back_at=rollback.back_at)
    found = rows.exclude(incident=rollback.incident_id)
    return list(found.select_related("incident").order_by("number"))
