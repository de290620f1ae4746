"""What a person says of a check on its hotfix's page: attest, waive, agree, take back; and giving the hotfix up.

GET shows the form, POST does it. Bad input stays in the form, with what is wrong beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from accounts.models import User
from hotfixes.lifecycle import ending
from hotfixes.models import Hotfix
from hotfixes.pages.forms import AbandonForm, AttestCheckForm, WaiveForm, WithdrawForm
from hotfixes.pages.views import fetch
from hotfixes.said import overriding
from hotfixes.standing import shown, standing
from hotfixes.standing.standing import CheckView
from incidents.lifecycle.lifecycle import TooLate
from incidents.views.incident import zone_of
from products.vocabulary import Verdict


@dataclass(frozen=True)
class Deed:
    """`do` takes the hotfix, the check's key where it is about one, `by` and what the form gave."""

    name: str
    label: str | Promise
    help: str | Promise
    form: type[forms.Form]
    do: Callable[..., object]


def _agree(hotfix: Hotfix, key: str, *, by: User) -> object:
    return overriding.confirm(hotfix, key, by=by)


def _withdraw(hotfix: Hotfix, key: str, *, by: User, reason: str) -> object:
    said = overriding.overridden(hotfix, key) or overriding.attested(hotfix, key)
    if said is None:
        raise ValidationError(_("Nobody has said anything that could be taken back."))
    return overriding.withdraw(said, by=by, reason=reason)


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "attest",
            lazy("Attest"),
            lazy(
                "You say that it is so. The check keeps its own answer; both are shown, and both are in the report."
            ),
            AttestCheckForm,
            overriding.attest,
        ),
        Deed(
            "override",
            lazy("Waive"),
            lazy(
                "It goes on without this. The check keeps its answer; who waived it, and why, stays on record."
            ),
            WaiveForm,
            overriding.override,
        ),
        Deed(
            "confirm",
            lazy("Agree"),
            lazy("Somebody wants to go on without this check. It counts once a second person agrees."),
            forms.Form,
            _agree,
        ),
        Deed(
            "withdraw",
            lazy("Take it back"),
            lazy("It does not hold after all. What was said stays on the timeline."),
            WithdrawForm,
            _withdraw,
        ),
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
def said(request: HttpRequest, ref: str, key: str, deed: str) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "attest", found.incident)
    check = standing.standing(found).check(key)
    if check is None:
        raise Http404
    what = DEEDS[deed]
    form = what.form(request.POST or None, request.FILES or None) if request.method == "POST" else what.form()
    if isinstance(form, AttestCheckForm):
        form.against = check.verdict == Verdict.FAIL
    do = partial(what.do, found, key, by=signed_in(request))
    return page_of(request, found, what, form, do, to=f"{found.get_absolute_url()}#{key}", check=check)


@require_http_methods(["GET", "HEAD", "POST"])
def abandon_hotfix(request: HttpRequest, ref: str) -> HttpResponse:
    found = fetch(request, ref)
    authorize(request.user, "attest", found.incident)
    what = Deed(
        "abandon",
        _("Give it up"),
        _("Nothing of it is checked any more. Another one can be started for the same product."),
        AbandonForm,
        ending.abandon,
    )
    form = AbandonForm(request.POST if request.method == "POST" else None)
    do = partial(what.do, found, by=signed_in(request))
    return page_of(request, found, what, form, do, to=found.get_absolute_url())


def page_of(
    request: HttpRequest,
    found: Hotfix,
    what: Deed,
    form: forms.Form,
    do: Callable[..., object],
    *,
    to: str,
    check: CheckView | None = None,
) -> HttpResponse:
    """The form of a deed; sent, `do` does it with what the form gave, and leads on `to` another page."""
    if request.method == "POST" and _valid(form):
        try:
            do(**form.cleaned_data)
            return redirect(to)
        except TooLate as late:
            form.add_error(None, late.words or _("Somebody was faster, or the incident is past this."))
            return _shown(request, found, what, form, check, 409)
        except ValidationError as error:
            _blame(form, error)
    return _shown(request, found, what, form, check, 422 if form.is_bound else 200)


def _is_own(what: Deed, check: CheckView | None, user: User) -> bool:
    """Who asked for a second person is not it."""
    said = check.override if check and what.name == "confirm" else None
    return said is not None and said.waits and said.by_id == user.pk


def _valid(form: forms.Form) -> bool:
    """A form without fields is bound by being sent."""
    if not form.fields:
        form.is_bound = True
    return form.is_valid()


def _blame(form: forms.Form, error: ValidationError) -> None:
    """Beside the field it is about; above the form where it has none."""
    fields: dict[str, Any] = error.error_dict if hasattr(error, "error_dict") else {"": error}
    for name, wrong in fields.items():
        form.add_error(name if name in form.fields else None, wrong)


def _shown(
    request: HttpRequest, found: Hotfix, what: Deed, form: forms.Form, check: CheckView | None, status: int
) -> HttpResponse:
    return render(request, "hotfixes/said.html", {
        "hotfix": found,
        "incident": found.incident,
        "deed": what,
        "form": form,
        "check": check,
        "told": shown.of_check(check, found) if check else None,
        "own": _is_own(what, check, signed_in(request)),
        "zone": zone_of(request.user, found.incident),
    }, status=status)  # fmt: skip
