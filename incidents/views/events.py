"""One entry of the timeline, for the person who looks.

Its proof, its history, and what may be done with it.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from incidents.clocks.clocks import span
from incidents.forms.corrections import CorrectForm, RedactForm
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import RedactionRequest, TimelineEvent
from incidents.page import page
from incidents.sentences.facts import FACTS, LABELS
from incidents.timeline import corrections
from incidents.timeline.attachments import file_of
from incidents.timeline.hiding import asked_to_redact
from incidents.views.incident import fetch, show, zone_of
from products.vocabulary import EventKind


@require_safe
def event(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    found = _fetch(request, ref, seq)
    asked = asked_to_redact(found)
    return render(request, "incidents/event.html", {
        "incident": found.incident,
        "event": found,
        "asked": asked,
        "history": page.history(found),
        "may": allowed(request.user, "correct", found.incident),
        "may_settle": asked is not None and _may_settle(signed_in(request), asked),
        "corrected": found.superseded_by.filter(kind=EventKind.CORRECTED).exists(),
        "facts": facts(found),
        "file": file_of(found, found.incident.ref),
        "zone": zone_of(request.user, found.incident),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    found = _fetch(request, ref, seq)
    authorize(request.user, "correct", found.incident)
    if found.redacted or asked_to_redact(found):
        return redirect("event", ref=found.incident.ref, seq=found.seq)
    with timezone.override(ZoneInfo(zone_of(request.user, found.incident))):
        form = CorrectForm(request.POST or None, event=found)
        if request.method == "POST" and form.is_valid():
            try:
                corrections.correct(found, by=signed_in(request), **form.facts())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect(found.incident)
        return render(request, "incidents/correct.html", {"incident": found.incident, "event": found, "form": form},
                      status=422 if form.is_bound else 200)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Ask for an entry to be destroyed; it is hidden at once."""
    found = _fetch(request, ref, seq)
    authorize(request.user, "redact", found.incident)
    form = RedactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.ask_redaction(found, by=signed_in(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("event", ref=found.incident.ref, seq=found.seq)
    return render(request, "incidents/redact.html", {"incident": found.incident, "event": found, "form": form},
                  status=422 if form.is_bound else 200)  # fmt: skip


@require_POST
def settle(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """The second person's word: `answer` is confirm or decline."""
    found = _fetch(request, ref, seq)
    asked = get_object_or_404(
        RedactionRequest.objects.select_related("event__incident__product__team", "asked_by"),
        event=found,
        settled_at=None,
    )
    authorize(request.user, "settle", asked)
    try:
        if request.POST.get("answer") == "confirm":
            corrections.confirm_redaction(asked, by=signed_in(request))
        else:
            corrections.decline_redaction(asked, by=signed_in(request))
    except TooLate as late:
        return show(request, late.incident, late=late, status=409)
    except ValidationError as error:
        return show(request, found.incident, refused=error, status=409)
    return redirect("event", ref=found.incident.ref, seq=found.seq)


def facts(found: TimelineEvent) -> list[tuple[str, str]]:
    """The event's data as people read it: a name and a value per row; what was changed as "old → new"."""
    rows: list[tuple[str, str]] = []
    for name, value in found.data.items():
        if name == "changed":
            rows += [
                (str(LABELS.get(key, key)), f"{was or '–'} → {now or '–'}")
                for key, (was, now) in value.items()
            ]
        elif name in FACTS:
            rows.append((str(FACTS[name]), _fact(name, value)))
    return rows


def _fact(name: str, value: object) -> str:
    """Spans are named `…_s`, moments `…_at`."""
    if name.endswith("_s") and isinstance(value, int | float):
        return span(value)
    if name.endswith("_at"):
        return f"{datetime.fromisoformat(str(value)).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return str(value)


def _may_settle(user: User, asked: RedactionRequest) -> bool:
    return asked.asked_by_id != user.pk or not corrections.has_second_person(asked)


def _fetch(request: HttpRequest, ref: str, seq: int) -> TimelineEvent:
    incident = fetch(request, ref)
    found = incident.events.filter(seq=seq).select_related("payload", "actor", "supersedes").first()
    if found is None:
        raise Http404
    found.incident = incident
    return found
