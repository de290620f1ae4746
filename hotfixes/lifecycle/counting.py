"""From which version to which a hotfix leads: counted up where that can be done, asked for where a team has a scheme of
its own, and never guessed.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hotfixes.models import Hotfix
from incidents.models import Incident
from products.deployment import Deployment
from products.in_production import by_last, in_production
from products.models import Product
from products.process.schema.policy import PolicySpec
from products.versions import Version, bare, is_nameable, lower
from products.vocabulary import EnvironmentKind


def counted(old: str, rules: PolicySpec, product: Product, *, but: Hotfix | None = None) -> str:
    """The version after `old` by the policy that nothing of `product` is called by yet, `but` this hotfix; "" where
    nobody can count it up. A fix that was rolled back keeps its number: its tag is there, and users had it.
    """
    before, bump = Version.parse(old), rules.bump or "patch"
    after = before.raised(bump) if before else None
    if after is None:
        return ""
    given = taken(product, but)
    while str(after) in given and (higher := after.raised(bump)):
        after = higher
    return str(after)


def taken(product: Product, but: Hotfix | None) -> set[str]:
    """What users have had, and what its other fixes bring: two at once would push to one branch and one tag."""
    out = Deployment.objects.filter(product=product, environment__kind=EnvironmentKind.PRODUCTION)
    fixes = product.hotfixes.exclude(status=Hotfix.Status.ABANDONED, taken_back_at=None)
    if but is not None:
        out, fixes = out.exclude(hotfix=but.ref), fixes.exclude(pk=but.pk)
    rows = out.values_list("version").union(fixes.values_list("new_version")).order_by()
    return {bare(version) for (version,) in rows}


def runs_in(incident: Incident, product: Product) -> str:
    """What is to be mended: as the incident says, else what is in production. What no branch can be called by is none:
    people write "since Tuesday's release" there too.
    """
    said = bare(incident.affected_version) if product == incident.product else ""
    return said if said and is_nameable(said) else production(incident, product)


def production(incident: Incident, product: Product) -> str:
    """What is in production, as branches can be called by it; "" where nobody knows. No query where the incident was
    read to be shown."""
    if product == incident.product and "told" in incident.__dict__:
        runs = bare(by_last(product, incident.__dict__["told"]).version)
    else:
        runs = bare(in_production(product).version)
    return runs if is_nameable(runs) else ""


def asked_for(facts: Mapping[str, Any]) -> None:
    """ValidationError where the version that comes next cannot be told and is not said. Where nothing is known of what
    runs a hotfix begins all the same: its page asks."""
    if facts["old_version"] and not facts["new_version"]:
        words = {"old": facts["old_version"]}
        raise ValidationError(
            {"version": _("%(old)s cannot be counted up. Say which version this hotfix brings.") % words}
        )


def check_order(old: str, new: str) -> None:
    """ValidationError where it would bring what is there already, or an older one."""
    if new and new == old:
        raise ValidationError({"version": _("%s is what it mends. Say which version it brings.") % new})
    if new and old and lower(new, old):
        words = {"new": new, "old": old}
        raise ValidationError({"version": _("%(new)s is older than %(old)s, which it mends.") % words})
