"""All incidents: search, filters, cursor paging. Drills and what was entered afterwards are a list of their own."""

from django.db.models import Count, Exists, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import signed_in, teams_of
from foundation.paging import BadCursor, page
from foundation.text import asked
from incidents.models import Incident, Mode, Status
from incidents.models.incident import REF, IncidentQuerySet
from incidents.timeline.searching import written
from live import bus
from products.models import Product, Severity
from ui.htmx import by_htmx

SIZE = 50
ALL = "all"


@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    cursor = bus.cursor()
    mine = Incident.objects.visible_to(user)
    wanted = {name: asked(request, name) for name in ("q", "status", "product", "severity", "mode")}
    exact = REF.fullmatch(wanted["q"])
    # An open list that follows stays a list.
    if exact and not by_htmx(request) and mine.filter(number=int(exact[1])).exists():
        return redirect("incident", ref=f"INC-{exact[1]}")
    matching = _matching(mine, wanted)
    modes = _modes(matching)
    try:
        found = page(
            _of_mode(matching, wanted["mode"]).select_related("product", "severity"),
            order=("-declared_at", "-pk"),
            after=request.GET.get("after", ""),
            size=SIZE,
        )
    except BadCursor:
        return redirect("incidents")
    return render(request, "incidents/index.html", {
        "found": found,
        "asked": wanted,
        "filtered": any(wanted.values()),
        "statuses": Status.choices,
        "products": Product.objects.visible_to(user).order_by("name"),
        "severities": _severities(mine),
        "modes": modes,
        "any": any(count for _mode, _label, count in modes) or mine.exists(),
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    })  # fmt: skip


def _matching(incidents: IncidentQuerySet, wanted: dict[str, str]) -> IncidentQuerySet:
    for word in wanted["q"].split():
        named = REF.fullmatch(word)
        incidents = incidents.filter(
            (Q(number=int(named[1])) if named else Q())
            | Q(title__icontains=word)
            | Q(impact__icontains=word)
            | Q(workaround__icontains=word)
            | Q(product__name__icontains=word)
            | Exists(written(word))
        )
    if wanted["status"] == "open":
        incidents = incidents.open()
    elif wanted["status"]:
        incidents = incidents.filter(status__in=wanted["status"].split(","))
    if wanted["product"]:
        incidents = incidents.filter(product__slug=wanted["product"])
    if wanted["severity"]:
        incidents = incidents.filter(severity__key__iexact=wanted["severity"])
    return incidents


def _of_mode(incidents: IncidentQuerySet, mode: str) -> IncidentQuerySet:
    return incidents if mode == ALL else incidents.filter(mode=mode if mode in Mode.values else Mode.LIVE)


def _modes(incidents: QuerySet[Incident]) -> list[tuple[str, str, int]]:
    """(value, name, how many) of each kind of list, of what else is asked for.

    The figures are for finding things, no measure counts them.
    """
    there = dict(incidents.order_by().values_list("mode").annotate(Count("pk")))
    named = [
        ("", _("Live")),
        (str(Mode.DRILL), _("Drills")),
        (str(Mode.RETROSPECTIVE), _("Entered afterwards")),
    ]
    found = [(value, name, there.get(value or Mode.LIVE, 0)) for value, name in named]
    return [*found, (ALL, _("All"), sum(there.values()))]


def _severities(incidents: QuerySet[Incident]) -> list[tuple[str, str]]:
    """The severities in use, worst first.

    Figures of two processes are never merged, so each key stands for itself.
    """
    rows = (
        Severity.objects.filter(incident__in=incidents)
        .order_by("rank", "key")
        .values_list("rank", "key", "label")
        .distinct()
    )
    return [(key, label) for _rank, key, label in rows]
