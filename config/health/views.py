"""The page that lists all parts, the banner by itself, and the probes for who comes by Django's addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from config.health import probes
from config.health.facts import Beat, Facts, Waiting
from config.health.parts import alive
from config.health.reader import reader
from live import bus
from ui.htmx import by_htmx

SHOWN_HERE = {"default-src": [CSP.SELF], "frame-ancestors": [CSP.SELF], "base-uri": [CSP.NONE]}


@dataclass(frozen=True)
class Queue:
    title: str
    waiting: Waiting


@dataclass(frozen=True)
class Process:
    """Its own row, and those of its loops."""

    whole: Beat
    is_alive: bool
    beats: list[Beat]


def _queues(facts: Facts) -> list[Queue]:
    return [
        Queue(_("Clocks that ran out"), facts.clocks),
        Queue(_("Messages"), facts.messages),
        Queue(_("Monitors to look at"), facts.monitors),
        Queue(_("Changes to take in"), facts.changes),
    ]


def _processes(facts: Facts) -> list[Process]:
    """The living ones first, the newest first."""
    wholes = [beat for beat in facts.beats if beat.name == beat.role and beat.name != "ping"]
    found = [
        Process(
            whole,
            alive(whole, facts.now),
            [beat for beat in facts.beats if beat.process == whole.process and beat is not whole],
        )
        for whole in sorted(wholes, key=lambda beat: beat.started_at, reverse=True)
    ]
    return sorted(found, key=lambda process: not process.is_alive)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All parts, and every process that was heard lately. It follows, so that it says when nothing answers any more."""
    cursor = bus.cursor()
    user = signed_in(request)
    report = reader.report()
    context: dict[str, Any] = {
        "live_topics": [f"user:{user.pk}"],
        "live_cursor": cursor,
        "report": report,
        "now": report.at,
        "queues": _queues(report.facts) if report.facts else [],
        "processes": _processes(report.facts) if report.facts else [],
    }
    region = "#parts" if by_htmx(request) else ""
    return render(request, f"health/page.html{region}", context)


@require_safe
def banner(request: HttpRequest) -> HttpResponse:
    """The banner's inside, for a page that is open."""
    signed_in(request)
    return render(request, "health/banner.html")


@require_safe
@xframe_options_sameorigin
@csp_override(SHOWN_HERE)
def frame(request: HttpRequest) -> HttpResponse:
    """The same as a page that loads itself again: a browser without JavaScript shows it inside the others."""
    signed_in(request)
    response = render(request, "health/frame.html", {"report": reader.report()})
    response.headers["Refresh"] = "15"
    return response


def _probe(request: HttpRequest) -> HttpResponse:
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = probes.Asked(request.path, request.META.get("REMOTE_ADDR", ""), headers)
    said = probes.PATHS[request.path](asked)
    return HttpResponse(
        said.body, status=said.status, content_type=said.kind, headers={"Cache-Control": "no-store"}
    )


probe = login_not_required(require_safe(_probe))

urlpatterns = [
    path("healthz", probe, name="healthz"),
    path("readyz", probe, name="readyz"),
    path("metrics", probe, name="metrics"),
    path("settings/health/", show, name="health"),
    path("settings/health/banner/", banner, name="health_banner"),
    path("settings/health/frame/", frame, name="health_frame"),
]
