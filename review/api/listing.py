"""Reports and action items that the token's person may read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from accounts.bearer import person_of, token_of
from foundation import moment
from foundation.shapes import Listed, Paging, Text, address, utc_or_none
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from products.token_products import narrowed
from review import listing
from review.api.router import router
from review.api.shapes import ReportRow
from review.due import standings


class ReportFilters(Paging):
    state: Annotated[
        Literal["", "due", "in_progress", "reviewed", "mine"], Field(description="`due`: whose clock runs.")
    ] = ""
    q: Annotated[Text, Field(description="Words of title, product or answers.")] = ""


@router.get("/postmortems", response=Listed[ReportRow])
def list_postmortems(request: HttpRequest, asked: Query[ReportFilters]) -> dict[str, Any]:
    """What is over and what somebody writes about, the newest first; `due`: the next due first."""
    user = person_of(request)
    rows = narrowed(listing.reports(user), token_of(request))
    assert isinstance(rows, IncidentQuerySet)
    found = listing.page_of(listing.matching(rows, asked.q), asked.state, user, asked.cursor, asked.limit)
    incidents = found.items
    known = standings(incidents, moment.now())
    return {"items": [_row(one, known) for one in incidents], "next": found.next}


def _row(incident: Incident, known: dict[int, Any]) -> dict[str, Any]:
    standing = known[incident.pk]
    clock = standing.clock
    return {
        "ref": incident.ref,
        "title": incident.title,
        "product": incident.product.slug,
        "severity": incident.severity.key,
        "mode": incident.mode,
        "private": incident.private,
        "state": "reviewed" if standing.reviewed else "in_progress",
        "begun": standing.begun,
        "resolved": standing.over,
        "left": standing.left,
        "due_at": utc_or_none(clock.reading.due_at) if clock else None,
        "reviewed_by": str(standing.postmortem.reviewed_by or "") if standing.postmortem else "",
        "url": address(f"{incident.get_absolute_url()}postmortem/"),
    }
