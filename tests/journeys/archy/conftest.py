"""The team of archy, each with a script of their own, and their product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Team
from foundation import moment
from tests.api.conftest import Script
from tests.factories import make_team
from tests.journeys.archy.facts import PRODUCT, ROLES
from tests.journeys.conftest import ScriptOf
from tests.journeys.people import person
from tests.journeys.story import Story
from tests.shipped import import_once


@pytest.fixture
def team(db: None) -> Team:
    import_once()
    return make_team("archy", name="Archy")


@pytest.fixture
def finn(team: Team, script_of: ScriptOf) -> Script:
    """The fixer, who set the product up as well."""
    return script_of(person("finn", team, rank="manager", is_administrator=True))


@pytest.fixture
def wim(team: Team, script_of: ScriptOf) -> Script:
    """The watcher."""
    return script_of(person("wim", team))


@pytest.fixture
def dora(team: Team, script_of: ScriptOf) -> Script:
    """The decider."""
    return script_of(person("dora", team))


@pytest.fixture
def product(finn: Script, wim: Script, dora: Script) -> dict[str, Any]:
    roles = [{"role": role, "user": f"{name}@archy.test"} for role, name in ROLES.items()]
    made: dict[str, Any] = finn.post("/products", {**PRODUCT, "roles": roles, "contacts": roles}, status=201)
    return made


@pytest.fixture
def story(product: dict[str, Any], finn: Script) -> Story:
    return Story(moment.now().replace(microsecond=0) - timedelta(hours=8), finn)
