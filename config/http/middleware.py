"""What every answer of a page carries, and what a person reads while the database is busy or has no room."""

import codecs
from collections.abc import Callable

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from psycopg import errors

from foundation import room
from foundation.origin import is_this_machine
from foundation.outage import in_one_line
from ui.htmx import by_htmx

log = structlog.get_logger(__name__)

# The database gave up or never began: in each of these cases it has rolled back.
BUSY: tuple[type[psycopg.Error], ...] = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)


class TransportSecurity:
    """With https in NIGHTDESK_URL browsers are told to use nothing else. Django says so only where it sees https
    itself, and behind a proxy that is not trusted it never does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.HTTPS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"
            )
        return response


def open_air(request: HttpRequest) -> dict[str, bool]:
    """Context processor: `in_the_open`, when what is typed here travels readable over a network."""
    return {"in_the_open": not settings.HTTPS and not request.is_secure() and not _on_loopback(request)}


def _on_loopback(request: HttpRequest) -> bool:
    """By the name in the browser's address bar: through a tunnel that is localhost, too."""
    try:
        return is_this_machine(split_domain_port(request.get_host())[0])
    except DisallowedHost:
        return False


class KeptNowhere:
    """A page of somebody who is signed in is kept by no browser and no proxy.

    So Back asks again: it shows neither a fragment that htmx fetched from the same address nor, after a sign-out,
    what the former person saw. Browsers still keep the whole page in memory for a quick Back; js/page.js throws that
    one away when somebody else reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        # Also where the database is away, and nobody can say who reads.
        told = "Cache-Control" in response.headers
        if not told and request.session.accessed and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class FormsInUtf8:
    """Django refuses a form in another encoding while it reads it, and reads it again for the page that says so, and
    again for the page that says that this failed: fifty tracebacks for one request of anybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        form = request.content_type == "application/x-www-form-urlencoded"
        if form and request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            return HttpResponse(
                _("Send forms in UTF-8."), status=415, content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


class Busy:
    """A verb that waited too long for another one, or found no room: 503, nothing changed, and a button to send it
    once more. A database that does not answer at all is problem_pages.py's: it stops what comes before, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError):
            return None
        full = room.refused(exception)
        if not full and not isinstance(exception.__cause__, BUSY):
            return None
        event = "database.full" if full else "database.busy"
        log.warning(event, path=request.path, error=in_one_line(exception))
        fragment = by_htmx(request)
        response = render(
            request,
            "503.html#fragment" if fragment else "503.html",
            {"kept": _kept(request), "full": full},
            status=503,
        )
        response.headers["Retry-After"] = "60" if full else "2"
        if fragment:
            response.headers["HX-Reswap"] = "none"
        return response


def _kept(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was sent, to be sent again; None for what must not be written into a page."""
    if request.FILES or any("password" in name for name in request.POST):
        return None
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
