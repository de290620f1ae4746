"""The API, version 1: every app's router, every refusal as problem details, its description as OpenAPI.

Tokens only: a browser's cookie opens nothing here, so no CSRF check is needed and none is made.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja import errors as ninja
from ninja.operation import Operation
from ninja.parser import Parser

from accounts.api import router as people
from accounts.limits import TooOften
from config.api.description import Description
from foundation import json_body, room
from foundation.idempotency import Reused
from foundation.json_body import BadBody
from foundation.outage import in_one_line
from foundation.paging import BadCursor
from foundation.problems import errors_of, problem
from foundation.written import address
from hotfixes.api import routers as hotfixes
from hotfixes.connecting.api import router as repositories
from incidents.api import router as incidents
from incidents.api.shapes import incident_shape
from incidents.lifecycle.closing import Held
from incidents.lifecycle.lifecycle import TooLate
from monitoring.api import alerts, maintenance
from monitoring.api import router as monitoring
from notifications.api import router as notifications
from products.api import router as products
from review.api import router as reports

_log = structlog.get_logger(__name__)


class Api(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._described: dict[str, Description] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Description:
        """Made once per prefix: anybody may ask for it, and it takes a while."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._described:
            self._described[prefix] = Description(self, prefix)
        return self._described[prefix]

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name, so that a generated client reads `declare_incident`."""
        return operation.view_func.__name__


class StrictParser(Parser):
    """JSON that has one meaning."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json_body.read(request.body)


WORDS = """Incidents, monitors, products and processes for scripts.

Send a token with every request: `Authorization: Bearer nd_…`. It acts for its person, never for more.
Lists are `{items, next}`; send `next` as `cursor` for the following page. Times are RFC 3339 in UTC.
Refusals are problem details (RFC 9457). What nobody knows in a body is refused; in a query it is ignored.
"""
api = Api(
    title="Nightdesk", version="1", description=WORDS,
    parser=StrictParser(), docs_url=None, openapi_url="/openapi.json", urls_namespace="api",
    docs_decorator=lambda view: csrf_exempt(require_safe(view)),
)  # fmt: skip
for _router in (
    reports, *hotfixes, incidents, monitoring, alerts, maintenance, notifications, products, people, repositories,
):  # fmt: skip
    api.add_router("", _router)


@api.exception_handler(ninja.AuthenticationError)
def _unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    words = _("Send a token that works: Authorization: Bearer nd_…")
    return problem(401, words, headers={"WWW-Authenticate": 'Bearer realm="Nightdesk"'})


@api.exception_handler(ninja.HttpError)
def _http(request: HttpRequest, error: ninja.HttpError) -> HttpResponse:
    words = str(error)
    if isinstance(error.__cause__, BadBody):
        words = str(error.__cause__)
    elif isinstance(error.__cause__, json.JSONDecodeError):
        words = _("The body is not JSON: %(what)s.") % {"what": error.__cause__}
    elif error.status_code == 400:
        words = _("The body is not JSON in UTF-8.")
    return problem(error.status_code, words)


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    told = (
        str(error) if " " in str(error) and str(error).endswith(".") else _("Your role does not allow this.")
    )
    return problem(403, told)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is no such thing here."))


@api.exception_handler(TooLate)
def _too_late(request: HttpRequest, error: TooLate) -> HttpResponse:
    incident = type(error.incident).objects.for_page().get(pk=error.incident.pk)
    words = {"ref": incident.ref, "status": str(incident.get_status_display()).lower()}
    told = _("Too late: somebody was faster. %(ref)s is %(status)s.") % words
    if not error.faster:
        told = _("%(ref)s is %(status)s.") % words
    told = f"{error.words} {told}" if error.words else told
    return problem(409, told, incident=incident_shape(incident))


@api.exception_handler(Held)
def _held(request: HttpRequest, error: Held) -> HttpResponse:
    return problem(409, " ".join(error.messages))


@api.exception_handler(Reused)
def _reused(request: HttpRequest, error: Reused) -> HttpResponse:
    words = _("This key was used for another body. It answered %(answer)s then.") % {"answer": error.answer}
    return problem(422, words, [{"field": "Idempotency-Key", "message": words}])


@api.exception_handler(BadCursor)
def _bad_cursor(request: HttpRequest, error: BadCursor) -> HttpResponse:
    words = _("This is not a cursor that a list gave.")
    return problem(422, words, [{"field": "cursor", "message": words}])


@api.exception_handler(ValidationError)
def _refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = errors_of(error)
    return problem(422, " ".join(each["message"] for each in errors), errors)


@api.exception_handler(ninja.ValidationError)
def _malformed(request: HttpRequest, error: ninja.ValidationError) -> HttpResponse:
    errors = [{"field": _field(each["loc"]), "message": _words(each)} for each in error.errors]
    if errors == [{"field": "", "message": "Field required"}]:
        errors = [{"field": "", "message": _("Send a body: this needs one.")}]
    return problem(422, _("Something given cannot be: see errors."), errors)


@api.exception_handler(TooOften)
def _too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    return problem(429, _("Too many requests in this minute."), headers={"Retry-After": str(error.wait_s)})


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("api.database", path=request.path, error=in_one_line(error))
    if room.refused(error):
        words = _("The database's disk is full: nothing was changed.")
        return problem(503, words, headers={"Retry-After": "60"})
    return problem(503, _("The database does not answer at this moment."), headers={"Retry-After": "2"})


def _words(found: dict[str, Any]) -> str:
    """What to do, where Pydantic says only what it does."""
    if found["type"] == "extra_forbidden":
        return _("There is no such field here. See %(page)s.") % {"page": address("/api/v1/docs")}
    if found["type"] in ("model_attributes_type", "model_type", "dict_type"):
        return _("must be an object such as {…}")
    if found["type"] in ("literal_error", "enum"):
        return _("must be %(known)s") % {"known": str(found["ctx"]["expected"]).replace("'", "")}
    return str(found["msg"]).removeprefix("Value error, ")


def _field(place: tuple[Any, ...]) -> str:
    """`title`, `expect.status.0`: without the names of our own functions and of alternatives of a type."""
    parts = [str(part) for part in place if part not in ("body", "query", "path", "asked")]
    return ".".join(part for part in parts if part.isidentifier() or part.isdigit())
