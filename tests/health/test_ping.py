"""The outgoing ping: once a minute by one process, only while all parts work, its address in no log and on no page."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from config.environment import values
from config.health import ping
from config.health.judgement import judge
from foundation.models import Heartbeat
from tests.factories import make_user
from tests.health.conftest import WELL
from tests.health.running import Sink
from tests.health.test_probes import LATE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    made = Sink()
    settings.NIGHTDESK_PING_URL = f"{made.url}/ping-secret"
    settings.NIGHTDESK_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    yield made
    made.close()


def test_it_is_sent_once_a_minute_however_many_look(sink: Sink, says: Any) -> None:
    says(judge(WELL))
    assert [ping.look() for _ in range(3)] == [True, False, False]
    assert sink.paths == ["/ping-secret"]
    Heartbeat.objects.update(beat_at="2026-01-01T00:00Z")
    assert ping.look() is True
    assert Heartbeat.objects.get().figures == {"ok": True, "said": "it answered 200"}


def test_it_is_not_sent_while_a_part_does_not_work(sink: Sink, says: Any) -> None:
    says(LATE)
    assert ping.look() is False
    assert sink.paths == []


def test_a_refused_address_is_said_without_it(
    sink: Sink, says: Any, settings: Settings, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.NIGHTDESK_WEBHOOK_NETWORKS = []
    says(judge(WELL))
    assert ping.look() is True
    figures = Heartbeat.objects.get().figures
    assert figures["ok"] is False
    assert "NIGHTDESK_WEBHOOK_NETWORKS=127.0.0.0/8" in figures["said"]
    client.force_login(make_user())
    structlog.get_logger().info("said", figures=figures)
    shown = client.get("/settings/health/").content.decode() + str(figures) + "".join(capsys.readouterr())
    assert "ping-secret" not in shown


@pytest.mark.parametrize(
    "text", ["ftp://x/y", "https://?secret", "https://a b/", "nonsense", "http://x:99999999/"]
)
def test_an_address_that_cannot_be_used_stops_the_start_without_repeating_it(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        values.address("NIGHTDESK_PING_URL", text)
    assert str(refused.value).startswith("NIGHTDESK_PING_URL must look like")
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["short", "has a blank in between", "ümlaut-that-is-long-enough"])
def test_a_token_that_cannot_be_used_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN must have at least 16 characters"):
        values.token("METRICS_TOKEN", text)
    assert values.token("METRICS_TOKEN", "0123456789abcdef") == "0123456789abcdef"
