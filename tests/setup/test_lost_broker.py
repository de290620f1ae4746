"""Redis dies while a task is in hand: that is a loss of connection, from which a worker recovers, and nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from kombu.common import ignore_errors
from structlog.testing import capture_logs

from benchmarks.house import free_port
from chaos.redis import Broker
from config.broker import consumer
from config.celery import app
from foundation.outage import Seldom


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path, free_port())
    made.start()
    yield made
    made.end()


@pytest.fixture
def in_hand(broker: Broker) -> tuple[Any, Any]:
    """A connection as a worker's, and the message that it has taken and not acknowledged.

    Redis has died since. Clearing up, the worker let go of the transport; closing the channel had failed
    before that, in the midst of waiting for the next message (as celery.worker.consumer does it).
    """
    connection: Any = app.connection_for_read(broker.url)
    connection.SimpleQueue("hints").put("look")
    message = connection.default_channel.basic_get("hints")
    broker.kill()
    connection._do_close_transport()
    return connection, message


def test_closing_what_is_lost_raises_nothing_that_a_worker_does_not_expect(in_hand: tuple[Any, Any]) -> None:
    connection, _message = in_hand
    ignore_errors(connection, connection.close)  # type: ignore[no-untyped-call]


def test_acknowledging_over_what_is_lost_fails_as_a_lost_connection(in_hand: tuple[Any, Any]) -> None:
    connection, message = in_hand
    with suppress(*connection.connection_errors):
        connection.close()
    with pytest.raises(connection.connection_errors):
        message.ack()


def test_a_full_broker_counts_as_lost_and_is_said_once(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that began then left; one that ran wrote a traceback every five seconds."""
    monkeypatch.setattr(consumer, "_seldom", Seldom())
    monkeypatch.setattr(consumer, "LONGEST_PAUSE_S", 0)
    connection: Any = app.connection_for_read(broker.url)
    with broker.client() as client:
        client.config_set("maxmemory", "1")
    with pytest.raises(connection.connection_errors) as full:
        connection.SimpleQueue("hints").put("look")
    with capture_logs() as log:
        assert [consumer._waited_for_room(full.value) for _ in range(2)] == [True, True]
    assert [line["event"] for line in log] == ["broker.full"]
    assert consumer._waited_for_room(ConnectionError("gone")) is False


def test_both_spellings_of_the_address_mean_it() -> None:
    asking = "from config.celery import app; from kombu.transport import get_transport_cls as of;"
    asking += "print(of('redis').__module__, of('rediss').__module__)"
    said = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["config.broker.redis", "config.broker.redis"]
