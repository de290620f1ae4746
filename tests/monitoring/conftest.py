"""Rows and a real HTTP server for the tests of monitoring."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from monitoring.models import Monitor, Target
from tests.factories import make_product


class Service:
    """A real local HTTP server that can be told what to answer, killed and brought back on the same port."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"ok", dict[str, str]()
        self.pages: dict[str, bytes] = {}
        self.delays: dict[str, float] = {}
        self.asked = 0
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked += 1
                time.sleep(service.delays.get(self.path, 0))
                body = service.pages.get(self.path.partition("?")[0], service.body)
                self.send_response(service.status)
                for name, value in {"Content-Length": str(len(body)), **service.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def kill(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    allow_reuse_address = True


@pytest.fixture
def loopback(settings: Settings) -> None:
    """Probes may reach this machine."""
    settings.NIGHTDESK_PROBE_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def service(loopback: None) -> Iterator[Service]:
    service = Service()
    yield service
    service.kill()


def make_many(count: int, **facts: Any) -> list[Monitor]:
    """That many `http` monitors of one product, each with its target, due now."""
    product = make_product()
    slugs = [f"m{number}" for number in range(count)]
    facts = {"kind": "http", "target": "http://127.0.0.1:9/", **facts}
    monitors = Monitor.objects.bulk_create(
        Monitor(product=product, slug=slug, name=slug, **facts) for slug in slugs
    )
    Target.objects.bulk_create(Target(monitor=monitor, key="", name="") for monitor in monitors)
    return monitors


def let_pass(seconds: float) -> None:
    """As if that much time had gone by since everything that monitoring has written."""
    moments = {
        "monitoring_monitor": (
            "due_at", "looked_at", "kept_at", "created_at", "pushed_at", "listening_since",
        ),
        "monitoring_target": ("since", "checked_at", "fresh_until", "created_at", "maintenance_until"),
        "monitoring_maintenance": ("starts_at", "ends_at", "cancelled_at"),
        "monitoring_statuschange": ("at", "recorded_at"),
        "monitoring_alertchange": ("at", "recorded_at", "held_at", "handled_at"),
        "monitoring_alert": ("started_at", "ended_at", "first_seen", "last_seen", "since"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for table, columns in moments.items():
            moved = ", ".join(f"{column} = {column} - make_interval(secs => %s)" for column in columns)
            cursor.execute(f"UPDATE {table} SET {moved}", [seconds] * len(columns))
