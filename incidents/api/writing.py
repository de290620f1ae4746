"""Declaring by script. The same key again opens nothing new."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema, Status
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from accounts.access import authorize
from accounts.bearer import person_of
from accounts.replay import once_by_token
from foundation.shapes import Body, Key, Line, Moment, Title, Words
from incidents.api.reading import ACTED_WITH, incident_of, router
from incidents.api.shapes import IncidentShape, incident_shape
from incidents.lifecycle.declare import declare
from products.api import named_product, severity_of
from products.models import Environment, Product

EXAMPLE: JsonDict = {
    "title": "Sign-in fails",
    "product": "staff-mobile",
    "severity": "critical",
    "environment": "production",
    "users_affected": {"n": 120, "estimate": True, "source": "logs"},
}
Count = Annotated[int, Field(ge=0, le=10**12)]


class Affected(Schema):
    """How many people, whether that is an estimate, and how it was counted."""

    model_config = ConfigDict(strict=True, extra="forbid")

    n: Count | None = None
    estimate: bool = False
    source: Line = ""


class NewIncident(Body):
    """Without `severity` it opens in triage at the worst one. `environment` by its name or slug.

    `detected_at`: when it began to be known, if not now; clocks run from there. `reported_at`: when somebody told us.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    title: Title
    product: Key
    severity: Key | None = None
    environment: Key | None = None
    impact: Words = ""
    users_affected: Count | Affected | None = None
    detected_at: Moment | None = None
    reported_at: Moment | None = None
    mode: Literal["live", "drill", "retrospective"] = "live"
    private: bool = False


@router.post("/incidents", auth=ACTED_WITH, response={201: IncidentShape, 200: IncidentShape})
def declare_incident(request: HttpRequest, body: NewIncident) -> Status[dict[str, Any]]:
    """Declares one: active at once with a severity, in triage without. Whoever is to be told is told."""
    user, facts = person_of(request), body.facts()
    product = named_product(request, facts.pop("product"))
    authorize(user, "declare", product)
    severity, environment = facts.pop("severity", None), facts.pop("environment", None)
    if environment:
        facts["environment"] = environment_of(product, environment)
    facts |= people(facts.pop("users_affected", None))

    def do() -> str:
        chosen = severity_of(product, severity) if severity else None
        return declare(product, by=user, severity=chosen, **facts).ref

    ref, fresh = once_by_token(request, "declare", body.model_dump(mode="json"), do)
    return Status(201 if fresh else 200, incident_shape(incident_of(request, ref)))


def environment_of(product: Product, name: str) -> Environment:
    """By name or slug, in any case. ValidationError on `environment` with the names there are."""
    environments = list(product.environments.all())
    for environment in environments:
        if name.casefold() in (environment.name.casefold(), environment.slug.casefold()):
            return environment
    names = ", ".join(environment.name for environment in environments)
    words = {"product": product.name, "names": names}
    raise ValidationError({"environment": _("%(product)s has these environments: %(names)s.") % words})


def people(given: int | Affected | None) -> dict[str, Any]:
    """`users_affected` as the columns that keep it; nothing for None."""
    if given is None:
        return {}
    if isinstance(given, int):
        return {"users_affected": given}
    return {"users_affected": given.n, "users_estimated": given.estimate, "users_source": given.source}
