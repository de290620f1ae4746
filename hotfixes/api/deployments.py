"""`POST /deployments` from the last line of a deploy script, and what was reported."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from accounts.access import authorize
from accounts.bearer import Bearer, person_of, token_of
from accounts.models import Scope
from accounts.replay import once_by_token
from foundation.shapes import (
    Body,
    Filled,
    Key,
    Listed,
    Moment,
    OneLine,
    Paging,
    Plain,
    Text,
    Utc,
    listed,
    utc,
)
from hotfixes.deployments.recognising import unclear
from hotfixes.models import Hotfix
from hotfixes.reported.deployments import environment_of, report_deployment
from products.api.lookup import named_product
from products.models import Deployment, Environment, Product
from products.token_products import narrowed
from products.vocabulary import EnvironmentKind

router = Router(tags=["deployments"], auth=Bearer(Scope.READ, Scope.HOTFIXES, Scope.INGEST))
REPORTED_WITH = Bearer(Scope.INGEST, Scope.HOTFIXES)


type Stage = Literal["submitted", "in_review", "released", "halted"]


class NewDeployment(Body):
    """`product` by slug or name, `environment` by slug, name or kind. `git_ref`: the tag or commit that was deployed.

    `hotfix` is found by version and tag where it is left out. `at`: when it happened, if not now. `stage`: where a
    store stands with it; then `status` may be left out, and `percent` says how many of the users it is released to.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "product": "staff-mobile",
                    "environment": "production",
                    "version": "0.1.1",
                    "git_ref": "staff-mobile/prod-v0.1.1",
                    "status": "succeeded",
                }
            ]
        },
    )

    product: Key
    environment: Key
    version: Annotated[str, Field(min_length=1, max_length=80), Plain, Filled, OneLine]
    status: Literal["started", "succeeded", "failed", "rolled_back"] | None = None
    stage: Stage | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    git_ref: Annotated[str, Field(max_length=250), Plain, OneLine] = ""
    hotfix: Annotated[str, Field(max_length=24), Plain] = ""
    at: Moment | None = None
    url: Annotated[str, Field(max_length=1000), Plain] = ""


class DeploymentShape(Schema):
    """`hotfix`: which one it speaks of, null for none that you may see; `by` said it, with `token` if by a script.

    `status` is rolled_back where an older version than `was`, which ran there before, was brought out; `unclear`:
    nobody can tell by the numbers which of both is newer.
    """

    id: int
    product: str
    environment: str
    kind: Literal["dev", "staging", "production"]
    version: str
    git_ref: str
    hotfix: str | None
    status: Literal["started", "succeeded", "failed", "rolled_back"]
    stage: Literal["", "submitted", "in_review", "released", "halted"]
    percent: int | None
    was: str
    unclear: bool
    source: Literal["api", "forge", "person", "probe"]
    at: Utc
    recorded_at: Utc
    url: str
    by: str | None
    token: str | None


class DeploymentFilters(Paging):
    product: Annotated[Text, Field(description="Its slug or name.")] = ""
    environment: Annotated[Text, Field(description="Its slug or kind.")] = ""


@router.post("/deployments", auth=REPORTED_WITH, response={201: DeploymentShape, 200: DeploymentShape})
def report(request: HttpRequest, body: NewDeployment) -> Status[dict[str, Any]]:
    """A deployment began, went well, failed or was rolled back. The hotfix it speaks of is judged again at once.

    An older version that ends up there again is a rollback, whatever `status` says. Said twice it is one.
    """
    user, facts = person_of(request), body.facts()
    facts = {"status": "", **{name: value for name, value in facts.items() if value is not None}}
    product = named_product(request, facts.pop("product"))
    authorize(user, "report_deployment", product)
    environment = environment_of(product, facts.pop("environment"))
    ref = facts.pop("hotfix", "")
    hotfix = hotfix_of(request, ref) if ref else None

    def do() -> str:
        made = report_deployment(
            product, environment, by=user, token=token_of(request).name, hotfix=hotfix, **facts
        )
        return str(made.pk)

    sent = body.model_dump(mode="json", exclude_unset=True)
    pk, fresh = once_by_token(request, "deployments", sent, do)
    made = _rows().get(pk=int(pk))
    return Status(201 if fresh else 200, deployment_shape(made, _seen(request, [made])))


@router.get("/deployments", response=Listed[DeploymentShape])
def list_deployments(request: HttpRequest, asked: Query[DeploymentFilters]) -> dict[str, Any]:
    """What was reported of products one may see, the newest first."""
    products = narrowed(Product.objects.visible_to(person_of(request)), token_of(request), "pk")
    if asked.product:
        products = products.filter(pk=named_product(request, asked.product).pk)
    rows = _rows().filter(product__in=products)
    if asked.environment:
        rows = rows.filter(environment__in=_environments(products, asked.environment))
    found = asked.page(rows, "-at", "-pk")
    refs = _seen(request, found.items)
    return listed(found, lambda one: deployment_shape(one, refs))


def _environments(products: QuerySet[Product], name: str) -> QuerySet[Environment]:
    """By kind, else by slug. ValidationError on `environment` where `products` have none that is called so."""
    rows = Environment.objects.filter(product__in=products)
    named = rows.filter(kind=name.casefold())
    if not named.exists():
        named = rows.filter(slug=name)
    if not named.exists() and name.casefold() not in EnvironmentKind.values:
        raise ValidationError({"environment": _("There is no environment “%(name)s” here.") % {"name": name}})
    return named


def deployment_shape(one: Deployment, seen: set[str]) -> dict[str, Any]:
    same = ("version", "git_ref", "status", "stage", "percent", "was", "source", "url")
    return {
        **{name: getattr(one, name) for name in same},
        "id": one.pk,
        "unclear": unclear(one.version, one.was),
        "product": one.product.slug,
        "environment": one.environment.slug,
        "kind": one.environment.kind,
        "hotfix": one.hotfix if one.hotfix in seen else None,
        "at": utc(one.at),
        "recorded_at": utc(one.recorded_at),
        "by": one.by.email if one.by else None,
        "token": one.token or None,
    }


def hotfix_of(request: HttpRequest, ref: str) -> Hotfix:
    """The hotfix that a body names. ValidationError on `hotfix` where person and token reach none of this name."""
    rows = Hotfix.objects.visible_to(person_of(request)).for_page()
    try:
        return narrowed(rows, token_of(request)).by_ref(ref.strip())  # type: ignore[attr-defined,no-any-return]
    except Hotfix.DoesNotExist:
        words = _("There is no hotfix “%(ref)s” here.") % {"ref": ref}
        raise ValidationError({"hotfix": words}) from None


def _rows() -> QuerySet[Deployment]:
    return Deployment.objects.select_related("product", "environment", "by")


def _seen(request: HttpRequest, rows: list[Deployment]) -> set[str]:
    """The refs of hotfixes among `rows` that the person may see: a private incident's stays unsaid."""
    numbers = [int(one.hotfix[3:]) for one in rows if one.hotfix.startswith("HF-")]
    known = Hotfix.objects.visible_to(person_of(request)).filter(number__in=numbers)
    return {one.ref for one in known}
