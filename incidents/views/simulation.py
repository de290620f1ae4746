"""Simulate a process: one page, whose address is the whole simulation (docs/decisions/0004)."""

import copy
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import zones
from accounts.access import authorize, signed_in
from foundation import moment
from incidents.simulation import links
from incidents.simulation.basis import Basis
from incidents.simulation.play import Busy, play
from incidents.simulation.script import Script
from incidents.simulation.shown import Shown, read
from products.models import Process, ProcessDraft
from products.process.problems import ProcessError


@require_safe
def simulate(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """Of the process's current version, or of the one of that number."""
    process = get_object_or_404(Process.objects.select_related("current"), key=key)
    authorize(request.user, "view", process)
    version = process.versions.filter(number=number).first() if number else process.current
    if version is None:
        raise Http404
    back = reverse("process_version", args=[key, number]) if number else reverse("process", args=[key])
    return _page(request, Basis.of(version), back, _("Version %(n)s") % {"n": version.number})


@require_safe
def simulate_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Of the draft that is written just now, before anybody works by it."""
    authorize(request.user, "draft", Process)
    draft = get_object_or_404(ProcessDraft, key=key, published=None, discarded_at=None)
    try:
        basis = Basis.of_text(draft.text.encode(), name=f"{key}.yaml")
    except ProcessError as broken:
        context = {"problems": broken.problems, "name": key}
        return render(request, "simulation/broken.html", context, status=422)
    return _page(request, basis, reverse("process_draft", args=[key]), _("Draft"))


def _page(request: HttpRequest, basis: Basis, back: str, version: str) -> HttpResponse:
    try:
        return _shown(request, basis, back, version)
    except Busy:
        answer = render(request, "simulation/busy.html", {"back": back}, status=503)
        answer.headers["Retry-After"] = "5"
        return answer


def _shown(request: HttpRequest, basis: Basis, back: str, version: str) -> HttpResponse:
    now = moment.now()
    errors: list[str] = []
    try:
        script, shown = _played(request, basis, request.GET, now)
    except ValidationError as wrong:
        errors = wrong.messages
        script, shown = _played(request, basis, QueryDict(), now)
    context = {
        "name": basis.document["name"],
        "version": version,
        "back": back,
        "shown": shown,
        "script": script,
        "local": script.local,
        "severities": basis.severities,
        "starts": links.starts(basis, script, now),
        "zones": zones.names(),
        "zone": script.zone,
        "errors": errors,
        "times": links.times(shown),
        "next": links.next_move(shown),
        "groups": links.groups(shown),
        "undo": f"?{script.without_last().query}" if script.moves else "",
        "over": f"?{replace(script, moves=(), until_s=0).query}",
        "share": request.build_absolute_uri(f"?{script.query}"),
    }
    return render(request, "simulation/page.html", context, status=400 if errors else 200)


def _played(request: HttpRequest, basis: Basis, query: QueryDict, now: datetime) -> tuple[Script, Shown]:
    script = _script(request, basis, query, now)
    return script, play(basis, script, lambda played: read(played, copy.copy(request)))


def _script(request: HttpRequest, basis: Basis, query: QueryDict, now: datetime) -> Script:
    zone = signed_in(request).time_zone or "UTC"
    return Script.asked(query, severity=basis.severities[0].key, zone=zone, now=now)
