"""Teams: the list, one team with its members, add and change."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import teams
from accounts.access import allowed, authorize, signed_in, teams_of
from accounts.forms.people import TeamForm
from accounts.models import Team, User


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """The teams one may see, with how many people are in each."""
    actor = signed_in(request)
    mine = teams_of(actor).values("pk")
    shown = Team.objects.filter(pk__in=mine).annotate(size=Count("memberships")).order_by("name")
    context = {"teams": shown, "may_add": allowed(actor, "add", Team)}
    return render(request, "accounts/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_team(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    authorize(actor, "add", Team)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = teams.add_team(**form.cleaned_data, by=actor)
        except ValidationError as error:  # somebody took the name meanwhile
            form.add_error(None, error)
        else:
            messages.success(request, _("%(team)s is added. Now put people in it.") % {"team": team})
            return redirect("team", slug=team.slug)
    return render(request, "accounts/add_team.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One team: its members for all of them, its name and zone for its admins."""
    actor = signed_in(request)
    found = get_object_or_404(Team, slug=slug)
    authorize(actor, "view", found)
    may_change = allowed(actor, "change", found)
    shown_name = found.name
    form = TeamForm(request.POST or None, instance=found) if may_change else None
    if request.method == "POST":
        authorize(actor, "change", found)
        if form and form.is_valid():
            try:
                teams.change_team(found, **form.cleaned_data, by=actor)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("team", slug=found.slug)
    context = {
        "team": found,
        "shown_name": shown_name,
        "members": found.memberships.select_related("user").order_by("user__name", "pk"),
        "form": form,
        "may_browse_people": allowed(actor, "browse", User),
    }
    return render(request, "accounts/team.html", context, status=422 if form and form.errors else 200)
