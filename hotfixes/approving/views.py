"""Approving on a page: the change as the last look found it, file by file, then one tap. GET shows, POST approves."""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming
from accounts.access import authorize, signed_in
from accounts.confirming import ConfirmForm
from hotfixes.approving.approve import Own, approvals, approve, change, withdraw_approval
from hotfixes.decision import refused
from hotfixes.models import Hotfix
from hotfixes.pages.views import fetch
from incidents.forms.fields import line
from incidents.lifecycle.lifecycle import TooLate
from incidents.views.incident import zone_of


class ApproveForm(forms.Form):
    head = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": lazy("There is no change to approve yet.")},
    )
    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class WithdrawForm(forms.Form):
    reason = line(
        lazy("Why do you take it back?"),
        limit=1000,
        error_messages={"required": lazy("Say why: the next reader was not there.")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve_hotfix(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "approve", found)
    shown = change(found)
    initial = {"head": shown.head, "digest": shown.digest} if shown else {}
    form = ApproveForm(request.POST) if request.method == "POST" else ApproveForm(initial=initial)
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid() and confirming.passes(request, signed_in(request), who):
        try:
            approve(found, by=signed_in(request), **form.cleaned_data)
            return redirect(f"{found.get_absolute_url()}#approval")
        except Own as own:
            refused.record(found.incident, by=signed_in(request), what="approve", why=str(own))
            form.add_error(None, str(own))
            status = 403
        except TooLate as late:
            refused.record(found.incident, by=signed_in(request), what="approve", why=late.words or str(late))
            form = _anew(form, initial, late.words or _("Somebody was faster, or the incident is past this."))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, found, form, who, status)


@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "approve", found)
    why = WithdrawForm(request.POST)
    if why.is_valid():
        try:
            withdraw_approval(found, by=signed_in(request), **why.cleaned_data)
            return redirect(f"{found.get_absolute_url()}#approval")
        except (TooLate, ValidationError) as error:
            why.add_error(None, error.messages if isinstance(error, ValidationError) else str(error))
    return _page(request, found, ApproveForm(), ConfirmForm(), 422, why=why)


def _anew(form: ApproveForm, initial: dict[str, str], words: str) -> ApproveForm:
    """What is there now is what the next tap approves."""
    fresh = ApproveForm(initial)
    fresh.is_valid()
    fresh.add_error(None, words)
    return fresh


def _page(
    request: HttpRequest,
    found: Hotfix,
    form: ApproveForm,
    who: ConfirmForm,
    status: int,
    why: WithdrawForm | None = None,
) -> HttpResponse:
    user, given = signed_in(request), approvals(found)
    wanted = None if confirming.is_fresh(request) else confirming.ask(request, user)
    return render(request, "hotfixes/approve.html", {
        "hotfix": found,
        "incident": found.incident,
        "change": change(found),
        "approvals": given,
        "mine": next((one for one in given if one.by_id == user.pk), None),
        "form": form,
        "why": why or WithdrawForm(),
        "who": who,
        "wanted": wanted,
        "passkey": json.dumps(wanted.passkey) if wanted and wanted.passkey else "",
        "zone": zone_of(user, found.incident),
    }, status=status)  # fmt: skip
