"""The team of Krow, each with a script of their own, and their product."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Team, User
from foundation import moment
from tests.api.conftest import Script
from tests.factories import make_team
from tests.journeys.conftest import ScriptOf
from tests.journeys.krow.facts import PRODUCT, ROLES
from tests.journeys.people import person
from tests.journeys.story import Story
from tests.shipped import import_once


@pytest.fixture
def team(db: None) -> Team:
    import_once()
    return make_team("krow", name="Krow")


@pytest.fixture
def rosa(team: Team, script_of: ScriptOf) -> Script:
    """The release engineer, who set the product up as well."""
    return script_of(person("rosa", team, rank="manager", is_administrator=True))


@pytest.fixture
def dev(team: Team, script_of: ScriptOf) -> Script:
    return script_of(person("dev", team))


@pytest.fixture
def paula(team: Team, script_of: ScriptOf) -> Script:
    """The product owner."""
    return script_of(person("paula", team))


@pytest.fixture
def tom(team: Team) -> User:
    """Of the team that is affected, and in no role."""
    return person("tom", team)


@pytest.fixture
def product(rosa: Script, dev: Script, paula: Script, tom: User) -> str:
    """K16, K66, C8: one product by its names; K132–K135: who is told; K138: who decides."""
    made = rosa.post("/products", PRODUCT, status=201)
    path = f"/products/{made['slug']}"
    for role, name in ROLES.items():
        rosa.post(f"{path}/roles", {"role": role, "user": f"{name}@krow.test"}, status=201)
        rosa.post(f"{path}/contacts", {"role": role, "user": f"{name}@krow.test"}, status=201)
    rosa.post(f"{path}/contacts", {"role": "affected_team", "whole_team": True}, status=201)
    for name, kind in (("Development", "dev"), ("Staging", "staging")):  # K2
        rosa.post(f"{path}/environments", {"name": name, "kind": kind}, status=201)
    return str(made["slug"])


@pytest.fixture
def story(product: str, rosa: Script) -> Story:
    """T-0 is 25 hours ago: the follow-up of the next day is due, the postmortem must be planned within the hour."""
    return Story(moment.now().replace(microsecond=0) - timedelta(hours=25), rosa)
