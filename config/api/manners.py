"""What every address of the API does alike: HEAD, OPTIONS, media types, "nothing new" and how much is left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from foundation.problems import problem

# What curl says of `-d` and `--data-binary` unless told otherwise counts as JSON.
TAKEN = {
    "", "application/json", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain",
    "application/yaml", "application/x-yaml", "text/yaml",
}  # fmt: skip

# Where a file may come as it is.
FILES = {"/api/v1/evidence": {"application/xml", "text/xml", "multipart/form-data"}}


class ApiManners:
    """Inside config.http.problem_pages.ProblemDetails, which gives refusals from farther in their shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            words = _("Send the body as it is, without Content-Encoding.")
            return problem(415, words, headers={"Accept-Encoding": "identity"})
        if not _takes(request):
            words = _("Send JSON: Content-Type: application/json.")
            return problem(
                415, words, headers={"Accept-Post": "application/json", "Accept-Patch": "application/json"}
            )
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"  # the server keeps the body to itself
        response = self.get_response(request)
        if response.status_code == 405:
            if asked == "OPTIONS":
                return _methods(response)
            response["Allow"] = _taken(response)
        if request.method == "GET" and response.status_code == 200 and isinstance(response, HttpResponse):
            response = _unless_known(request, response)
        _tell_rate(request, response)
        return response


def _methods(refusal: HttpResponseBase) -> HttpResponse:
    answer = HttpResponse(status=204, headers={"Allow": _taken(refusal)})
    del answer.headers["Content-Type"]
    return answer


def _taken(refusal: HttpResponseBase) -> str:
    """What the address takes, with the methods that all take alike."""
    methods = set(refusal["Allow"].split(", "))
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


def _takes(request: HttpRequest) -> bool:
    kind = (request.content_type or "").lower()
    taken = TAKEN | FILES.get(request.path, set())
    return kind in taken or kind.endswith("+json") or request.headers.get("Content-Length", "0") in ("", "0")


def _tell_rate(request: HttpRequest, response: HttpResponseBase) -> None:
    counted = getattr(request, "counted", None)
    if counted:
        response.headers["RateLimit-Limit"] = str(counted.most)
        response.headers["RateLimit-Remaining"] = str(counted.left)
        response.headers["RateLimit-Reset"] = str(counted.wait_s)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """304 for who has this answer already (If-None-Match)."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=response) or response
