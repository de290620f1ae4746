"""Who is listed for a role on a product: three small verbs of its managers."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import signed_in
from products import role_holders
from products.forms import RoleHolderForm
from products.models import Product
from products.views.product import fetch, show, tell


@require_POST
def list_for_role(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "change_roles")
    form = RoleHolderForm(request.POST, product=product)
    if form.is_valid():
        try:
            role_holders.list_for_role(product, by=signed_in(request), **form.cleaned_data)
            return _back(product)
        except ValidationError as error:
            tell(form, error)
    return show(request, product, role_form=form, status=422)


@require_POST
def unlist(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    product = fetch(request, slug, "change_roles")
    role_holders.unlist(get_object_or_404(product.role_holders, pk=pk), by=signed_in(request))
    return _back(product)


@require_POST
def move_role_holder(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    product = fetch(request, slug, "change_roles")
    role_holders.move_up(get_object_or_404(product.role_holders, pk=pk), by=signed_in(request))
    return _back(product)


def _back(product: Product) -> HttpResponse:
    answer = redirect("product", slug=product.slug)
    answer["Location"] += "#roles"
    return answer
