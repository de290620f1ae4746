"""Whether a product's releases wait for a remedy: what a release script asks before it begins (K55)."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.bearer import Bearer, person_of
from accounts.models import Scope
from foundation.problems import CONTENT_TYPE, problem
from foundation.shapes import Utc, address, utc
from hotfixes.deployments import holds
from hotfixes.deployments.holds import Because
from products.api.lookup import product_of

router = Router(tags=["deployments"], auth=Bearer(Scope.READ, Scope.HOTFIXES, Scope.INGEST))


class BecauseShape(Schema):
    """`ref`: the hotfix or rollback that goes first."""

    ref: str
    incident: str
    product: str
    since: Utc
    url: str


class HoldShape(Schema):
    """`says`: the same in a sentence. `beside`: what others do in the same repository; it holds nothing."""

    hold: bool
    because: list[BecauseShape]
    beside: list[BecauseShape]
    says: str


class HoldAsked(Schema):
    refuse: Annotated[
        bool, Field(description="Answer 409 while releases wait, so that curl --fail fails.")
    ] = False


_REFUSED = {
    "description": "Releases wait, and `refuse` asked for this. It says besides what 200 says.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
WAITING: dict[str, Any] = {"responses": {409: _REFUSED}}


@router.get("/products/{slug}/hold", response=HoldShape, openapi_extra=WAITING)
def hold(request: HttpRequest, slug: str, asked: Query[HoldAsked]) -> dict[str, Any] | HttpResponse:
    """Whether other releases of the product wait, and what for. Drills hold nothing, nor does what one may not see."""
    found = holds.of_product(product_of(request, slug), person_of(request))
    shape: dict[str, Any] = {
        "hold": found.hold,
        "because": [because_shape(one) for one in found.because],
        "beside": [because_shape(one) for one in found.beside],
        "says": found.says,
    }
    return problem(409, found.says, **shape) if found.hold and asked.refuse else shape


def because_shape(one: Because) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "incident": one.incident.ref,
        "product": one.product.slug,
        "since": utc(one.since),
        "url": address(one.remedy.get_absolute_url()),
    }
