"""`POST /in/forge/{key}`: for forges. Answered at once, whatever comes, and never with 5xx while the database lives."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.limits import TooOften, count_refused
from foundation.door import Door
from foundation.problems import problem
from hotfixes.forges.hooks import Malformed
from hotfixes.forges.signatures import MAX_BODY, Refused
from hotfixes.hooks.receiving import receive, repository_of

_STATUS = {"too_large": 413, "malformed_signature": 401}


def _again() -> HttpResponse:
    words = _("Too much arrives at this moment. Send it again.")
    return problem(429, words, headers={"Retry-After": "5"})


_door = Door(_again, wait_s=2.0)


@login_not_required
@csrf_exempt
@require_POST
def forge(request: HttpRequest, key: str) -> HttpResponse:
    """202 for a new delivery, 200 for a repeat, 404 for an unknown key, 401 for what is no signature, 403 for a wrong
    one or none, 400 for nonsense.
    """
    body = request.read(MAX_BODY + 1)
    return _door.let_in(lambda: _answer(request, key, body))


def _answer(request: HttpRequest, key: str, body: bytes) -> HttpResponse:
    repository = repository_of(key)
    if repository is None:
        return _refused(request, 404, _("There is nothing to send to at this address."))
    try:
        received = receive(repository, request.headers, body)
    except Refused as refused:
        return _refused(request, _STATUS.get(refused.reason, 403), refused.sentence)
    except Malformed as malformed:
        return problem(400, str(malformed))
    return JsonResponse({"received": True, "again": received.again}, status=200 if received.again else 202)


def _refused(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """Who tries on and on is told to wait; a delivery that is right is never counted."""
    try:
        count_refused(request)
    except TooOften as error:
        words = _("Too many refused deliveries from this address.")
        return problem(429, words, headers={"Retry-After": str(error.wait_s)})
    return problem(status, words)
