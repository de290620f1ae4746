"""`POST /in/<tool>/{key}` and `POST /in/events/v2/enqueue`: for tools that send alerts.

Answered at once: 200 whatever the body is, for a sender can do nothing about what it sent, but 413 where it sent too
much at once; 503 when it must be sent again (Alertmanager repeats that, and neither 413 nor 422 nor 429). Nothing that
the sender says of the body is believed.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from foundation.problems import InOwnWords, problem
from monitoring.alerts import events
from monitoring.alerts.receiving import receive, source_of
from monitoring.models import Tool
from monitoring.probes.json_text import MAX_BYTES, BadJson, parse
from monitoring.views.push import LARGEST, door, unknown_key


@login_not_required
@csrf_exempt
@require_POST
def alerts(request: HttpRequest, key: str, tool: str) -> HttpResponse:
    """200 for whatever arrives; 404 for an unknown key; 413 for what is kept and too large to be read; 503 when it
    must be sent again."""
    body = request.read(LARGEST)

    def answer() -> HttpResponse:
        source = source_of(tool, key)
        if source is None:
            return unknown_key(request)
        receive(source, key, body)
        return _too_large() if len(body) > MAX_BYTES else JsonResponse({"received": True})

    return door.let_in(answer)


@login_not_required
@csrf_exempt
@require_POST
def enqueue(request: HttpRequest) -> HttpResponse:
    """As PagerDuty answers: 202 with the `dedup_key`, 400 with what is wrong; 404 for an unknown `routing_key`. The key
    stands in the body, so of what cannot be read nobody knows whose it is."""
    body = request.read(LARGEST)
    if len(body) > MAX_BYTES:
        return _too_large()
    try:
        event = parse(body)
    except BadJson as bad:
        return _invalid(bad.detail)
    key = event.get("routing_key") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(key, str):
        return _invalid(_("routing_key is missing"))
    return door.let_in(lambda: _enqueued(request, key, event, body))


def _enqueued(request: HttpRequest, key: str, event: dict[str, Any], body: bytes) -> HttpResponse:
    source = source_of(Tool.EVENTS, key)
    if source is None:
        return unknown_key(request)
    receive(source, key, body)
    try:
        events.read(event)
    except BadJson as bad:
        return _invalid(bad.detail)
    told = {"status": "success", "message": "Event processed", "dedup_key": events.dedup_key(event)}
    return JsonResponse(told, status=202)


def _too_large() -> HttpResponse:
    return problem(
        413, _("This is too large: of alerts at most 1 MB is read at once. Send fewer in one message.")
    )


def _invalid(wrong: str) -> HttpResponse:
    told = {"status": "invalid event", "message": "Event object is invalid", "errors": [wrong]}
    return InOwnWords(told, status=400)
