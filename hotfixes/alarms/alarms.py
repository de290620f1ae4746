"""Contradictions as pages say them loudly: on the incident, its hotfix, and Now."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from hotfixes.alarms import resolved_while_down
from hotfixes.alarms.contradiction import Contradiction
from hotfixes.alarms.contradictions import contradictions, of_standing, overtakings, overtook
from hotfixes.alarms.strays import strays
from hotfixes.deployments.overtaking import Remedy, of_rollback, overtaken
from hotfixes.deployments.overtaking import of_hotfix as of_fix
from hotfixes.models import Hotfix, Rollback
from hotfixes.standing import shown, standing
from hotfixes.standing.shown import of_open
from hotfixes.standing.standing import Standing
from incidents import alarms, glance, panels
from incidents.alarms import Alarm
from incidents.models import Incident, Mode, Status
from products import panels as product_panels
from products.models import Product

MOST = 50


def of_incident(incident: Incident) -> list[Alarm]:
    return _alarms(incident, contradictions(incident, shown.standings(incident)))


def of_hotfix(found: Standing) -> list[Alarm]:
    """One query, for an open one."""
    return _alarms(found.hotfix.incident, [*of_standing(found), *overtakings(_remedies([found.hotfix]))])


def _remedies(under_way: Iterable[Hotfix | Rollback]) -> list[Remedy]:
    real = (one for one in under_way if one.is_going_out and one.incident.mode == Mode.LIVE)
    return [of_fix(one) if isinstance(one, Hotfix) else of_rollback(one) for one in real]


def _rollbacks(incidents: list[Incident]) -> Iterable[Rollback]:
    """Those under way. One query, or none."""
    rows = Rollback.objects.open().filter(incident__in=incidents).order_by("number")
    return rows.select_related("incident__product") if incidents else ()


def of_user(user: User, shown: Sequence[Incident] = ()) -> list[Alarm]:
    """Of open hotfixes, and of what was resolved although a monitor is down; two queries where there is neither."""
    mine = Incident.objects.visible_to(user)
    known = [one for incident in shown for one in of_open(incident)]
    others = Hotfix.objects.open().filter(incident__in=mine.exclude(pk__in=[one.pk for one in shown]))
    # Mostly there are none: their keys first, for all that belongs to them is twelve tables.
    if keys := list(others.order_by("-number").values_list("pk", flat=True)[:MOST]):
        known += standing.of(list(Hotfix.objects.for_page().filter(pk__in=keys)))
    known = sorted(known, key=lambda one: one.hotfix.number, reverse=True)[:MOST]
    found = [one for each in known for one in _alarms(each.hotfix.incident, of_standing(each))]
    resolved = resolved_while_down.of_incidents(mine.real(), MOST)
    under_way: list[Hotfix | Rollback] = [
        *(one.hotfix for one in known),
        *_rollbacks([incident for incident, _said in resolved]),
    ]
    incidents = {one.ref: one.incident for one in under_way}
    for other in overtaken(_remedies(under_way)):
        found += _alarms(incidents[other.remedy.ref], [overtook(other)])
    for incident, said in resolved:
        found += _alarms(incident, said)
    return [*found, *of_products(Product.objects.visible_to(user).active().with_process())]


def of_products(products: QuerySet[Product]) -> list[Alarm]:
    """Production tags and deployments past the process: offer to enter what is missing."""
    return [
        Alarm(
            one.sentence,
            _("Enter it afterwards, so that its record is whole."),
            one.url,
            label=_("Enter it"),
            later=True,
        )
        for one in strays(products)
    ]


def _alarms(incident: Incident, found: Iterable[Contradiction]) -> list[Alarm]:
    return [
        Alarm(
            sentence=one.sentence,
            todo=one.todo,
            url=f"/hotfixes/{one.hotfix}/" if one.hotfix else incident.get_absolute_url(),
            about=f"{one.hotfix or incident.ref} {incident.product.name}",
            label=_("Look at %s") % (one.hotfix or incident.ref),
        )
        for one in found
    ]


def _applies(incident: Incident, user: User) -> bool:
    return incident.status != Status.TRIAGE


def _render(request: HttpRequest, incident: Incident) -> str:
    # None where no action is shown; a page of its own has no glance at all.
    action = glance.once(incident, glance.ACTION, lambda: None)
    found = alarms.unsaid(of_incident(incident), action.title if action else "")
    return render_to_string("hotfixes/alarms.html", {"contradictions": found}, request) if found else ""


def _of_product(request: HttpRequest, product: Product) -> str:
    found = of_products(Product.objects.with_process().filter(pk=product.pk))
    context = {"contradictions": found, "linked": True}
    return render_to_string("hotfixes/alarms.html", context, request) if found else ""


alarms.register(of_user)
product_panels.register(product_panels.Panel("strays", 5, _of_product))
panels.register(panels.Panel("contradictions", panels.DECISION - 5, _applies, _render))
