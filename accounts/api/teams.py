"""Teams and who is in them as what."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Status

from accounts import memberships, teams
from accounts.access import authorize, teams_of
from accounts.api.routing import SEEN_WITH, SET_WITH, router
from accounts.api.shapes import NewRole, NewTeam, PutIn, TeamFacts, TeamShape, team_shape
from accounts.bearer import person_of, refuse_narrow
from accounts.models import Membership, Role, Team, User
from accounts.replay import once_by_token
from foundation.shapes import Listed, Paging, listed


@router.get("/teams", auth=SEEN_WITH, response=Listed[TeamShape])
def list_teams(request: HttpRequest, asked: Query[Paging]) -> dict[str, Any]:
    """One's teams with their members, by name; for an administrator all of them."""
    refuse_narrow(request)
    return listed(asked.page(_reachable(request), "name", "pk"), team_shape)


@router.post("/teams", auth=SET_WITH, response={201: TeamShape, 200: TeamShape})
def add_team(request: HttpRequest, body: NewTeam) -> Status[dict[str, Any]]:
    """A new team, nobody in it yet. For administrators."""
    refuse_narrow(request)
    user = person_of(request)
    authorize(user, "add", Team)

    def add() -> str:
        return teams.add_team(**body.facts(), by=user).slug

    slug, fresh = once_by_token(request, "team", body.model_dump(mode="json"), add)
    return Status(201 if fresh else 200, team_shape(_team(request, slug, "view")))


@router.get("/teams/{slug}", auth=SEEN_WITH, response=TeamShape)
def read_team(request: HttpRequest, slug: str) -> dict[str, Any]:
    """One team with its members."""
    return team_shape(_team(request, slug, "view"))


@router.patch("/teams/{slug}", auth=SET_WITH, response=TeamShape)
def change_team(request: HttpRequest, slug: str, body: TeamFacts) -> dict[str, Any]:
    """Another name or time zone. The slug stays for ever."""
    team = _team(request, slug, "change")
    facts = {"name": team.name, "time_zone": team.time_zone, **body.facts()}
    teams.change_team(team, **facts, by=person_of(request))
    return team_shape(_team(request, slug, "view"))


@router.post("/teams/{slug}/members", auth=SET_WITH, response=TeamShape)
def put_in_team(request: HttpRequest, slug: str, body: PutIn) -> dict[str, Any]:
    """Puts somebody into the team; who is in it already gets that role. Answers the team."""
    team, user = _team(request, slug, "put_in"), person_of(request)
    found = User.objects.filter(email=body.user, anonymised_at=None).first()
    if found is None:
        raise ValidationError({"user": _("Nobody here has this address.")})
    memberships.put_in_team(found, team, Role(body.role), by=user)
    return team_shape(_team(request, slug, "view"))


@router.patch("/teams/{slug}/members/{person_id}", auth=SET_WITH, response=TeamShape)
def change_role(request: HttpRequest, slug: str, person_id: int, body: NewRole) -> dict[str, Any]:
    """Another role in this team. Answers the team."""
    membership = _membership(request, slug, person_id, "change_role")
    memberships.change_role(membership, Role(body.role), by=person_of(request))
    return team_shape(_team(request, slug, "view"))


@router.delete("/teams/{slug}/members/{person_id}", auth=SET_WITH, response={204: None})
def remove_from_team(request: HttpRequest, slug: str, person_id: int) -> Status[None]:
    """Ends the membership; what the person did stays on record."""
    membership = _membership(request, slug, person_id, "remove")
    memberships.remove_from_team(membership, by=person_of(request))
    return Status(204, None)


def _reachable(request: HttpRequest) -> QuerySet[Team]:
    mine = teams_of(person_of(request)).values("pk")
    return Team.objects.filter(pk__in=mine).prefetch_related("memberships__user")


def _team(request: HttpRequest, slug: str, action: str) -> Team:
    """The team of the address, for who may do `action`; 404 for one out of reach."""
    refuse_narrow(request)
    found = _reachable(request).filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
    if found is None:
        raise Http404
    authorize(person_of(request), action, found)
    return found


def _membership(request: HttpRequest, slug: str, person_id: int, action: str) -> Membership:
    team = _team(request, slug, "view")
    rows = Membership.objects.select_related("user", "team").filter(team=team)
    found = get_object_or_404(rows, user__pk=person_id)
    authorize(person_of(request), action, found)
    return found
