"""List, read, add, change, archive, restore; environments."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Status
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import person_of, token_of
from accounts.replay import once_by_token
from foundation.shapes import Listed, Paging, Text, listed
from products.api.lookup import process_of, product_of, reachable, team_of
from products.api.routing import SEEN_WITH, SET_WITH, router
from products.api.shapes import NewEnvironment, NewProduct, ProductFacts, ProductShape, product_shape
from products.api.whole import change_whole, make_whole
from products.archive_product import archive_product as archive
from products.archive_product import restore_product as restore
from products.environments import add_environment as add_one
from products.environments import remove_environment as remove_one
from products.in_production import of_products
from products.models import Product
from products.token_products import products_of


class ProductFilters(Paging):
    q: Annotated[Text, Field(description="Part of the name.")] = ""
    archived: Annotated[bool, Field(description="The archived ones instead.")] = False


@router.get("/products", auth=SEEN_WITH, response=Listed[ProductShape])
def list_products(request: HttpRequest, asked: Query[ProductFilters]) -> dict[str, Any]:
    """The products of one's teams, by name; archived ones apart."""
    rows = reachable(request).filter(archived_at__isnull=not asked.archived)
    if asked.q:
        rows = rows.filter(name__icontains=asked.q)
    found = asked.page(rows, "name", "pk")
    runs = of_products(found.items)
    return listed(found, lambda product: product_shape(product, runs[product.pk]))


@router.post("/products", auth=SET_WITH, response={201: ProductShape, 200: ProductShape})
def add_product(request: HttpRequest, body: NewProduct) -> Status[dict[str, Any]]:
    """A new product, with production as its first environment. Its severities and clocks come from `process`.

    Everything of its set-up may come along, but channels and monitors, which have addresses of their own.
    """
    user, facts = person_of(request), body.facts()
    authorize(user, "add", Product)
    if products_of(token_of(request)):
        raise PermissionDenied(_("This token is for some products only; it makes no others."))
    team, process = team_of(user, facts.pop("team", "")), process_of(facts.pop("process"))
    authorize(user, "add_product", team)

    def make() -> int:
        return make_whole(user, team, process, facts).pk

    pk, fresh = once_by_token(request, "product", body.model_dump(mode="json"), make)
    return Status(201 if fresh else 200, product_shape(reachable(request).get(pk=pk)))


@router.get("/products/{slug}", auth=SEEN_WITH, response=ProductShape)
def read_product(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One product; a former slug finds it too."""
    return product_shape(product_of(request, slug))


@router.patch("/products/{slug}", auth=SET_WITH, response=ProductShape)
def change_product(request: HttpRequest, slug: str, body: ProductFacts) -> dict[str, Any]:
    """Changes what is given. Another name gives another slug; the former one goes on working."""
    product, facts = product_of(request, slug, "edit"), body.facts()
    if "process" in facts:
        facts["process"] = process_of(facts["process"])
    change_whole(product, person_of(request), facts)
    return product_shape(reachable(request).get(pk=product.pk))


@router.post("/products/{slug}/environments", auth=SET_WITH, response={201: ProductShape, 200: ProductShape})
def add_environment(request: HttpRequest, slug: str, body: NewEnvironment) -> Status[dict[str, Any]]:
    """One more place where the product runs. Answers the product."""
    product, user = product_of(request, slug, "add_environment"), person_of(request)

    def add() -> str:
        return add_one(product, by=user, name=body.name, kind=body.kind, hosts=body.hosts).slug

    sent = body.model_dump(mode="json")
    _answer, fresh = once_by_token(request, f"environment:{product.pk}", sent, add)
    return Status(201 if fresh else 200, product_shape(reachable(request).get(pk=product.pk)))


@router.delete("/products/{slug}/environments/{environment}", auth=SET_WITH, response={204: None})
def remove_environment(request: HttpRequest, slug: str, environment: str) -> Status[None]:
    """One place less. 422 where incidents happened, and for the last one: a product runs somewhere."""
    product, user = product_of(request, slug, "add_environment"), person_of(request)
    found = product.environments.filter(slug=environment).first()
    if found is None:
        raise Http404
    remove_one(found, by=user)
    return Status(204, None)


@router.post("/products/{slug}/archive", auth=SET_WITH, response=ProductShape)
def archive_product(request: HttpRequest, slug: str) -> dict[str, Any]:
    """No new incidents for it from now on; what happened stays on record. Nothing to do is no error."""
    product = product_of(request, slug, "archive")
    archive(product, by=person_of(request))
    return product_shape(product)


@router.post("/products/{slug}/restore", auth=SET_WITH, response=ProductShape)
def restore_product(request: HttpRequest, slug: str) -> dict[str, Any]:
    """In use again. 422 when another product has taken its name meanwhile."""
    product = product_of(request, slug, "archive")
    restore(product, by=person_of(request))
    return product_shape(product)
