"""Fixing the meeting, reviewing, opening a reviewed report again: GET shows what is about to be done, POST does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from foundation import moment
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from incidents.views.incident import fetch, zone_of
from review import answers, findings, page, process_change, report, reviewing
from review.forms import ReasonForm, ReviewForm, ScheduleForm, ShareForm
from review.schedule_postmortem import schedule_postmortem
from review.timeline import Timeline

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Deed:
    """What a page does to a report: `action` is what the rules are asked for."""

    action: str
    title: str | Promise
    button: str | Promise
    form: type[forms.Form]
    do: Callable[..., Any]
    help: str | Promise = ""
    template: str = "review/deed.html"


SCHEDULE = Deed(
    "schedule_postmortem", _("Schedule the postmortem"), _("Schedule"), ScheduleForm, schedule_postmortem,
    _("When the people who worked on it meet to talk about it. The clock waits for this."),
)  # fmt: skip
REVIEW = Deed(
    "review", _("Review the report"), _("I have read it and stand for it"), ReviewForm, reviewing.review,
    _("The answers and everything shown as evidence are kept as they are now. Your name stands under it."),
    "review/review.html",
)  # fmt: skip
REOPEN = Deed(
    "reopen_report", _("Open the report again"), _("Open again"), ReasonForm, reviewing.reopen_report,
    _("What was reviewed is let go, and the answers can be changed. The timeline says that you did it, and why."),
)  # fmt: skip
KEEP = Deed(
    "keep_process", _("Does the process have to change?"), _("No change is needed"), ReasonForm,
    process_change.keep_process,
    _("If it has to, go back and add an action item of the kind Process."),
)  # fmt: skip
SHARE = Deed(
    "share", _("Share what was found"), _("I have shared it"), ShareForm, findings.share_findings,
    _("Send this text to the team. The timeline then says who shared it, when and where."),
    "review/findings.html",
)  # fmt: skip


@require_http_methods(METHODS)
def postmortem_schedule(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, ref, SCHEDULE)


@require_http_methods(METHODS)
def postmortem_review(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, ref, REVIEW)


@require_http_methods(METHODS)
def postmortem_reopen(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, ref, REOPEN)


@require_http_methods(METHODS)
def postmortem_process(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, ref, KEEP)


@require_http_methods(METHODS)
def postmortem_share(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, ref, SHARE)


def _page(request: HttpRequest, ref: str, deed: Deed) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, deed.action, found)
    with timezone.override(ZoneInfo(zone_of(request.user, found))):
        if request.method != "POST":
            return _form(
                request, found, deed, _in_zone(request, found, deed.form(initial=_initial(found))), 200
            )
        form = _in_zone(request, found, deed.form(request.POST))
        if not form.is_valid():
            return _form(request, found, deed, form, 422)
        try:
            deed.do(found, by=signed_in(request), **form.facts())  # type: ignore[attr-defined]
        except TooLate as late:
            form.add_error(None, late.words or _("Somebody was faster. Look again."))
            return _form(request, found, deed, form, 409)
        except ValidationError as error:
            form.add_error(None, error)
            _read_again(request, found, form)
            return _form(request, found, deed, form, 422)
        return redirect("postmortem", ref=found.ref)


def _read_again(request: HttpRequest, found: Incident, form: forms.Form) -> None:
    """The answers stand on the page as they are now: who sends once more has read these."""
    if "seen" in form.fields:
        form.data = {**request.POST.dict(), "seen": reviewing.seen(found, report.postmortem_of(found))}


def _in_zone(request: HttpRequest, found: Incident, form: forms.Form) -> forms.Form:
    """Says in which zone a moment is typed."""
    if "meets_at" in form.fields:
        form.fields["meets_at"].help_text = _("In %(zone)s.") % {"zone": zone_of(request.user, found)}
    return form


def _initial(found: Incident) -> dict[str, Any]:
    kept = report.postmortem_of(found)
    if kept is None:
        return {"seen": reviewing.seen(found, None)}
    planned = report.meeting(kept, Timeline(found)) or {"attendees": "", "link": ""}
    same = {"meets_at": kept.meets_at, "attendees": planned["attendees"], "link": planned["link"]}
    return {**same, "seen": reviewing.seen(found, kept)}


def _form(request: HttpRequest, found: Incident, deed: Deed, form: forms.Form, status: int) -> HttpResponse:
    reader = signed_in(request)
    shown = page.read(found, reader, moment.now())
    wrote = shown.standing.postmortem and str(reader) in answers.writers(shown.standing.postmortem)
    context = {
        "incident": found, "deed": deed, "form": form, "page": shown, "wrote": wrote,
        "zone": zone_of(reader, found),
    }  # fmt: skip
    return render(request, deed.template, context, status=status)
