"""Pages of products: the list, a new one, one of them, editing and archiving."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize
from accounts.models import User
from products.archive_product import archive_product as archive
from products.archive_product import restore_product as restore
from products.create_product import create_product as create
from products.edit_product import edit_product as edit
from products.environments import add_environment as add
from products.forms import ContactForm, EnvironmentForm, NewProductForm, ProductForm, RoleHolderForm
from products.models import Product, ProductSlug
from products.reading import severity_rows
from products.role_holders import role_lists


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # accounts.middleware.SignInRequired
    return request.user


def fetch(request: HttpRequest, slug: str, action: str) -> Product:
    """The product, for who may do `action` to it; 404 for who may not see it."""
    product = get_object_or_404(Product.objects.with_process(), slug=slug)
    authorize(request.user, action, product)
    return product


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    mine = Product.objects.visible_to(_user(request)).with_process()
    context = {
        "products": mine.active(),
        "archived": mine.exclude(archived_at=None),
        "may_add": allowed(request.user, "add", Product),
    }
    return render(request, "products/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_product(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    authorize(user, "add", Product)
    form = NewProductForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        authorize(user, "add_product", form.cleaned_data["team"])
        try:
            return redirect("product", slug=create(by=user, **form.cleaned_data).slug)
        except ValidationError as error:
            tell(form, error)
    return _form(request, form, "products/new.html", {})


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    former = ProductSlug.objects.filter(slug=slug).select_related("product").first()
    if former and former.product.slug != slug:
        authorize(request.user, "view", former.product)
        return redirect("product", slug=former.product.slug)
    return show(request, fetch(request, slug, "view"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_product(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "edit")
    form = ProductForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        try:
            edit(product, by=_user(request), **form.cleaned_data)
            return redirect("product", slug=product.slug)
        except ValidationError as error:
            tell(form, error)
            product = fetch(request, slug, "edit")
    return _form(request, form, "products/edit.html", {"product": product})


@require_POST
def archive_product(request: HttpRequest, slug: str) -> HttpResponse:
    archive(fetch(request, slug, "archive"), by=_user(request))
    return redirect("product", slug=slug)


@require_POST
def restore_product(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "archive")
    try:
        restore(product, by=_user(request))
    except ValidationError as error:
        return show(request, product, problems=error.messages, status=422)
    return redirect("product", slug=slug)


@require_POST
def add_environment(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "add_environment")
    form = EnvironmentForm(request.POST)
    if form.is_valid():
        try:
            add(product, by=_user(request), **form.cleaned_data)
            return redirect("product", slug=slug)
        except ValidationError as error:
            tell(form, error)
    return show(request, product, environment_form=form, status=422)


def show(
    request: HttpRequest,
    product: Product,
    *,
    environment_form: EnvironmentForm | None = None,
    contact_form: ContactForm | None = None,
    role_form: RoleHolderForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    version = product.process.current
    if version is None:
        raise Http404
    context = {
        "product": product,
        "version": version,
        "rows": severity_rows(version),
        "environments": product.environments.all(),
        "former": product.slugs.exclude(slug=product.slug),
        "may_edit": allowed(request.user, "edit", product),
        "environment_form": environment_form or EnvironmentForm(),
        "contacts": product.contacts.select_related("user"),
        "contact_form": contact_form or ContactForm(product=product),
        "roles": role_lists(product),
        "role_form": role_form or RoleHolderForm(product=product),
        "problems": problems or [],
    }
    return render(request, "products/product.html", context, status=status)


def _form(request: HttpRequest, form: Form, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)


def tell(form: Form, error: ValidationError) -> None:
    """Beside the field where the form has it, above the form otherwise."""
    told = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    for field, errors in told.items():
        for one in errors:
            form.add_error(field if field in form.fields else None, one)
