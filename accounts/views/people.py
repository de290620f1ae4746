"""People: the list, one person, and every verb on a person as one POST."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirming, links, mail, people, second_step
from accounts.access import allowed, authorize, has_role, signed_in, teams_of
from accounts.confirming import ConfirmForm
from accounts.forms.people import AddPersonForm, EmailForm, PutInTeamForm, RoleForm, SearchForm
from accounts.models import Membership, Role, Team, User
from accounts.views.second_step import asking
from foundation.paging import BadCursor, page

SEARCH_FROM = 10


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Everybody, by name; a search field once there are more than ten."""
    authorize(signed_in(request), "browse", User)
    search = SearchForm(request.GET)
    q = search.cleaned_data["q"] if search.is_valid() else ""
    # Of other teams' people a team's admin learns the name, to put them into the own team; not where else they are.
    own = Membership.objects.filter(team__in=teams_of(signed_in(request))).select_related("team")
    everybody = User.objects.filter(anonymised_at=None).prefetch_related(Prefetch("memberships", own))
    found = everybody.filter(Q(name__icontains=q) | Q(email__icontains=q)) if q else everybody
    try:
        shown = page(found, order=["name", "pk"], after=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    context = {"page": shown, "q": q, "search": bool(q) or everybody.count() > SEARCH_FROM}
    return render(request, "accounts/people.html", context)


@never_cache
@sensitive_variables("link")
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request: HttpRequest) -> HttpResponse:
    """The form; after it, the one-time link, shown this once, as the answer to the POST."""
    actor = signed_in(request)
    authorize(actor, "add", User)
    form = AddPersonForm(request.POST or None, teams=_managed_teams(actor))
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/add_person.html", {"form": form}, status=422 if form.errors else 200)
    facts = form.cleaned_data
    authorize(actor, "add_person", facts["team"])
    try:
        user, link = people.add_person(
            email=facts["email"], name=facts["name"], team=facts["team"], role=Role(facts["role"]), by=actor
        )
    except IntegrityError:
        form.add_error("email", _("Somebody has this address already."))
        return render(request, "accounts/add_person.html", {"form": form}, status=422)
    return _show_link(request, user, link, mailed=mail.is_set_up())


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: their teams and roles, and what the reader may do about them."""
    actor = signed_in(request)
    authorize(actor, "browse", User)
    user = get_object_or_404(User, pk=pk, anonymised_at=None)
    authorize(actor, "view", user)
    return _show_person(request, user)


@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: HttpRequest, pk: int) -> HttpResponse:
    actor = signed_in(request)
    user = get_object_or_404(User, pk=pk, anonymised_at=None)
    authorize(actor, "change_email", user)
    shown = str(user)
    form = EmailForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        people.change_email(user, form.cleaned_data["email"], by=actor)
        messages.success(
            request, _("%(name)s signs in as %(email)s now.") % {"name": user, "email": user.email}
        )
        return redirect("person", pk=pk)
    context = {"form": form, "shown": shown, "pk": pk}
    return render(request, "accounts/change_email.html", context, status=422 if form.errors else 200)


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, "deactivate", people.deactivate, _("%(name)s is deactivated and signed out everywhere.")
    )


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, "reactivate", people.reactivate, _("%(name)s may sign in again."))


@require_POST
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("%(name)s is an administrator now.")
    return _act(request, pk, "promote", people.promote, done)


@require_POST
def demote(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("%(name)s is no longer an administrator.")
    return _act(request, pk, "demote", people.demote, done)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_second_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the administrator who they are: an open desk must not take somebody's second step away."""
    actor = signed_in(request)
    user = get_object_or_404(User, pk=pk, anonymised_at=None)
    authorize(actor, "end_second_step", user)
    who = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and confirming.passes(request, actor, who):
        done = _("%(name)s signs in with the password alone until they set up a second step anew.")
        return _act(request, pk, "end_second_step", second_step.end, done)
    does = _(
        "%(name)s is signed out everywhere and signs in with the password alone, until they set up a new one."
    )
    context = {"title": _("End the second step"), "does": does % {"name": user}}
    return asking(request, "accounts/confirm_it.html", who, context)


@never_cache
@sensitive_variables("link")
@require_POST
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one-time link, shown this once; earlier ones stop working."""
    actor = signed_in(request)
    user = get_object_or_404(User, pk=pk, is_active=True)
    authorize(actor, "make_link", user)
    link = links.make_link(user, by=actor)
    return _show_link(request, user, link, mailed=False)


def _act(request: HttpRequest, pk: int, action: str, verb: Callable[..., None], done: str) -> HttpResponse:
    actor = signed_in(request)
    user = get_object_or_404(User, pk=pk, anonymised_at=None)
    authorize(actor, action, user)
    try:
        verb(user, by=actor)
    except people.LastAdministrator as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done % {"name": user})
    return redirect("person", pk=pk)


def _show_person(request: HttpRequest, user: User) -> HttpResponse:
    actor = signed_in(request)
    seen = user.memberships.filter(team__in=teams_of(actor))
    memberships = seen.select_related("team").order_by("team__name")
    rows = [
        {
            "membership": membership,
            "form": RoleForm(instance=membership, auto_id=f"role-{membership.pk}-%s"),
            "may_change": allowed(actor, "change_role", membership),
        }
        for membership in memberships
    ]
    others = _managed_teams(actor).exclude(memberships__user=user)
    verbs = ("deactivate", "reactivate", "make_link", "change_email", "end_second_step", "promote", "demote")
    context = {
        "person": user,
        "rows": rows,
        "put_in_team": PutInTeamForm(teams=others) if others.exists() else None,
        "may": {verb: allowed(actor, verb, user) for verb in verbs},
        "second_step": second_step.is_set_up(user),
    }
    return render(request, "accounts/person.html", context)


def _show_link(request: HttpRequest, user: User, link: str, *, mailed: bool) -> HttpResponse:
    context = {"person": user, "link": link, "hours": links.hours_valid(), "mailed": mailed}
    return render(request, "accounts/link.html", context)


def _managed_teams(actor: User) -> QuerySet[Team]:
    """The teams to which `actor` may add people."""
    managed = [team.pk for team in teams_of(actor) if has_role(actor, team, Role.ADMIN)]
    return teams_of(actor).filter(pk__in=managed)
