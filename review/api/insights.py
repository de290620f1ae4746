"""The figures of many incidents, of those that person and token see."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from accounts.bearer import person_of, token_of
from foundation import moment
from foundation.shapes import Text
from incidents.api.reading import reachable
from products.models import Product
from products.token_products import narrowed
from review.api.insights_shapes import InsightsShape
from review.api.router import router
from review.insights.asked import AskedForm, known, zone_of
from review.insights.read import read


class InsightsFilters(Schema):
    from_: Annotated[
        Text, Field(alias="from", description="The first day, such as 2026-08-25; without, 90 days in all.")
    ] = ""
    to: Annotated[Text, Field(description="The last day, itself in it; today without.")] = ""
    product: Annotated[Text, Field(description="Its slug.")] = ""
    severity: Annotated[Text, Field(description="Its key in the process, in any case.")] = ""
    process: Annotated[Text, Field(description="Its key.")] = ""


@router.get("/insights", response=InsightsShape, by_alias=True, tags=["insights"])
def read_insights(request: HttpRequest, asked: Query[InsightsFilters]) -> dict[str, Any]:
    """How long things took, which clocks were kept, how decisions turned out; days are those of the token's person."""
    user = person_of(request)
    rows = reachable(request)
    products = narrowed(Product.objects.visible_to(user), token_of(request), "pk")
    now = moment.now()
    form = AskedForm(asked.dict(by_alias=True), zone=zone_of(user), now=now, known=known(rows, products))
    if not form.is_valid():
        raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
    return read(form.asked, rows, now)
