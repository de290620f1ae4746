"""The door for machines: what it answers with where nothing can be stored, and what the house learns of it."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from psycopg.errors import DiskFull

from foundation import room
from foundation.door import Door


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    room.forget()


def test_a_push_that_finds_no_room_comes_again_and_is_known_to_health() -> None:
    def store() -> HttpResponse:
        raise OperationalError from DiskFull()

    assert Door(lambda: HttpResponse(status=503), wait_s=0).let_in(store).status_code == 503
    assert room.gone_since() is not None
