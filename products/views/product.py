"""Pages of products: the list, a new one, one of them, editing and archiving."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize
from accounts.models import User
from live import bus
from products.announcing import topics
from products.archive_product import archive_product as archive
from products.archive_product import restore_product as restore
from products.create_product import create_product as create
from products.edit_product import edit_product as edit
from products.environments import add_environment as add
from products.forms import ContactForm, EnvironmentForm, NewProductForm, ProductForm, RoleHolderForm
from products.in_production import in_production, of_products
from products.models import Product, ProductSlug
from products.panels import rendered
from products.reading.tables import severity_rows
from products.role_holders import role_lists
from products.setup.picks import picks, prefilled
from products.setup.sections import progress, steps
from products.versions import Version, bare


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
    user, cursor = _user(request), bus.cursor()
    mine = list(Product.objects.visible_to(user).with_process())
    runs = of_products(mine)
    context = {
        "products": [(one, runs[one.pk]) for one in mine if not one.archived_at],
        "archived": [(one, runs[one.pk]) for one in mine if one.archived_at],
        "may_add": allowed(user, "add", Product),
        "live_topics": topics(user),
        "live_cursor": cursor,
    }
    return render(request, "products/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create_product(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    authorize(user, "add", Product)
    form = NewProductForm(request.POST or None, user=user, initial=prefilled(request))
    if request.method == "POST" and form.is_valid():
        authorize(user, "add_product", form.cleaned_data["team"])
        try:
            made = create(by=user, **form.cleaned_data)
            say_whether_counted(request, made)
            return redirect("set_up_step", slug=made.slug, step="places")
        except ValidationError as error:
            tell(form, error)
    all_steps = steps()
    context = {"picks": picks(form.teams), "asked": request.get_full_path(), "steps": all_steps}
    context["further"] = all_steps[1:]
    return _form(request, form, "products/new.html", context)


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
        before, entered = product.process_id, product.version
        try:
            edit(product, by=_user(request), **form.cleaned_data)
            if product.process_id != before:
                _say_what_changes(request, product)
            if product.version != entered:
                _say_what_counts(request, product)
                say_whether_counted(request, product)
            return redirect("product", slug=product.slug)
        except ValidationError as error:
            tell(form, error)
            product = fetch(request, slug, "edit")
    return _form(request, form, "products/edit.html", {"product": product})


def _say_what_counts(request: HttpRequest, product: Product) -> None:
    runs = in_production(product)
    if product.version and bare(runs.version) != bare(product.version):
        said = {"entered": product.version, "runs": runs.version}
        words = _(
            "%(entered)s is kept, but by deployments %(runs)s is in production. If that is wrong, report one."
        )
        messages.warning(request, words % said)


def say_whether_counted(request: HttpRequest, product: Product) -> None:
    """A scheme of a team's own is kept as it is; who begins a hotfix will be asked for the next one."""
    if product.version and Version.parse(bare(product.version)) is None:
        words = _(
            "%(version)s is kept. It cannot be counted up: whoever starts a hotfix is asked for its version."
        )
        messages.warning(request, words % {"version": product.version})


def _say_what_changes(request: HttpRequest, product: Product) -> None:
    """Another process: what it does not know any more is said at once, not found out at night."""
    said = {"product": product, "process": product.process}
    messages.warning(
        request, _("New incidents of %(product)s follow %(process)s. Those that run keep theirs.") % said
    )
    for each in role_lists(product):
        people = ", ".join(str(one.holder.user) for one in each.listed) or ", ".join(
            c.who for c in each.contacts
        )
        if not each.known:
            words = _("“%(role)s” is no role of it: what is listed there counts no more (%(people)s).")
            messages.warning(request, words % {"role": each.role.label, "people": people})
        elif each.nobody_decides:
            words = _("Nobody is listed for “%(role)s”, who decides in it. List somebody below.")
            messages.warning(request, words % {"role": each.role.label})


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
    user, cursor = _user(request), bus.cursor()
    may_edit = allowed(user, "edit", product)
    asks = may_edit and not product.set_up_at and not product.archived_at
    context = {
        "product": product,
        "runs": in_production(product),
        "progress": progress(product) if asks else None,
        "version": version,
        "rows": severity_rows(version),
        "panels": rendered(request, product),
        "environments": product.environments.all(),
        "components": product.components.all(),
        "former": product.slugs.exclude(slug=product.slug),
        "may_edit": may_edit,
        "environment_form": environment_form or EnvironmentForm(),
        "contacts": product.contacts.select_related("user"),
        "contact_form": contact_form or ContactForm(product=product),
        "roles": role_lists(product),
        "role_form": role_form or RoleHolderForm(product=product),
        "problems": problems or [],
        "live_topics": topics(user, product),
        "live_cursor": cursor,
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
