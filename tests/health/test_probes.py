"""/healthz, /readyz and /metrics: who hears what, also while PostgreSQL is away."""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from config.health import facts, probes
from config.health.judgement import judge, unreachable
from config.health.probes import Asked
from config.health.reader import Reader, reader
from foundation import direct
from tests.factories import make_monitor, make_user
from tests.health.conftest import NOW, WELL, ago
from tests.live.test_access import session_of

LATE = judge(replace(WELL, beats=()))


def asked(path: str, peer: str = "127.0.0.1", **headers: str) -> Asked:
    return Asked(path, peer, {name.replace("_", "-"): value for name, value in headers.items()})


def test_ready_is_200_and_an_overdue_part_503(says: Any) -> None:
    says(judge(WELL))
    said = probes.readyz(asked("/readyz"))
    assert (said.status, json.loads(said.body)["status"]) == (200, "ok")
    says(LATE)
    said = probes.readyz(asked("/readyz"))
    body = json.loads(said.body)
    assert (said.status, body["status"]) == (503, "down")
    assert {part["key"] for part in body["parts"] if not part["ok"]} == {"worker", "ticker", "pages"}


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"host": "nightdesk.example.org"}),
        ("127.0.0.1", {"host": "rebound.example.org:8000"}),
        ("127.0.0.1", {"host": "nonsense here"}),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"x_real_ip": "127.0.0.1"}),
        ("::ffff:192.0.2.7", {}),
        ("nonsense", {}),
    ],
)
def test_a_stranger_hears_only_whether(says: Any, peer: str, headers: dict[str, str]) -> None:
    says(LATE)
    said = probes.readyz(asked("/readyz", peer, **headers))
    assert (said.status, sorted(json.loads(said.body))) == (503, ["at", "status"])
    assert probes.figures(asked("/metrics", peer, **headers)).status == 401


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_who_sits_at_the_machine_hears_all(says: Any, peer: str, host: str) -> None:
    says(judge(WELL))
    assert "parts" in json.loads(probes.readyz(asked("/readyz", peer, host=host)).body)


def test_a_proxy_on_the_same_machine_is_not_somebody_at_it(says: Any, settings: Settings) -> None:
    says(judge(WELL))
    settings.NIGHTDESK_TRUSTED_PROXIES = ["127.0.0.1/32"]
    assert "parts" not in json.loads(probes.readyz(asked("/readyz")).body)


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_hears_all(says: Any) -> None:
    says(judge(WELL))
    cookies = session_of(make_user())
    assert "parts" in json.loads(probes.readyz(asked("/readyz", "192.0.2.7", cookie=cookies)).body)
    assert "parts" not in json.loads(probes.readyz(asked("/readyz", "192.0.2.7", cookie=cookies + "x")).body)


def test_a_token_opens_the_figures_and_a_wrong_one_does_not(says: Any, settings: Settings) -> None:
    says(unreachable(NOW, since=ago(9), why="x"))
    settings.METRICS_TOKEN = "a-long-enough-token"
    far = "192.0.2.7"
    assert probes.figures(asked("/metrics", far, authorization="Bearer a-long-enough-token")).status == 200
    for wrong in ("Bearer a-long-enough-tokem", "a-long-enough-token", "Bearer ", "Bearer é"):
        assert probes.figures(asked("/metrics", far, authorization=wrong)).status == 401
        assert probes.figures(asked("/metrics", authorization=wrong)).status == 401
    settings.METRICS_TOKEN = ""
    assert probes.figures(asked("/metrics", far, authorization="Bearer ")).status == 401


def test_without_a_database_it_is_said_not_failed(says: Any) -> None:
    says(unreachable(NOW, since=ago(60), why="OperationalError"))
    said = probes.readyz(asked("/readyz"))
    assert said.status == 503
    assert json.loads(said.body)["parts"][0]["summary"] == (
        "The database has not answered since 2026-11-21 02:19:00 UTC. Nothing can be saved or shown."
    )
    text = probes.figures(asked("/metrics")).body
    assert ("nightdesk_database_up 0.0" in text, "nightdesk_ready 0.0" in text) == (True, True)


