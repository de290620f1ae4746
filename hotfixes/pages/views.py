"""Hotfixes as pages: the list, one with all its checks, and what a person says of a check."""

import re
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, authorize, signed_in, teams_of
from foundation.paging import BadCursor, page
from foundation.text import asked
from hotfixes.alarms import alarms
from hotfixes.models import Hotfix
from hotfixes.models.hotfix import HotfixQuerySet
from hotfixes.naming import named
from hotfixes.pages import hotfix_page, offers
from hotfixes.pages.differing import differs
from hotfixes.reported import curl
from hotfixes.rollback import regressed
from hotfixes.standing.stage import is_named
from hotfixes.standing.standing import of
from hotfixes.watch import panel as watching
from incidents import glance
from incidents.alarms import unsaid
from incidents.lifecycle import setbacks
from incidents.views.incident import zone_of
from live import bus
from products.models import Product
from ui.htmx import by_htmx

SIZE = 30
MOST_OPEN = 100
LOOKED_THROUGH = 200
# What only names of branches and tags look like.
NAMED = re.compile(r"/|-v?\d|^v\d")


@require_safe
def hotfixes(request: HttpRequest) -> HttpResponse:
    """The open ones all at once, then those that have ended, page by page."""
    user = signed_in(request)
    cursor = bus.cursor()
    mine = Hotfix.objects.visible_to(user)
    wanted = {name: asked(request, name) for name in ("q", "status", "product")}
    exact = Hotfix.number_of(wanted["q"].strip())
    # An open list that follows stays a list.
    if exact and not by_htmx(request) and mine.filter(number=exact).exists():
        return redirect("hotfix", ref=f"HF-{exact}")
    after = asked(request, "after", 2000)
    matching = _matching(mine, wanted).for_page()
    try:
        ended = page(matching.exclude(status=Hotfix.Status.OPEN), order=("-number",), after=after, size=SIZE)
    except BadCursor:
        return redirect("hotfixes")
    opened = [] if after else list(matching.open().order_by("-number")[:MOST_OPEN])
    return render(request, "hotfixes/hotfixes.html", {
        "ended": ended,
        "rows": [(one, one.stage_words) for one in of([*opened, *ended.items])],
        "asked": wanted,
        "filtered": any(wanted.values()),
        "statuses": Hotfix.Status.choices,
        "products": Product.objects.visible_to(user).order_by("name"),
        "any": bool(opened or ended.items) or mine.exists(),
        "live_topics": [f"user:{user.pk}", *(f"board:{team.pk}" for team in teams_of(user))],
        "live_cursor": cursor,
    })  # fmt: skip


def _matching(mine: HotfixQuerySet, wanted: dict[str, str]) -> HotfixQuerySet:
    for word in wanted["q"].split()[:10]:
        mine = mine.filter(
            Q(pk__in=_called(mine, word))
            | Q(number=Hotfix.number_of(word))
            | Q(branch__icontains=word)
            | Q(base_tag__icontains=word)
            | Q(slug__icontains=word)
            | Q(new_version__icontains=word.removeprefix("v"))
            | Q(called__icontains=word)
            | Q(product__name__icontains=word)
            | Q(incident__title__icontains=word)
        )
    if wanted["status"] in Hotfix.Status.values:
        mine = mine.filter(status=wanted["status"])
    if wanted["product"]:
        mine = mine.filter(product__slug=wanted["product"])
    return mine


def _called(mine: HotfixQuerySet, word: str) -> list[int]:
    """Whose branch or tag is called so: the policy names most of them, no column does. The newest are read."""
    if not NAMED.search(word):
        return []
    newest = mine.for_page().order_by("-number")[:LOOKED_THROUGH]
    return [
        one.pk
        for one in newest
        if any(word in name for name in (named.branch(one), named.tag(one), named.base_tag(one)))
    ]


@require_safe
def hotfix(request: HttpRequest, ref: str) -> HttpResponse:
    cursor = bus.cursor()
    found = fetch(request, ref)
    if ref != found.ref:
        return redirect(found)
    return render(request, "hotfixes/hotfix.html", context(request, found, live_cursor=cursor))


def context(request: HttpRequest, found: Hotfix, **extra: Any) -> dict[str, Any]:
    user = signed_in(request)
    incident = found.incident
    with glance.glance(incident):
        shown = hotfix_page.read(found, glance.now(incident))
    may = allowed(user, "look_again", incident) and found.is_open
    return {
        "hotfix": found,
        "incident": incident,
        "page": shown,
        "one": shown.glance,
        "may": may,
        "may_connect": may and allowed(user, "edit", found.product),
        "may_change_versions": may and not is_named(shown.glance.standing.stage),
        "differs": differs(found, shown.glance.standing.stage),
        "token_address": curl.token_address(found.product),
        "regression": (worse := regressed.regression(found)),
        "regression_said": setbacks.sentence(
            worse, incident.process_version.document, zone_of(user, incident)
        )
        if worse
        else "",
        "followed_by": _followed_by(found),
        "may_say_worse": allowed(user, "look_again", incident) and regressed.may_be(found),
        # Where the next action offers it, it is not offered twice.
        "may_look_here": may and not (shown.next and shown.next.told.watched),
        "contradictions": unsaid(alarms.of_hotfix(shown.glance.standing), shown.title),
        "watch": mark_safe(watching.of_remedy(request, incident, found.ref)),  # noqa: S308 - a template of ours
        "zone": zone_of(user, incident),
        "live_topics": [f"incident:{incident.pk}", f"user:{user.pk}"],
        **extra,
    }


def _followed_by(found: Hotfix) -> Hotfix | None:
    """What goes on in the place of a fix that was taken back."""
    if found.is_open or found.taken_back_at is None:
        return None
    rows = Hotfix.objects.filter(incident=found.incident_id, product=found.product_id)
    return rows.filter(number__gt=found.number).order_by("number").first()


@require_POST
def recheck(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks for a look; the page shows when it came."""
    found = fetch(request, ref)
    authorize(request.user, "look_again", found.incident)
    offers.ask([found])
    return redirect(found)


def fetch(request: HttpRequest, ref: str) -> Hotfix:
    """The hotfix, or 404 for one that this person may not even know of."""
    try:
        found = Hotfix.objects.for_page().in_sight(ref, signed_in(request))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    authorize(request.user, "view", found.incident)
    return found
