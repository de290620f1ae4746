"""Pages of a product's repository: connect, change, look again, disconnect, its hook's secret, its own rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, signed_in
from hotfixes.connecting.forms import RepositoryForm
from hotfixes.connecting.policy_form import PolicyForm
from hotfixes.connecting.shown import EVENTS, WHERE, found, status
from hotfixes.hooks.address import receiver_address, spoken
from hotfixes.models import Hotfix
from hotfixes.observing import asking
from products import repositories
from products.models import Forge, Product, Repository
from products.policy_overrides import set_main
from products.repositories import shared_with
from products.views.product import fetch, tell


@require_http_methods(["GET", "HEAD", "POST"])
def repository(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: how it stands, for who sees the product. POST: connect or change, for its managers."""
    product = fetch(request, slug, "edit" if request.method == "POST" else "view")
    form = RepositoryForm(request.POST or None, product=product, user=signed_in(request))
    form.fields["url"].required = True
    if request.method == "POST" and form.is_valid() and not product.archived_at:
        try:
            form.save()
            return redirect("repository", slug=product.slug)
        except ValidationError as error:
            tell(form, error)
            product.refresh_from_db()
    may_edit = allowed(request.user, "edit", product) and not product.archived_at
    context = {
        **_standing(product),
        "form": form,
        "may_edit": may_edit,
        "open_hotfixes": Hotfix.objects.open().filter(product=product).order_by("number"),
    }
    if product.repository and may_edit:
        context |= _hook(product.repository, context["status"].mirror)
    return render(request, "hotfixes/repository.html", context, status=422 if form.is_bound else 200)


@require_safe
def repository_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that changes by itself."""
    product = fetch(request, slug, "view")
    if product.repository is None:
        raise Http404
    context = {**_standing(product), "may_edit": allowed(request.user, "edit", product)}
    return render(request, "hotfixes/repository_state.html", context)


def _standing(product: Product) -> dict[str, Any]:
    shown = status(product) if product.repository else None
    return {
        "product": product,
        "status": shown,
        "found": found(product, shown.mirror) if shown else None,
        "shared": shared_with(product),
    }


def _hook(row: Repository, mirror: Any) -> dict[str, Any]:
    """What managers see of the receiver."""
    forge = Forge(row.forge)
    return {
        "hook_url": receiver_address(row),
        "plain": forge == Forge.NONE,
        "hook_where": WHERE.get(forge, ""),
        "hook_events": EVENTS.get(forge, ()),
        "hook_last": spoken(mirror.hook) if mirror else None,
        "has_secret": bool(row.secret),
        "old_secret": bool(row.secret_before),
    }


@require_POST
def look_again(request: HttpRequest, slug: str) -> HttpResponse:
    product = _connected(request, slug)
    assert product.repository
    asking.fetch(product.repository)
    return redirect("repository", slug=product.slug)


@require_POST
def use_main(request: HttpRequest, slug: str) -> HttpResponse:
    """Goes by the branch that was offered."""
    product = _connected(request, slug)
    try:
        set_main(product, request.POST.get("main", ""), by=signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        assert product.repository
        asking.fetch(product.repository)
    return redirect("repository", slug=product.slug)


@require_POST
def disconnect(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "edit")
    repositories.disconnect_repository(product, by=signed_in(request))
    messages.success(request, _("The repository is disconnected. Nothing of it is read any more."))
    return redirect("repository", slug=product.slug)


@never_cache
@require_POST
def hook_secret(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes another secret and shows it, this once; or takes the one that the forge made."""
    product = _connected(request, slug)
    row = product.repository
    assert row
    try:
        given = request.POST.get("secret", "")
        secret = repositories.replace_secret(row, by=signed_in(request), secret=given)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("repository", slug=product.slug)
    if given.strip():
        messages.success(request, _("The secret is kept, sealed."))
        return redirect("repository", slug=product.slug)
    context = {"product": product, "secret": secret, **_hook(row, None)}
    return render(request, "hotfixes/repository_secret.html", context)


@require_POST
def end_old_secret(request: HttpRequest, slug: str) -> HttpResponse:
    product = _connected(request, slug)
    assert product.repository
    repositories.end_old_secret(product.repository, by=signed_in(request))
    return redirect("repository", slug=product.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The product's own rules beside its process's; POST `try` only tries them on real names."""
    product = fetch(request, slug, "edit" if request.method == "POST" else "view")
    form = PolicyForm(request.POST or None, product=product)
    valid = request.method == "POST" and form.is_valid()
    trying = "try" in request.POST
    if valid and not trying and not product.archived_at:
        form.save(signed_in(request))
        if product.repository:
            repositories.tell(product.repository)
        messages.success(request, _("The rules are kept. Hotfixes under way keep those they began with."))
        return redirect("policy", slug=product.slug)
    may_edit = allowed(request.user, "edit", product) and not product.archived_at
    if "found" in request.GET and not form.is_bound:
        form.offer(_standing(product)["found"])
    for field in form.fields.values():
        field.disabled = not may_edit
    context = {"product": product, "form": form, "tried": form.tried(), "may_edit": may_edit}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "hotfixes/repository_policy.html", context, status=status)


def _connected(request: HttpRequest, slug: str) -> Product:
    """For managers; 404 when there is no repository."""
    product = fetch(request, slug, "edit")
    if product.repository is None or product.archived_at:
        raise Http404
    return product
