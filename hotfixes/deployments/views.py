"""Deployments of a product as a list with search, and the form in which a person reports one."""

from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from foundation import moment
from foundation.paging import BadCursor, page
from foundation.text import asked
from foundation.way_back import way_back
from hotfixes.deployments import holds, words
from hotfixes.deployments.forms import DeploymentForm
from hotfixes.deployments.recognising import unclear
from hotfixes.models import Hotfix
from hotfixes.naming import named
from hotfixes.reported.deployments import report_deployment
from live import bus
from products.announcing import topics
from products.models import Deployment, Product
from products.running import running
from products.views.product import fetch, tell

SIZE = 30


@require_safe
def deployments(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest first, page by page."""
    cursor = bus.cursor()
    product, user, now = fetch(request, slug, "view"), signed_in(request), moment.now()
    wanted = {name: asked(request, name) for name in ("q", "environment", "status")}
    rows = _matching(product, wanted, user).select_related("environment", "by")
    try:
        found = page(rows, order=("-at", "-pk"), after=asked(request, "after", 2000), size=SIZE)
    except BadCursor:
        return redirect("deployments", slug=product.slug)
    context = {
        "product": product,
        "rows": shown(found.items, user, now, user.time_zone or product.team.time_zone),
        "found": found,
        "asked": wanted,
        "filtered": any(wanted.values()),
        "any": bool(found.items) or product.deployments.exists(),
        "environments": product.environments.all(),
        "statuses": Deployment.Status.choices,
        "held": holds.of_product(product, user),
        "may_report": allowed(user, "report_deployment", product) and not product.archived_at,
        "live_topics": topics(user, product),
        "live_cursor": cursor,
    }
    return render(request, "hotfixes/deployments.html", context)


def _matching(product: Product, wanted: dict[str, str], user: User) -> QuerySet[Deployment]:
    """A hotfix finds its deployments for who may know of it: for the others they are nobody's."""
    rows = Deployment.objects.filter(product=product)
    for word in wanted["q"].split()[:10]:
        rows = rows.filter(
            Q(version__icontains=word.removeprefix("v"))
            | Q(git_ref__icontains=word)
            | Q(hotfix__in=_known(word, user))
            | Q(token__icontains=word)
        )
    if wanted["environment"]:
        rows = rows.filter(environment__slug=wanted["environment"])
    if wanted["status"] in Deployment.Status.values:
        rows = rows.filter(status=wanted["status"])
    return rows


def _known(word: str, user: User) -> list[str]:
    number = word[3:]
    if not word.casefold().startswith("hf-") or not number.isdecimal() or len(number) > 9:
        return []
    return [one.ref for one in Hotfix.objects.visible_to(user).filter(number=int(number))]


def shown(rows: list[Deployment], user: User, now: Any, zone: str) -> list[dict[str, Any]]:
    """Rows of one product as the template shows them; a hotfix of an incident that `user` may not see stays unsaid.

    What has begun is under way only while nothing newer is said of the place.
    """
    newest = Deployment.objects.filter(product__in={one.product_id for one in rows})
    under_way = {one.pk for one in newest.order_by("environment_id", "-at", "-pk").distinct("environment_id")}
    numbers = [int(one.hotfix[3:]) for one in rows if one.hotfix.startswith("HF-")]
    known = {one.ref for one in Hotfix.objects.visible_to(user).filter(number__in=numbers)}
    return [
        {
            "row": one,
            "step": words.step(one),
            "standing": words.standing(one, now, zone, over=one.pk not in under_way),
            "who": words.who(one),
            "hotfix": one.hotfix if one.hotfix in known else "",
            "unclear": unclear(one.version, one.was),
        }
        for one in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the form, filled in for the hotfix or the version that it was opened for. POST: the report."""
    product = fetch(request, slug, "view")
    authorize(request.user, "report_deployment", product)
    user = signed_in(request)
    with timezone.override(ZoneInfo(user.time_zone or product.team.time_zone)):
        return _form(request, product, user)


def _form(request: HttpRequest, product: Product, user: User) -> HttpResponse:
    form = DeploymentForm(request.POST or None, product=product, initial=_initial(request, product, user))
    back = _back(request, product)
    if request.method == "POST" and form.is_valid() and not product.archived_at:
        try:
            made = _report(product, form.cleaned_data, user)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, _said(made))
            return redirect(back)
    context = {
        "product": product,
        "form": form,
        "back": back,
        "held": holds.of_product(product, user),
        "running": running(product),
    }
    return render(request, "hotfixes/deployment_new.html", context, status=422 if form.is_bound else 200)


def _initial(request: HttpRequest, product: Product, user: User) -> dict[str, Any]:
    names = ("environment", "version", "status", "stage", "git_ref")
    given = {name: value for name in names if (value := asked(request, name))}
    hotfix = _hotfix(asked(request, "hotfix"), product, user)
    if hotfix is None:
        return given
    tag = named.tag(hotfix)
    known = {
        "hotfix": hotfix.ref,
        "version": hotfix.new_version,
        "git_ref": tag if named.complete(tag) else "",
    }
    return {**known, **given}


def _hotfix(ref: str, product: Product, user: User) -> Hotfix | None:
    try:
        return Hotfix.objects.visible_to(user).for_page().filter(product=product).by_ref(ref)
    except Hotfix.DoesNotExist:
        return None


def _report(product: Product, given: dict[str, Any], user: User) -> Deployment:
    facts = {name: given[name] for name in ("version", "status", "stage", "percent", "at", "git_ref", "url")}
    hotfix = _hotfix(given["hotfix"], product, user)
    return report_deployment(
        product, given["environment"], by=user, hotfix=hotfix, source=Deployment.Source.PERSON, **facts
    )


def _said(made: Deployment) -> str:
    facts = {"version": made.version, "place": made.environment.name, "was": made.was}
    if made.status == Deployment.Status.ROLLED_BACK and made.was:
        return _("Kept as a rollback: %(place)s ran %(was)s before.") % facts
    if unclear(made.version, made.was):
        return _("Kept. Whether %(version)s is newer than %(was)s, which ran there, nobody can tell.") % facts
    return _("Kept: %(version)s, %(place)s.") % facts


def _back(request: HttpRequest, product: Product) -> str:
    """Where the person came from: a page of ours, else the list."""
    return way_back(request, f"/products/{quote(product.slug)}/deployments/")
