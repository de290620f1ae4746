"""Accounts' tests hash with MD5 (the real hashers are slow on purpose) and read what was announced to open pages."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from live.models import Announcement


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def announced(db: None) -> Callable[[], list[str]]:
    """The topics announced so far in this test, oldest first."""
    return lambda: list(Announcement.objects.order_by("pk").values_list("topic", flat=True))
