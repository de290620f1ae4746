"""Processes: list, read, the document byte for byte, import."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from accounts.access import authorize
from accounts.bearer import person_of, refuse_narrow
from foundation.problems import problem
from foundation.shapes import Listed, Paging, listed
from products.api.lookup import SLUG
from products.api.routing import SEEN_WITH, SET_WITH, router
from products.api.shapes import ProcessShape, current_shape, process_shape
from products.models import Process, ProcessVersion
from products.process import load
from products.process.problems import ProcessError
from products.sources.import_process import import_process

TEXT = {"content": {"application/yaml": {"schema": {"type": "object"}}}}
DOCUMENT = {"responses": {200: {"description": "The document, byte for byte.", **TEXT}}}
SENT = {"requestBody": {"description": "The process document (YAML).", "required": True, **TEXT}}


class Asked(Schema):
    """`version`: a former one; without it the one that new incidents start with."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/processes", auth=SEEN_WITH, response=Listed[ProcessShape], tags=["processes"])
def list_processes(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """The processes of this installation, by key."""
    rows = Process.objects.exclude(current=None).select_related("current__process")
    return listed(asked.page(rows, "key"), current_shape)


@router.get("/processes/{key}", auth=SEEN_WITH, response=ProcessShape, tags=["processes"])
def read_process(request: HttpRequest, key: str, asked: Query[Asked]) -> dict[str, Any]:
    """Severities with their limits, clocks and roles."""
    return process_shape(version_of(request, key, asked.version))


@router.get(
    "/processes/{key}/document", auth=SEEN_WITH, tags=["processes"], openapi_extra=DOCUMENT
)  # fmt: skip
def read_document(request: HttpRequest, key: str, asked: Query[Asked]) -> HttpResponse:
    """The document as it was read, byte for byte: what `POST /processes/{key}` takes."""
    text = version_of(request, key, asked.version).text
    return HttpResponse(text.encode(), content_type="application/yaml; charset=utf-8")


@router.post(
    "/processes/{key}", auth=SET_WITH, tags=["processes"], response={201: ProcessShape, 200: ProcessShape},
    openapi_extra=SENT,
)  # fmt: skip
def import_document(request: HttpRequest, key: str) -> Any:
    """Stores the document as a new version, which new incidents start with. For administrators.

    The present text again stores nothing (200). A broken document is 422 and names every line; the last good
    version stays.
    """
    user, name = person_of(request), f"{key}.yaml"
    refuse_narrow(request)
    authorize(user, "import", Process)
    if not SLUG.fullmatch(key):
        raise Http404
    try:
        if load(request.body, name=name).key != key:
            raise ValidationError({"key": _("The document is of another process than the address.")})
        imported = import_process(request.body, name=name, by=user)
    except ProcessError as error:
        errors = [{"field": one.path, "message": str(one)} for one in error.problems]
        return problem(422, _("This is no process document: see errors."), errors)
    return Status(201 if imported.created else 200, process_shape(imported.version))


def version_of(request: HttpRequest, key: str, number: int | None) -> ProcessVersion:
    """The asked version of the process of the address, its current one by default."""
    if not SLUG.fullmatch(key):
        raise Http404
    found = Process.objects.select_related("current__process").filter(key__iexact=key).first()
    if found is None:
        raise Http404
    authorize(person_of(request), "view", found)
    version = found.versions.filter(number=number).first() if number else found.current
    if version is None:
        raise Http404
    return version


def process_of_body(request: HttpRequest) -> str:
    """The document that was sent, as text. ValidationError for bytes that are none."""
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        words = {"n": error.start + 1}
        raise ValidationError({"document": _("Byte %(n)s is not UTF-8.") % words}) from None
