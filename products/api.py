"""Products and processes for scripts. A token that is narrowed to some products sees no others."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts.access import allowed, authorize, teams_of
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope, Team, User
from foundation.idempotency import once
from foundation.shapes import (
    Body,
    Key,
    Line,
    Listed,
    Paging,
    Plain,
    Text,
    Utc,
    address,
    listed,
    utc,
    utc_or_none,
)
from products.archive_product import archive_product, restore_product
from products.create_product import create_product
from products.edit_product import edit_product
from products.environments import add_environment
from products.models import Process, Product, Severity
from products.token_products import narrowed, products_of

router = Router(tags=["products"])
SEEN_WITH = Bearer(Scope.READ, Scope.INCIDENTS, Scope.HOTFIXES, Scope.MONITORING, Scope.ADMIN)
SET_WITH = Bearer(Scope.ADMIN)
SLUG = re.compile(r"[a-zA-Z0-9_-]{1,80}")


class EnvironmentShape(Schema):
    name: str
    slug: str
    kind: Literal["dev", "staging", "production"]


class ProductShape(Schema):
    slug: str
    name: str
    aliases: list[str]
    process: str
    team: str
    environments: list[EnvironmentShape]
    components: list[str]
    version: str
    first_release: str
    repository: None
    policy: dict[str, Any]
    archived_at: Utc | None
    url: str


class NewEnvironment(Body):
    name: Annotated[str, Field(min_length=1, max_length=80), Plain]
    kind: Literal["dev", "staging", "production"]


class ProductFacts(Body):
    """What may be changed; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=80), Plain] = ""
    process: Key = ""
    aliases: Annotated[list[Line], Field(max_length=20)] = []
    first_release: Annotated[str, Field(max_length=40), Plain] = ""
    version: Annotated[str, Field(max_length=40), Plain] = ""


class NewProduct(ProductFacts):
    """`team` may be left out by who manages exactly one; `slug` too, then it is made of the name."""

    name: Annotated[str, Field(min_length=1, max_length=80), Plain]
    process: Key
    team: Key = ""
    slug: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")] = ""
    environments: Annotated[list[NewEnvironment], Field(max_length=20)] = []


class ProductFilters(Paging):
    q: Text = ""
    archived: bool = False


class SeverityShape(Schema):
    key: str
    label: str
    rank: int
    mark: str
    wake: bool
    proceed: str
    targets: dict[str, str]


class ClockRuleShape(Schema):
    key: str
    label: str
    kind: str
    start: str
    stop: list[str]


class ProcessShape(Schema):
    key: str
    name: str
    version: int
    sha256: str
    at: Utc
    severities: list[SeverityShape]
    clocks: list[ClockRuleShape]
    roles: list[dict[str, Any]]


@router.get("/products", auth=SEEN_WITH, response=Listed[ProductShape])
def list_products(request: HttpRequest, asked: Query[ProductFilters]) -> dict[str, Any]:
    rows = _mine(request)
    rows = rows.filter(archived_at__isnull=not asked.archived)
    if asked.q:
        rows = rows.filter(name__icontains=asked.q)
    return listed(asked.page(rows, "name", "pk"), shape)


@router.post("/products", auth=SET_WITH, response={201: ProductShape, 200: ProductShape})
def add_product(request: HttpRequest, body: NewProduct) -> Status[dict[str, Any]]:
    user, facts = person_of(request), body.facts()
    authorize(user, "add", Product)
    if products_of(token_of(request)):
        raise PermissionDenied(_("This token is for some products only; it makes no others."))
    team, process = team_of(user, facts.pop("team", "")), process_of(facts.pop("process"))
    authorize(user, "add_product", team)
    key = request.headers.get("Idempotency-Key", "")

    def make() -> str:
        environments = facts.pop("environments", [])
        with transaction.atomic():
            product = create_product(by=user, team=team, process=process, **facts)
            for environment in environments:
                if not product.environments.filter(name__iexact=environment.name).exists():
                    add_environment(product, by=user, **environment.facts())
        return product.slug

    slug, fresh = once(f"user:{user.pk}", f"product:{key}" if key else "", body.model_dump(mode="json"), make)
    return Status(201 if fresh else 200, shape(_mine(request).get(slug=slug)))


@router.get("/products/{slug}", auth=SEEN_WITH, response=ProductShape)
def read_product(request: HttpRequest, slug: str) -> dict[str, Any]:
    return shape(product_of(request, slug))


@router.patch("/products/{slug}", auth=SET_WITH, response=ProductShape)
def change_product(request: HttpRequest, slug: str, body: ProductFacts) -> dict[str, Any]:
    product = product_of(request, slug, "edit")
    facts = body.facts()
    if "process" in facts:
        facts["process"] = process_of(facts["process"])
    present = {"name": product.name, "process": product.process, "aliases": product.aliases,
               "first_release": product.first_release, "version": product.version}  # fmt: skip
    edit_product(product, by=person_of(request), **{**present, **facts})
    return shape(_mine(request).get(pk=product.pk))


