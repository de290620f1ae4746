"""Who is in which team as what: put in, change the role, take out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import memberships
from accounts.access import authorize, signed_in, teams_of
from accounts.forms.people import PutInTeamForm, RoleForm
from accounts.models import Membership, Role, User


@require_POST
def put_in_team(request: HttpRequest, pk: int) -> HttpResponse:
    actor = signed_in(request)
    user = get_object_or_404(User, pk=pk, anonymised_at=None)
    authorize(actor, "view", user)
    authorize(actor, "browse", User)
    form = PutInTeamForm(request.POST, teams=teams_of(actor))
    if form.is_valid():
        team, role = form.cleaned_data["team"], Role(form.cleaned_data["role"])
        authorize(actor, "put_in", team)
        memberships.put_in_team(user, team, role, by=actor)
        messages.success(request, _("%(name)s is in %(team)s now.") % {"name": user, "team": team})
    else:
        messages.error(request, _("Choose a team and a role."))
    return redirect("person", pk=pk)


@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user", "team"), pk=pk)
    actor = signed_in(request)
    authorize(actor, "change_role", membership)
    form = RoleForm(request.POST)
    if form.is_valid():
        memberships.change_role(membership, Role(form.cleaned_data["role"]), by=actor)
        facts = {"name": membership.user, "team": membership.team, "role": membership.get_role_display()}
        messages.success(request, _("%(name)s is now %(role)s in %(team)s.") % facts)
    else:
        messages.error(request, _("Choose one of the roles."))
    return redirect("person", pk=membership.user_id)


@require_POST
def remove_from_team(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_object_or_404(Membership.objects.select_related("user", "team"), pk=pk)
    actor = signed_in(request)
    authorize(actor, "remove", membership)
    memberships.remove_from_team(membership, by=actor)
    facts = {"name": membership.user, "team": membership.team}
    messages.success(request, _("%(name)s is no longer in %(team)s.") % facts)
    return redirect("person", pk=membership.user_id)
