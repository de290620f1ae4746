"""`POST /in/push/{key}`: for scripts; the key in the path is all they need. And the script that does it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import TooOften, count_refused
from foundation.door import Door
from foundation.problems import problem
from monitoring.push import receive

LARGEST = 25_000_000


def _again() -> HttpResponse:
    return problem(503, _("Too much arrives at this moment. Send it again."), headers={"Retry-After": "5"})


door = Door(_again, wait_s=2.0)


@login_not_required
@csrf_exempt
@require_POST
def push(request: HttpRequest, key: str) -> HttpResponse:
    """200 with what it made of the body; 404 for an unknown key; 503 when it must be sent again."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return problem(413, _("This is too large: at most 25 MB are taken here."))
    return door.let_in(lambda: _answer(request, key, body))


def _answer(request: HttpRequest, key: str, body: bytes) -> HttpResponse:
    found = receive(key, body)
    if found is None:
        return unknown_key(request)
    monitor, outcome = found
    states = {result.key: result.state for result in outcome.results}
    return JsonResponse(
        {"monitor": monitor.slug, "code": outcome.code, "detail": str(outcome.detail), "targets": states}
    )


def unknown_key(request: HttpRequest) -> HttpResponse:
    """404; who tries keys on and on is told to wait. Whoever has one is never counted."""
    try:
        count_refused(request)
    except TooOften as error:
        words = _("Too many unknown keys from this address.")
        return problem(429, words, headers={"Retry-After": str(error.wait_s)})
    return problem(404, _("There is nothing to push to at this address."))


@login_not_required
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """nightdesk-push, to be fetched where it shall run."""
    text = (Path(settings.BASE_DIR) / "scripts" / "nightdesk-push").read_bytes()
    return HttpResponse(text, content_type="text/x-shellscript; charset=utf-8")