@router.post("/products/{slug}/environments", auth=SET_WITH, response={201: ProductShape})
def add_to_product(request: HttpRequest, slug: str, body: NewEnvironment) -> Status[dict[str, Any]]:
    product = product_of(request, slug, "add_environment")
    add_environment(product, by=person_of(request), name=body.name, kind=body.kind)
    return Status(201, shape(_mine(request).get(pk=product.pk)))


@router.post("/products/{slug}/archive", auth=SET_WITH, response=ProductShape)
def archive(request: HttpRequest, slug: str) -> dict[str, Any]:
    product = product_of(request, slug, "archive")
    archive_product(product, by=person_of(request))
    return shape(product)


@router.post("/products/{slug}/restore", auth=SET_WITH, response=ProductShape)
def restore(request: HttpRequest, slug: str) -> dict[str, Any]:
    product = product_of(request, slug, "archive")
    restore_product(product, by=person_of(request))
    return shape(product)


@router.get("/processes", auth=SEEN_WITH, response=Listed[ProcessShape], tags=["processes"])
def list_processes(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    return listed(
        asked.page(Process.objects.exclude(current=None).select_related("current"), "key"), process_shape
    )


@router.get("/processes/{key}", auth=SEEN_WITH, response=ProcessShape, tags=["processes"])
def read_process(request: HttpRequest, key: str) -> dict[str, Any]:
    if not SLUG.fullmatch(key):
        raise Http404
    found = Process.objects.exclude(current=None).select_related("current").filter(key__iexact=key).first()
    if found is None:
        raise Http404
    authorize(person_of(request), "view", found)
    return process_shape(found)


def product_of(request: HttpRequest, slug: str, action: str = "view") -> Product:
    """The product of the address, for who may do `action`; 404 for one that person or token does not reach."""
    found = _mine(request).filter(slug=slug).first() if SLUG.fullmatch(slug) else None
    if found is None:
        raise Http404
    authorize(person_of(request), action, found)
    return found


def named_product(request: HttpRequest, slug: str) -> Product:
    """The product that a body names. ValidationError on `product` where there is none for this token."""
    found = _mine(request).filter(slug=slug).first() if SLUG.fullmatch(slug) else None
    if found is None:
        raise ValidationError({"product": _("There is no product “%(slug)s” here.") % {"slug": slug}})
    return found


def severity_of(product: Product, key: str) -> Severity:
    """By its key in the product's process, in any case. ValidationError on `severity` with the keys there are."""
    severities = list(product.severities())
    for severity in severities:
        if severity.key.casefold() == key.casefold():
            return severity
    keys = ", ".join(severity.key for severity in severities)
    words = {"product": product.name, "keys": keys}
    raise ValidationError({"severity": _("%(product)s has these severities: %(keys)s.") % words})


def team_of(user: User, slug: str) -> Team:
    """The team named, or the only one to which `user` may add products."""
    if slug:
        found = teams_of(user).filter(slug=slug).first()
        if found is None:
            raise ValidationError({"team": _("There is no team “%(slug)s” here.") % {"slug": slug}})
        return found
    mine = [team for team in teams_of(user) if allowed(user, "add_product", team)]
    if len(mine) != 1:
        slugs = ", ".join(team.slug for team in mine)
        raise ValidationError({"team": _("Say which team: %(slugs)s.") % {"slugs": slugs}})
    return mine[0]


def process_of(key: str) -> Process:
    found = Process.objects.exclude(current=None).filter(key__iexact=key).first()
    if found is None:
        keys = ", ".join(Process.objects.exclude(current=None).values_list("key", flat=True))
        raise ValidationError({"process": _("There are these processes: %(keys)s.") % {"keys": keys}})
    return found


def shape(product: Product) -> dict[str, Any]:
    return {
        "slug": product.slug,
        "name": product.name,
        "aliases": product.aliases,
        "process": product.process.key,
        "team": product.team.slug,
        "environments": [
            {"name": e.name, "slug": e.slug, "kind": e.kind} for e in product.environments.all()
        ],
        "components": [],
        "version": product.version,
        "first_release": product.first_release,
        "repository": None,
        "policy": {},
        "archived_at": utc_or_none(product.archived_at),
        "url": address(f"/products/{product.slug}/"),
    }


def process_shape(process: Process) -> dict[str, Any]:
    version = process.current
    if version is None:
        raise Http404
    clocks = version.clocks()
    return {
        "key": process.key,
        "name": process.name,
        "version": version.number,
        "sha256": version.sha256,
        "at": utc(version.at),
        "severities": [
            {
                **{
                    name: getattr(severity, name)
                    for name in ("key", "label", "rank", "mark", "wake", "proceed")
                },
                "targets": {clock.key: severity.target(clock.key).text() for clock in clocks},
            }
            for severity in version.severities.order_by("position")
        ],
        "clocks": [
            {"key": c.key, "label": c.label, "kind": c.kind, "start": c.start, "stop": list(c.stop)}
            for c in clocks
        ],
        "roles": version.document.get("roles", []),
    }


def _mine(request: HttpRequest) -> QuerySet[Product]:
    rows = Product.objects.visible_to(person_of(request)).with_process().prefetch_related("environments")
    return narrowed(rows, token_of(request), "pk")
