"""A rollback as a page: its boxes, what it undoes; that a step is done, that it is given up, that it got worse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed, authorize, signed_in
from accounts.models import User
from hotfixes.models import Rollback
from hotfixes.pages.views import fetch as fetch_hotfix
from hotfixes.rollback import back, checklist, ending, page, regressed, whose
from hotfixes.rollback.forms import BackForm, ReasonForm, SaidForm, WorseForm
from hotfixes.rollback.remarks import HALT
from incidents import glance
from incidents.lifecycle.lifecycle import TooLate
from incidents.views.incident import zone_of
from live import bus


@require_safe
def rollback(request: HttpRequest, ref: str) -> HttpResponse:
    cursor = bus.cursor()
    found = fetch(request, ref)
    if ref != found.ref:
        return redirect(found)
    user, incident = signed_in(request), found.incident
    with glance.glance(incident):
        shown = page.read(found, glance.now(incident))
    return render(request, "rollbacks/rollback.html", {
        "rollback": found,
        "incident": incident,
        "page": shown,
        "may": allowed(user, "rollback_step", incident) and found.is_open,
        "also": whose.took_back(found, user),
        "report": _report(found) if allowed(user, "report_deployment", found.product) else "",
        "zone": zone_of(user, incident),
        "live_topics": [f"incident:{incident.pk}", f"user:{user.pk}"],
        "live_cursor": cursor,
    })  # fmt: skip


def _report(found: Rollback) -> str:
    """The form in which a person reports what was brought out, filled in with what this rollback brings out."""
    halt = found.option.get("kind") == HALT
    said: dict[str, str] = {"version": found.from_version if halt else found.to_version}
    said |= {"stage": "halted", "status": "started"} if halt else {"git_ref": found.to_ref}
    known = {name: value for name, value in said.items() if value} | {"next": found.get_absolute_url()}
    return f"{reverse('report_deployment', args=[found.product.slug])}?{urlencode(known)}"


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_box(request: HttpRequest, ref: str, position: int, deed: str) -> HttpResponse:
    """Done, not needed, or open again: GET shows the form, POST does it."""
    found = fetch(request, ref)
    authorize(request.user, "rollback_step", found.incident)
    step = found.steps.filter(position=position).first()
    if step is None:
        raise Http404
    user = signed_in(request)
    label, kind = _words(deed)
    form = kind(request.POST if request.method == "POST" else None)

    def do(**said: Any) -> object:
        if deed == "tick":
            return checklist.tick(found, position, by=user, **said)
        if deed == "not_needed":
            return checklist.not_needed(found, position, by=user, **said)
        return checklist.open_again(found, position, by=user, **said)

    help_ = _("It stays on the timeline with who said it.")
    return _answer(request, found, form, do, f"{label}: {step.title}", label, help_, f"#step-{position}")


def _words(deed: str) -> tuple[str, type[forms.Form]]:
    if deed == "tick":
        return _("Done"), SaidForm
    return (_("Not needed"), ReasonForm) if deed == "not_needed" else (_("Open again"), ReasonForm)


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_back(request: HttpRequest, ref: str) -> HttpResponse:
    """The version before runs again, or the rollout is halted."""
    found = fetch(request, ref)
    authorize(request.user, "say_back", found.incident)
    user = signed_in(request)
    sent = {**request.POST.dict(), "rollback": found.ref} if request.method == "POST" else None
    form = BackForm(sent, incident=found.incident, user=user, initial={"rollback": found.ref})

    def do(**said: Any) -> object:
        said.pop("rollback")
        return back.say(found, by=user, **said)

    label = _("The rollout is halted") if found.option.get("kind") == HALT else _("It is rolled back")
    help_ = _("The time to put it right stops, and the watch begins.")
    return _answer(request, found, form, do, label, label, help_)


@require_http_methods(["GET", "HEAD", "POST"])
def end_rollback(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """It is done, or it is given up and why."""
    found = fetch(request, ref)
    authorize(request.user, "rollback_step", found.incident)
    user = signed_in(request)
    sent = request.POST if request.method == "POST" else None
    if deed == "done":
        form: forms.Form = SaidForm(sent)
        form.fields.pop("url")
        label, help_ = _("It is done"), _("Nothing of it is looked at any more.")
        return _answer(
            request, found, form, lambda **s: ending.done(found, by=user, **s), label, label, help_
        )
    form, label = ReasonForm(sent), _("Give this rollback up")
    help_ = _("It does not go on. Something else can be decided.")
    return _answer(request, found, form, lambda **s: ending.abandon(found, by=user, **s), label, label, help_)


@require_http_methods(["GET", "HEAD", "POST"])
def regress_hotfix(request: HttpRequest, ref: str) -> HttpResponse:
    """It got worse since this hotfix: said here, decided on the card (A37)."""
    found = fetch_hotfix(request, ref)
    authorize(request.user, "attest", found.incident)
    form = WorseForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                regressed.regress(found, by=signed_in(request), **form.cleaned_data)
                return redirect("decision_card", ref=found.incident.ref)
            except TooLate as late:
                status = 409
                form.add_error(None, late.words or _("Somebody was faster, or the incident is past this."))
            except ValidationError as error:
                _blame(form, error)
    return render(request, "rollbacks/said.html", {
        "about": found,
        "incident": found.incident,
        "title": _("It got worse with %(ref)s") % {"ref": found.ref},
        "label": _("It got worse"),
        "help": _("This leads to the decision: the ways back are on its card."),
        "form": form,
        "draft": f"worse-{found.ref}",
        "zone": zone_of(request.user, found.incident),
    }, status=status)  # fmt: skip


def _answer(
    request: HttpRequest,
    found: Rollback,
    form: forms.Form,
    do: Callable[..., object],
    title: str,
    label: str,
    help_: str,
    anchor: str = "",
) -> HttpResponse:
    """The form, or the deed done; what is wrong stays beside its field, with what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do(**form.cleaned_data)
                return redirect(f"{found.get_absolute_url()}{anchor}")
            except TooLate as late:
                status = 409
                form.add_error(None, _too_late(late, signed_in(request)))
            except ValidationError as error:
                _blame(form, error)
    return render(request, "rollbacks/said.html", {
        "about": found,
        "incident": found.incident,
        "title": title,
        "label": label,
        "help": help_,
        "form": form,
        "draft": f"{request.resolver_match.url_name if request.resolver_match else ''}-{found.ref}{anchor}",
        "zone": zone_of(request.user, found.incident),
    }, status=status)  # fmt: skip


def _too_late(late: TooLate, user: User) -> str:
    """Whoever goes back and sends it once more reads that it was they themselves."""
    last = late.last
    if last is not None and last.kind == late.step.kind and last.actor_id == user.pk:
        return _("You have said so already, and it stands: go back to the page.")
    return late.words or _("Somebody was faster, or the incident is past this.")


def _blame(form: forms.Form, error: ValidationError) -> None:
    fields: dict[str, Any] = error.error_dict if hasattr(error, "error_dict") else {"": error}
    for name, wrong in fields.items():
        form.add_error(name if name in form.fields else None, wrong)


def fetch(request: HttpRequest, ref: str) -> Rollback:
    """The rollback, or 404 for one that this person may not even know of."""
    rows = Rollback.objects.select_related(
        "incident__product__team", "incident__severity", "incident__process_version__process",
        "product__team", "product__process__current", "hotfix__incident", "decision__by", "started_by",
    )  # fmt: skip
    try:
        found = rows.in_sight(ref, signed_in(request))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    authorize(request.user, "view", found.incident)
    return found
