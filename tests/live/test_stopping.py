"""A web process of its own: it stops at once with open streams, and outlives its database."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings

from accounts.models import User
from live import bus
from tests.factories import make_user
from tests.fixtures.site import end_other_connections
from tests.live.reading import Reader
from tests.live.test_access import session_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada@example.test")


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = "-m uvicorn config.asgi:application --log-level warning --timeout-graceful-shutdown 2 --port"
    process = subprocess.Popen(
        [sys.executable, *command.split(), str(port)],
        env={
            **os.environ,
            "DATABASE_URL": database_url,
            "NIGHTDESK_DATA": str(tmp_path),
            "SECRET_KEY": settings.SECRET_KEY,
        },
    )
    site = f"http://localhost:{port}"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            urlopen(f"{site}/healthz", timeout=1)
            break
        except OSError:
            time.sleep(0.05)
    yield process, site
    process.kill()
    process.wait()


def status_of(address: str, cookies: str) -> int:
    """The status of the answer itself: a redirect is not followed."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", parts.path, headers={"Cookie": cookies})
    status = connection.getresponse().status
    connection.close()
    return status


def test_sigterm_ends_open_streams_in_order_and_the_process_at_once(
    web: tuple[subprocess.Popen[bytes], str], ada: User
) -> None:
    process, site = web
    readers = [Reader(site, (f"user:{ada.pk}",), cookies=session_of(ada)).open() for _ in range(3)]
    assert [reader.status for reader in readers] == [200, 200, 200]
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(5)
    assert time.monotonic() - start < 2
    for reader in readers:
        assert reader.ended.wait(1)
        reader.close()


def test_pages_and_streams_go_on_after_every_connection_was_killed(
    web: tuple[subprocess.Popen[bytes], str], ada: User
) -> None:
    _, site = web
    cookies = session_of(ada)
    reader = Reader(site, (f"user:{ada.pk}",), cookies=cookies).open()
    for number in range(3):
        end_other_connections()
        bus.publish(f"user:{ada.pk}", str(number))
        assert (
            status_of(f"{site}/accounts/login/", cookies) == 302
        )  # signed in already: it asked the database
        second = Reader(site, (f"user:{ada.pk}",), cookies=cookies).open()
        assert second.status == 200
        second.close()
    reader.until(3)
    assert sorted(reader.data()) == ["0", "1", "2"]
    reader.close()
