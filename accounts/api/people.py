"""People: oneself, the list, a new one, ending and giving back access."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from accounts import mail, people, second_step
from accounts.access import authorize, teams_of
from accounts.api.routing import SEEN_WITH, SET_WITH, router
from accounts.api.shapes import NewPerson, NewPersonShape, PersonShape, person_shape
from accounts.bearer import Bearer, person_of, refuse_narrow, token_of
from accounts.models import Membership, Role, Scope, User
from accounts.replay import once_by_token
from foundation.shapes import Listed, Paging, Text, Utc, listed, utc_or_none


class PeopleFilters(Paging):
    q: Annotated[Text, Field(description="Part of the name or of the address.")] = ""


class AskingToken(Schema):
    """The token that asks."""

    id: int
    name: str
    scopes: list[Scope]
    expires_at: Utc | None


class Me(PersonShape):
    token: AskingToken


@router.get("/me", auth=Bearer(*Scope), response=Me)
def read_me(request: HttpRequest) -> dict[str, Any]:
    """Who the token acts for, with which roles, and what the token may: a first question for every script."""
    token = token_of(request)
    told = {"id": token.pk, "name": token.name, "scopes": token.scopes,
            "expires_at": utc_or_none(token.expires_at)}  # fmt: skip
    return {**person_shape(_known(person_of(request)).get(pk=token.user_id)), "token": told}


@router.get("/people", auth=SEEN_WITH, response=Listed[PersonShape])
def list_people(request: HttpRequest, asked: Query[PeopleFilters]) -> dict[str, Any]:
    """Everybody, by name, with the teams that one sees oneself. For admins of a team and administrators."""
    refuse_narrow(request)
    authorize(person_of(request), "browse", User)
    rows = _known(person_of(request))
    if asked.q:
        rows = rows.filter(Q(name__icontains=asked.q) | Q(email__icontains=asked.q))
    return listed(asked.page(rows, "name", "pk"), person_shape)


@router.post("/people", auth=SET_WITH, response={201: NewPersonShape, 200: NewPersonShape})
def add_person(request: HttpRequest, body: NewPerson) -> Status[dict[str, Any]]:
    """A new person in a team whose admin one is, with the one-time link to choose a password; mailed if mail works."""
    refuse_narrow(request)
    by, told = person_of(request), []
    authorize(by, "add", User)
    team = teams_of(by).filter(slug=body.team).first()
    if team is None:
        raise ValidationError({"team": _("There is no team “%(slug)s” here.") % {"slug": body.team}})
    authorize(by, "add_person", team)

    def add() -> int:
        try:
            user, link = people.add_person(
                email=body.email, name=body.name, team=team, role=Role(body.role), by=by
            )
        except IntegrityError as error:
            raise ValidationError({"email": _("Somebody has this address already.")}) from error
        told.append(link)
        return user.pk

    pk, fresh = once_by_token(request, "person", body.model_dump(mode="json"), add)
    shape = {"link": told[0] if told else None, "mailed": mail.is_set_up()}
    return Status(201 if fresh else 200, {**person_shape(_known(by).get(pk=pk)), **shape})


@router.get("/people/{person_id}", auth=SEEN_WITH, response=PersonShape)
def read_person(request: HttpRequest, person_id: int) -> dict[str, Any]:
    """One person with their teams and roles."""
    return person_shape(_person(request, person_id, "view"))


@router.post(
    "/people/{person_id}/deactivate", auth=SET_WITH, response=PersonShape, summary="Deactivate person"
)
def deactivate(request: HttpRequest, person_id: int) -> dict[str, Any]:
    """Ends access at once, everywhere, their tokens too. For administrators; never oneself, never the last one."""
    user = _person(request, person_id, "deactivate")
    try:
        people.deactivate(user, by=person_of(request))
    except people.LastAdministrator as error:
        raise ValidationError(str(error)) from error
    return person_shape(_known(person_of(request)).get(pk=user.pk))


@router.post(
    "/people/{person_id}/reactivate", auth=SET_WITH, response=PersonShape, summary="Reactivate person"
)
def reactivate(request: HttpRequest, person_id: int) -> dict[str, Any]:
    """Lets them in again, with the roles, the password and the tokens of before. For administrators."""
    user = _person(request, person_id, "reactivate")
    people.reactivate(user, by=person_of(request))
    return person_shape(_known(person_of(request)).get(pk=user.pk))


@router.post(
    "/people/{person_id}/end_second_step", auth=SET_WITH, response=PersonShape, summary="End second step"
)
def end_second_step(request: HttpRequest, person_id: int) -> dict[str, Any]:
    """For who has lost phone and codes: the password alone signs in, every device is signed out. For administrators;
    never one's own."""
    user = _person(request, person_id, "end_second_step")
    second_step.end(user, by=person_of(request))
    return person_shape(_known(person_of(request)).get(pk=user.pk))


def _known(reader: User) -> QuerySet[User]:
    """Everybody, each with those of their teams that `reader` sees too."""
    shared = Membership.objects.filter(team__in=teams_of(reader)).select_related("team")
    people = User.objects.filter(anonymised_at=None).annotate(has_second_step=second_step.has_one())
    return people.prefetch_related(Prefetch("memberships", shared))


def _person(request: HttpRequest, person_id: int, action: str) -> User:
    refuse_narrow(request)
    found = get_object_or_404(_known(person_of(request)), pk=person_id)
    authorize(person_of(request), action, found)
    return found
