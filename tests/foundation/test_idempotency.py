"""Keys that make a resend harmless are kept for a day."""

from datetime import timedelta

import pytest

from foundation import moment
from foundation.idempotency import forget_old, once
from foundation.models import IdempotencyKey

pytestmark = pytest.mark.django_db


def test_old_keys_are_dropped_and_fresh_ones_stay() -> None:
    for key, hours in (("old", 25), ("fresh", 23)):
        once("user:1", key, "body", lambda: "INC-1")
        IdempotencyKey.objects.filter(key=key).update(at=moment.now() - timedelta(hours=hours))
    assert forget_old() == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["fresh"]
