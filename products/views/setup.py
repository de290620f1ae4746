"""Guided set-up of a product: a page for each step, and one that says what is still missing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in
from products.models import Product
from products.setup import sections, settling
from products.setup.sections import PRODUCT, SetupForm, Step
from products.views.product import fetch, tell


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, slug: str) -> HttpResponse:
    """What is set up and what is not. POST: `settle` an item that is right as it is, or `finish`."""
    product = _fetch(request, slug)
    if request.method != "POST":
        return _overview(request, product)
    user = signed_in(request)
    if "finish" in request.POST:
        settling.finish(product, by=user)
        return redirect("product", slug=product.slug)
    try:
        settling.settle(product, request.POST.get("settle", ""), by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("set_up", slug=product.slug)


def _overview(request: HttpRequest, product: Product) -> HttpResponse:
    context = {
        "product": product,
        "steps": sections.steps(),
        "progress": sections.progress(product),
    }
    return render(request, "products/set_up.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def set_up_step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    product = _fetch(request, slug)
    all_steps = sections.steps()
    found = next((each for each in all_steps if each.key == step and each.key != PRODUCT), None)
    if found is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    forms = [
        section.form(data, product=product, user=signed_in(request))
        for section in found.sections
        if section.form
    ]
    if data is not None and _saved(request, product, forms):
        if _act(request, forms):
            return redirect("set_up_step", slug=product.slug, step=step)
        return _onward(product, _next(all_steps, found))
    context = {
        "product": product,
        "step": found,
        "steps": all_steps,
        "next": _next(all_steps, found),
        "forms": forms,
    }
    return render(request, "products/set_up_step.html", context, status=422 if data is not None else 200)


def _act(request: HttpRequest, forms: list[SetupForm]) -> bool:
    """Whether the button that was pressed keeps the person here."""
    return bool([form for form in forms if form.act(request)])


def _saved(request: HttpRequest, product: Product, forms: list[SetupForm]) -> bool:
    """All sections of the step or none: what was typed stays on the page until all of it is right."""
    # Each is asked, so that the page says all that is wrong at once.
    if [form for form in forms if not form.is_valid()]:
        return False
    try:
        with transaction.atomic():
            for form in forms:
                _save(form)
            settling.close_if_complete(product, by=signed_in(request))
    except ValidationError:
        product.refresh_from_db()
        return False
    return True


def _save(form: SetupForm) -> None:
    try:
        form.save()
    except ValidationError as error:
        tell(form, error)
        raise


def _next(steps: list[Step], step: Step) -> Step | None:
    return steps[step.number] if step.number < len(steps) else None


def _onward(product: Product, step: Step | None) -> HttpResponse:
    if step is None:
        return redirect("set_up", slug=product.slug)
    return redirect("set_up_step", slug=product.slug, step=step.key)


def _fetch(request: HttpRequest, slug: str) -> Product:
    product = fetch(request, slug, "edit")
    if product.archived_at:
        raise Http404(_("Bring it back first."))
    return product
