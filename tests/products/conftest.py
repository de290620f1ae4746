"""The shipped processes, a team with one person for each access role, an outsider."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Role, Team, User
from products.models import ProcessVersion, Product
from products.sources.import_process import import_process
from tests.factories import join, make_product, make_team, make_user
from tests.products.documents import GOOD
from tests.shipped import import_once


@pytest.fixture
def shipped(db: None) -> None:
    import_once()


@pytest.fixture
def team(db: None) -> Team:
    return make_team("payments")


@pytest.fixture
def product(team: Team) -> Product:
    return make_product(team, name="Staff Mobile", aliases=["Worker Mobile", "krow-withus-worker-mobile"])


@pytest.fixture
def manager(team: Team) -> User:
    user = make_user("mia@example.test")
    join(user, team, Role.MANAGER)
    return user


@pytest.fixture
def viewer(team: Team) -> User:
    user = make_user("vic@example.test")
    join(user, team, Role.VIEWER)
    return user


@pytest.fixture
def outsider(db: None) -> User:
    """Manages another team."""
    user = make_user("olga@example.test")
    join(user, make_team("logistics"), Role.MANAGER)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def folder(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    found = tmp_path / "processes"
    found.mkdir()
    settings.NIGHTDESK_PROCESS_DIR = found  # type: ignore[attr-defined]
    return found


@pytest.fixture
def shop(db: None) -> ProcessVersion:
    return import_process(GOOD.encode(), name="shop.yaml", by=None).version


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada@example.test", is_administrator=True)


@pytest.fixture
def writer(manager: User) -> Client:
    return signed_in(manager)
