"""Taking a role of an incident, handing it over, giving it up: GET shows what would be done, POST does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from accounts.access import authorize, signed_in
from incidents.forms.retold import retell
from incidents.forms.roles import ClaimForm, GiveUpForm, HandOverForm, RoleForm
from incidents.lifecycle.lifecycle import TooLate
from incidents.models import Incident
from incidents.roles import holding, roles
from incidents.roles.holding import RoleView
from incidents.views.incident import context, fetch, show, zone_of
from incidents.work.retold import asks_when
from ui.htmx import by_htmx


@dataclass(frozen=True)
class Change:
    """`verb` is the last part of the address and what rules are asked for."""

    verb: str
    label: str | Promise
    do: Callable[..., object]
    form: type[RoleForm]
    help: str | Promise = ""


CLAIM = Change("claim", lazy("Take it"), roles.claim, ClaimForm)
HAND_OVER = Change(
    "hand_over",
    lazy("Hand over"),
    roles.hand_over,
    HandOverForm,
    lazy("The person is told at once, with what you write."),
)
GIVE_UP = Change(
    "give_up",
    lazy("Give it up"),
    roles.give_up,
    GiveUpForm,
    lazy("Nobody has it then, and people are asked for it again."),
)


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, ref: str, role: str) -> HttpResponse:
    return _change(request, ref, role, CLAIM)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, ref: str, role: str) -> HttpResponse:
    return _change(request, ref, role, HAND_OVER)


@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, ref: str, role: str) -> HttpResponse:
    return _change(request, ref, role, GIVE_UP)


def _change(request: HttpRequest, ref: str, role: str, change: Change) -> HttpResponse:
    found, user = fetch(request, ref), signed_in(request)
    authorize(user, change.verb, found)
    view = next((one for one in holding.with_lead(found, user) if one.role == role), None)
    if view is None:
        raise Http404
    posted = request.method == "POST"
    with timezone.override(ZoneInfo(zone_of(user, found))):
        form = change.form(request.POST if posted else None, incident=found, user=user, view=view)
        if asks_when(found, change.verb):
            retell(form)
        if posted and form.is_valid():
            return _do(request, found, change, view, form)
        return _sheet(request, found, change, form)


def _do(
    request: HttpRequest, found: Incident, change: Change, view: RoleView, form: RoleForm
) -> HttpResponse:
    try:
        change.do(found, view.role, by=signed_in(request), **form.facts())
    except TooLate as late:
        return show(request, late.incident, late=late, status=409)
    except PermissionDenied as denied:
        return show(request, found, refused=ValidationError(str(denied)), status=403)
    except ValidationError as error:
        for field, wrong in error.error_dict.items() if hasattr(error, "error_dict") else ():
            form.add_error(field if field in form.fields else None, wrong)
        return _sheet(request, found, change, form)
    return _done(request, found, change, view)


def _done(request: HttpRequest, found: Incident, change: Change, view: RoleView) -> HttpResponse:
    """Whoever took a role reads what it asks of them, on the answer itself."""
    took = view if change is CLAIM else None
    if by_htmx(request):
        now = fetch(request, found.ref)
        shown = context(request, now, with_lines=False, answered=change.verb, took=took)
        return render(request, "incidents/incident.html#fresh", shown)
    if took:
        said = [_("You have the role %(role)s.") % {"role": took.label}, *took.responsibilities]
        words = " ".join(part if part.endswith(".") else f"{part}." for part in said)
        messages.success(request, words, extra_tags="done")
    return redirect(found)


def _sheet(request: HttpRequest, found: Incident, change: Change, form: RoleForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if form.is_bound and by_htmx(request):
        wrong = ValidationError([str(words) for errors in form.errors.values() for words in errors])
        return show(request, found, refused=wrong, status=422)
    facts: dict[str, Any] = {"incident": found, "change": change, "form": form, "role": form.view}
    return render(request, "incidents/role.html", facts, status=status)
