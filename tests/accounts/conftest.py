"""Accounts' tests read what was announced to open pages."""

from collections.abc import Callable

import pytest

from live.models import Announcement


@pytest.fixture
def announced(db: None) -> Callable[[], list[str]]:
    """The topics announced so far in this test, oldest first."""
    return lambda: list(Announcement.objects.order_by("pk").values_list("topic", flat=True))
