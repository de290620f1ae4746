"""What is answered where no view of ours does.

Under /api/ and /in/ every refusal is problem details, also those that come before or beside it: 404, 405, bad hosts.
Scripts and machines read them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from foundation import room
from foundation.outage import outage
from foundation.problems import CONTENT_TYPE, FOR_MACHINES, InOwnWords, problem
from ui.htmx import by_htmx

KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemDetails:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        foreign = response.status_code >= 400 and response.headers.get("Content-Type") != CONTENT_TYPE
        foreign = foreign and not isinstance(response, InOwnWords)
        if not foreign or not request.path.startswith(FOR_MACHINES):
            return response
        words = {
            404: _("There is no such address."),
            405: _("This address does not take that method."),
            503: _("The database does not answer at this moment."),
        }
        kept = {name: response.headers[name] for name in KEPT if name in response.headers}
        return problem(response.status_code, words.get(response.status_code, ""), headers=kept)


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address under /api/: not a page that asks to sign in."""
    return problem(404, _("There is no such address."))


nothing.login_required = False  # type: ignore[attr-defined]
nothing.csrf_exempt = True  # type: ignore[attr-defined]


def broke(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what nobody expected, and a database that is away, which any line of ours may meet first.

    Without context processors: they would ask it."""
    problem = sys.exc_info()[1]
    if problem is None or outage(problem) is None:
        return server_error(request)
    room.refused(problem)
    again = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    fragment = by_htmx(request)
    response = HttpResponse(
        render_to_string("away.html#fragment" if fragment else "away.html", {"again": again}), status=503
    )
    response.headers["Retry-After"], response.headers["Cache-Control"] = "5", "no-store"
    if fragment:
        response.headers["HX-Reswap"] = "none"
    return response
