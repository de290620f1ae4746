"""One world per file (tests/fixtures/undone.py). Tests that ask for `world` are marked `django_db`."""

import pytest

from tests.security.world import World, build


@pytest.fixture(scope="module")
def world(undone: None) -> World:
    return build()
