"""One report: as JSON, as Markdown, and as a file that carries what its digest is of."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.bearer import person_of
from foundation import moment
from incidents.api.process import MARKDOWN
from incidents.api.reading import incident_of
from incidents.models import Incident
from incidents.views.incident import zone_of
from review import report
from review.api.router import router
from review.api.shapes import PostmortemShape
from review.markdown import markdown


@router.get("/incidents/{ref}/postmortem", response=PostmortemShape)
def read_postmortem(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The report: evidence, answers, action items, the meeting, the review."""
    return postmortem_shape(incident_of(request, ref))


@router.get("/incidents/{ref}/postmortem.json", response=PostmortemShape)
def keep_postmortem(request: HttpRequest, ref: str) -> HttpResponse:
    """The same as a file; once reviewed with `frozen`, which the digest is of (canonical JSON)."""
    found = incident_of(request, ref)
    return _file(report.exported(found, moment.now()), f"{found.ref}-postmortem.json")


@router.get("/incidents/{ref}/postmortem.md", openapi_extra=MARKDOWN)
def postmortem_as_markdown(request: HttpRequest, ref: str) -> HttpResponse:
    """The same as Markdown, times in the zone of the token's person."""
    found = incident_of(request, ref)
    text = markdown(report.read(found, moment.now()), zone_of(person_of(request), found))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


def postmortem_shape(incident: Incident) -> dict[str, Any]:
    return report.addressed(incident, moment.now(), report.postmortem_of(incident))


def _file(shape: dict[str, Any], name: str) -> HttpResponse:
    return JsonResponse(
        shape,
        json_dumps_params={"ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
