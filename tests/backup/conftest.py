"""Something to back up, and an empty database to restore into."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from config.backup import address
from config.backup.make import backup
from incidents.models import Incident
from tests.notifications.conftest import ada, make_channel, mia, opened, outside, post, product

__all__ = ["ada", "mia", "outside", "post", "product"]

type Elsewhere = Callable[[], AbstractContextManager[None]]
_names = count(1)


@pytest.fixture
def whole(transactional_db: None, request: pytest.FixtureRequest) -> Incident:
    """An incident with its timeline, messages that wait, a channel, a monitor."""
    product, ada, mia = (request.getfixturevalue(name) for name in ("product", "ada", "mia"))
    make_channel(product, "slack", mia, url="https://hooks.example.test/x")
    return opened(product, by=ada, private=False)


@pytest.fixture
def made(whole: Incident, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "house.backup"
    backup(path, connections["default"].settings_dict)
    return path


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Elsewhere]:
    """Inside what this gives, the default database is a new and empty one."""
    usual = connections["default"].settings_dict
    made: list[str] = []

    @contextmanager
    def new() -> Iterator[None]:
        made.append(f"restored_{next(_names)}")
        _run(usual, f"CREATE DATABASE {made[-1]} TEMPLATE template0")
        connections["default"].close()
        connections["default"].settings_dict = usual | {"NAME": made[-1]}
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"].settings_dict = usual

    yield new
    for name in made:
        _run(usual, f"DROP DATABASE {name} WITH (FORCE)")


def _run(database: dict[str, object], statement: str) -> None:
    with psycopg.connect(**address.of(database) | {"dbname": "postgres"}, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(statement.encode())
