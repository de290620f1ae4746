"""A person and a team, and what a script may send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from accounts.models import Membership, Role, Team, User
from accounts.zones import known_zone
from foundation.shapes import Body, Filled, Key, OneLine, Plain, Utc, utc

RoleName = Literal["viewer", "responder", "manager", "admin"]


def _zone(name: str) -> str:
    try:
        known_zone(name)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return name


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return text.lower()


Name = Annotated[str, Field(min_length=1, max_length=80), Plain, Filled, OneLine]
Zone = Annotated[str, Field(max_length=64), Plain, AfterValidator(_zone)]
Address = Annotated[str, Field(max_length=254), Plain, AfterValidator(_address)]


class InTeam(Schema):
    team: str
    role: RoleName


class PersonShape(Schema):
    """`id` is what addresses of people carry; `active` false: may not sign in, and no token of theirs works."""

    id: int
    name: str
    email: str
    time_zone: str
    active: bool
    administrator: bool
    second_step: Annotated[bool, Field(description="Signs in with more than a password.")]
    created_at: Utc
    teams: list[InTeam]


class NewPersonShape(PersonShape):
    """`link` is where they choose a password, told only now; null in the answer to a resend."""

    link: str | None
    mailed: bool


class Member(Schema):
    id: int
    name: str
    email: str
    role: RoleName


class TeamShape(Schema):
    slug: str
    name: str
    time_zone: str
    members: list[Member]


class NewPerson(Body):
    """Who they are, and their first team."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Ben", "email": "ben@example.org", "team": "operations", "role": "responder"}
            ]
        }
    )

    name: Name
    email: Address
    team: Key
    role: RoleName = "responder"


class TeamFacts(Body):
    """What may be changed; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"time_zone": "Europe/Vienna"}]})

    name: Name = ""
    time_zone: Zone = "UTC"


class NewTeam(TeamFacts):
    """`time_zone` is the zone in which the team's pages print times."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Payments", "time_zone": "Europe/Vienna"}]}
    )

    name: Name


class PutIn(Body):
    """Somebody who is here already, by the address they sign in with."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"user": "ben@example.org", "role": "manager"}]}
    )

    user: Address
    role: RoleName


class NewRole(Body):
    """Another role in the same team."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "viewer"}]})

    role: RoleName


def person_shape(user: User) -> dict[str, Any]:
    """Wants `memberships__team` and `has_second_step` read with it."""
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "time_zone": user.time_zone,
        "active": user.is_active,
        "administrator": user.is_administrator,
        "second_step": user.has_second_step,  # type: ignore[attr-defined]
        "created_at": utc(user.created_at),
        "teams": [{"team": m.team.slug, "role": m.role} for m in user.memberships.all()],
    }


def team_shape(team: Team) -> dict[str, Any]:
    """Wants `memberships__user` read with it."""
    members = sorted(team.memberships.all(), key=lambda each: (each.user.name, each.pk))
    same = ("slug", "name", "time_zone")
    return {**{name: getattr(team, name) for name in same}, "members": [_member(each) for each in members]}


def _member(membership: Membership) -> dict[str, Any]:
    user = membership.user
    return {"id": user.pk, "name": user.name, "email": user.email, "role": Role(membership.role).value}
