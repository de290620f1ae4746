"""A resend is harmless wherever the description says so: its key is kept, and the same again answers 200."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from config.api.api import api
from foundation.models import IdempotencyKey
from tests.security.operations import OPERATIONS, Operation
from tests.security.test_operations import bearer, places
from tests.security.test_rules import shape
from tests.security.world import World

pytestmark = pytest.mark.django_db
KEY = "Idempotency-Key"
# What the world's first thing is not ready for; the tests of each verb are.
REFUSED = {
    *(f"POST /incidents/{{}}/postmortem/{verb}" for verb in ("share", "reopen")),
    *(f"POST /incidents/{{}}/{verb}" for verb in (
        "schedule_postmortem", "hotfixes", "decision/revisit", "try_smoke", "confirm_severity", "hand_over", "give_up",
        "mark_duplicate", "close", "reopen", "resume_clock",
    )),
    *(f"POST /hotfixes/{{}}/{verb}" for verb in (
        "checks/{}/override/confirm", "checks/{}/withdraw", "approval", "approval/withdraw",
    )),
    "POST /rollbacks/{}/done",
}  # fmt: skip


def replaying() -> list[Operation]:
    """The operations that the description gives the key."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    named = {
        f"{method.upper()} {shape(path)}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if any(each["name"] == KEY for each in operation.get("parameters", []))
    }
    return [row for row in OPERATIONS if row.call.replace("krow", "{}") in named]


@pytest.mark.parametrize("row", replaying(), ids=lambda row: row.call)
def test_a_key_that_the_description_takes_is_kept(row: Operation, world: World, settings: Settings) -> None:
    settings.NIGHTDESK_REQUESTS_A_MINUTE = 10**6
    cache.clear()
    path = next(places(row, world))[1]
    with transaction.atomic():
        answer = send(world, row, path, row.sent)
        kept = IdempotencyKey.objects.count()
        again = send(world, row, path, row.sent)
        resent = IdempotencyKey.objects.count()
        transaction.set_rollback(True)
    done = answer.status_code < 300
    assert done is not (row.call in REFUSED), (answer.status_code, answer.content[:200])
    assert (kept, resent) == (done, done)
    assert not done or again.status_code == 200, again.content[:200]


def send(world: World, row: Operation, path: str, body: dict[str, Any]) -> Any:
    headers = {**bearer(world, "administrator"), "HTTP_IDEMPOTENCY_KEY": "k"}
    return Client().generic("POST", path, json.dumps(body), "application/json", **headers)