def test_a_database_that_hangs_is_said_within_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes connections and never says anything, as a frozen one does."""
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place))
        silent.listen()
        found = connection.get_connection_params()

        def hang(name: str) -> Any:
            with socket.socket(socket.AF_UNIX) as us:
                us.settimeout(60)
                us.connect(str(place))
                us.recv(1)

        monkeypatch.setattr(direct, "connect", hang)
        began = time.monotonic()
        report = Reader().report()
        assert (report.ok, time.monotonic() - began < 30, bool(found)) == (False, True, True)


@pytest.mark.django_db(transaction=True)
def test_prometheus_reads_it(asgi_server: str, truth: None, tmp_path: Path) -> None:
    """The real one, over HTTP; and its own linter."""
    make_monitor()
    program = shutil.which("prometheus")
    if not program:
        pytest.skip("no prometheus on this machine (apt install prometheus)")
    with urllib.request.urlopen(f"{asgi_server}/metrics", timeout=10) as answer:
        text = answer.read()
    if lint := shutil.which("promtool"):
        done = subprocess.run([lint, "check", "metrics"], input=text, capture_output=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, b"")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "prometheus.yml"
    target = asgi_server.removeprefix("http://").replace("localhost", "127.0.0.1")
    config.write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: nightdesk, static_configs: [{{targets: ['{target}']}}]}}]\n"
    )
    process = subprocess.Popen(
        [program, f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}",
         f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
    )  # fmt: skip
    try:
        assert value(port, "up") == "1"
        assert value(port, "nightdesk_monitors_watched") == "1"
        assert value(port, "nightdesk_database_up") == "1"
        assert value(port, 'nightdesk_processes{role="worker"}') == "0"
    finally:
        process.terminate()
        process.wait(20)


def value(port: int, query: str) -> str:
    """What Prometheus answers once it has scraped."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        try:
            address = f"http://127.0.0.1:{port}/api/v1/query?query={urllib.parse.quote(query)}"
            with urllib.request.urlopen(address, timeout=5) as answer:
                found = json.load(answer)["data"]["result"]
            if found:
                return str(found[0]["value"][1])
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"Prometheus knows nothing of {query}")


@pytest.mark.django_db
def test_a_new_program_on_old_tables_is_seen_whatever_it_asks_them() -> None:
    with connection.cursor() as cursor:
        assert facts.read(cursor, time.monotonic).unmade == ""
        cursor.execute("DELETE FROM django_migrations WHERE app = 'review'")
        assert facts.read(cursor, time.monotonic).unmade.startswith("review.0001_")


@pytest.mark.django_db
def test_an_old_program_on_new_tables_goes_on_and_every_page_says_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('review', '0999_future', now())"
        )
        part = judge(facts.read(cursor, time.monotonic)).part("tables")
    assert (part.level, part.facts) == ("warn", {"unknown": "review.0999_future"})
    assert (
        part.summary
        == "The tables are newer than this program: start the version that made them in its place."
    )


@pytest.mark.django_db(transaction=True)
def test_without_tables_it_is_said_how_they_are_made(transactional_db: None) -> None:
    looking = Reader()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_clock RENAME TO away")
        try:
            report = looking.report()
        finally:
            cursor.execute("ALTER TABLE away RENAME TO incidents_clock")
    looking.close()
    assert [(part.key, part.level, part.summary) for part in report.parts] == [
        ("tables", "down", "The tables of this version of Nightdesk are not there: ./run prepare makes them.")
    ]


@pytest.mark.django_db
def test_by_djangos_address_it_says_the_same(client: Client, says: Any) -> None:
    says(judge(WELL))
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/readyz", REMOTE_ADDR="192.0.2.7").json().keys() == {"status", "at"}
    assert reader.report().ok is True
