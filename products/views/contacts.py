"""Who is told about a product: three small verbs of its managers."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.access import signed_in
from products import contacts
from products.forms import ContactForm
from products.views.product import fetch, show, tell


@require_POST
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    product = fetch(request, slug, "change_contacts")
    form = ContactForm(request.POST, product=product)
    if form.is_valid():
        try:
            contacts.add_contact(product, by=signed_in(request), **form.cleaned_data)
            return redirect("product", slug=slug)
        except ValidationError as error:
            tell(form, error)
    return show(request, product, contact_form=form, status=422)


@require_POST
def remove_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    product = fetch(request, slug, "change_contacts")
    contacts.remove_contact(get_object_or_404(product.contacts, pk=pk), by=signed_in(request))
    return redirect("product", slug=slug)


@require_POST
def move_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    product = fetch(request, slug, "change_contacts")
    contacts.move_contact(get_object_or_404(product.contacts, pk=pk), by=signed_in(request))
    return redirect("product", slug=slug)
