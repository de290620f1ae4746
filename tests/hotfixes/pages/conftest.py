"""Ada's phone."""

import pytest
from django.test import Client

from tests.hotfixes.observing.watched import Watched


@pytest.fixture
def phone(watched: Watched) -> Client:
    client = Client()
    client.force_login(watched.ada)
    return client
