"""What is kept of a message before anybody reads it, and what its sender is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation import moment
from foundation.door import AT_ONCE
from foundation.written import utc
from monitoring.alerts.sources import url_of
from monitoring.models import AlertPayload, AlertSource
from monitoring.views.push import door
from products.models import Product
from tests.monitoring.alerts.conftest import alert, group, post, send, work


def ago(minutes: float) -> str:
    return utc(moment.now() - timedelta(minutes=minutes))


BAD = [
    (b"", "empty"), (b"<html>502", "not_json"), (b"[]", "other_kind"), (b'{"alerts": []}', "other_kind"),
    (b'{"alerts": [{"status": "odd"}]}', "other_kind"), (b"\xff", "not_utf8"), (b"[" * 99, "too_deep"),
    (b'{"title": "generic"}', "other_kind"), (b'"' + b"x" * 1_000_001 + b'"', "too_large"),
]  # fmt: skip


def test_what_cannot_be_read_is_kept_and_said_with_its_code(source: AlertSource, product: Product) -> None:
    for body, code in BAD:
        answer = post(source, body)
        if code == "too_large":
            assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
        else:
            assert answer.json() == {"received": True}
        work()
        kept, source = AlertPayload.objects.latest("pk"), AlertSource.objects.get()
        assert (kept.code, source.problem, bytes(kept.body), kept.size) == (
            code,
            code,
            body[:4096],
            len(body),
        )
    good = group(alert(began=ago(1)))
    send(source, good)
    assert AlertSource.objects.get().problem == ""


def test_the_key_is_never_kept_in_a_body(source: AlertSource) -> None:
    key = url_of(source).rpartition("/")[2]
    send(source, group(alert(began=ago(1)), externalURL=f"http://x/{key}"))
    assert key not in AlertPayload.objects.get().head


def test_who_finds_the_door_full_sends_again(source: AlertSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alertmanager repeats a 503, and neither a 429 nor a 422."""
    monkeypatch.setattr(door, "wait_s", 0.01)
    for _turn in range(AT_ONCE):
        assert door._turns.acquire(blocking=False)
    try:
        refused = post(source, group(alert(began=ago(1))))
    finally:
        for _turn in range(AT_ONCE):
            door._turns.release()
    assert (refused.status_code, refused.headers["Retry-After"], AlertPayload.objects.count()) == (
        503,
        "5",
        0,
    )


def test_of_a_long_body_that_still_waits_only_the_beginning_is_shown(source: AlertSource) -> None:
    post(source, b" " * 5000)
    waiting = AlertPayload.objects.get()
    assert (len(bytes(waiting.body)), len(waiting.head)) == (5000, 4096)
