"""What the environment may say, value by value, and who says so when it cannot be used."""

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from kombu.connection import Connection

from config import web
from config.environment.connections import broker, database
from config.environment.values import flag, secret, sender, site
from config.management.commands import up
from config.starting.command_line import _of_the_database
from tests.setup.running import MANAGE, ROOT, command, environment


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        ("rediss://:word@redis.example.org:6380/1", ssl.CERT_REQUIRED),
        ("rediss://redis.example.org?ssl_ca_certs=/etc/ca.pem", ssl.CERT_REQUIRED),
        ("rediss://redis.example.org/0?ssl_cert_reqs=none", ssl.CERT_NONE),
    ],
)
def test_over_tls_the_broker_s_certificate_is_checked_unless_told_otherwise(
    text: str, checks: ssl.VerifyMode
) -> None:
    found: Any = Connection(broker("REDIS_URL", text))  # type: ignore[no-untyped-call]
    assert found.ssl["ssl_cert_reqs"] == checks
    assert (found.ssl.get("ssl_ca_certs"), found.password) == (
        "/etc/ca.pem" if "ca.pem" in text else None,
        "word" if "word" in text else None,
    )


@pytest.mark.parametrize("text", ["", "redis://:word@host/3", "redis+socket:///run/redis.sock"])
def test_any_other_address_of_a_broker_stays_as_it_is(text: str) -> None:
    assert broker("REDIS_URL", text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("redis://:word@host/queue", "REDIS_URL must look like redis://host:6379/0"),
        (
            "rediss://:word@host?ssl_cert_reqs=some",
            "REDIS_URL: ssl_cert_reqs is one of required, optional, none",
        ),
    ],
)
def test_an_address_on_which_the_worker_would_die_is_refused(text: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        broker("REDIS_URL", text)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://Nightdesk.Example.org:443/", "https://nightdesk.example.org"),
        ("http://LocalHost:8000", "http://localhost:8000"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ("https://Büro.example.org:8443", "https://xn--bro-hoa.example.org:8443"),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_it(text: str, address: str) -> None:
    assert site("NIGHTDESK_URL", text) == address


@pytest.mark.parametrize(
    ("text", "host", "password", "name"),
    [
        ("postgres://u:p%40s%2Fs@db:5433/n", "db", "p@s/s", "n"),
        ("postgres://u:p#[s@db/n", "db", "p#[s", "n"),
        ("  postgresql://u@db/n\n", "db", "", "n"),
        ("postgres://u@%2Frun%2Fpostgresql/n", "/run/postgresql", "", "n"),
        (
            "postgres://u@[2001:db8::1]/n?sslmode=require&connect_timeout=5&prepare_threshold=5",
            "2001:db8::1",
            "",
            "n",
        ),
    ],
)
def test_a_database_s_address_is_read_as_libpq_reads_it(
    text: str, host: str, password: str, name: str
) -> None:
    found = database("DATABASE_URL", text)
    assert (found["HOST"], found["PASSWORD"], found["NAME"]) == (host, password, name)


@pytest.mark.parametrize(
    ("judge", "text", "said"),
    [
        (
            database,
            "postgres://u@db/n?ssl_mode=require",
            'ITS_NAME: invalid connection option "ssl_mode"',
        ),
        (database, "postgres://u:a/b@db/n", "in a password write / as %2F"),
        (database, "postgres://u:p?a@db/n", "this one cannot be read"),
        (database, " mysql://db/n", "Nightdesk runs on PostgreSQL only"),
        (secret, "changeme", "ITS_NAME must have at least 32 characters"),
        (secret, " " * 50, "ITS_NAME must have at least 32 characters"),
        (sender, "nightdesk", "ITS_NAME: “nightdesk” is not like"),
        (sender, "Nightdesk <nightdesk@>", "is not like Nightdesk <nightdesk@example.org>"),
        (partial(flag, default=True), "maybe", "ITS_NAME: “maybe” is neither 1 nor 0"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(judge: Callable[..., object], text: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured) as found:
        judge("ITS_NAME", text)
    assert (said in str(found.value), "\n" in str(found.value), "a/b" in str(found.value)) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("text", "on"), [("", True), ("0", False), ("Off", False), ("1", True), (" yes ", True)]
)
def test_a_flag_is_one_or_the_other(text: str, on: bool) -> None:
    assert flag("NIGHTDESK_LIMITS", text, default=True) is on


@pytest.mark.parametrize(
    "program",
    [
        ["-m", "config.web", "--port", "0"],
        ["-m", "config.celery_worker"],
        ["-m", "celery", "-A", "config", "worker"],
    ],
)
def test_web_and_worker_say_in_one_line_what_they_cannot_use(tmp_path: Path, program: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, *program],
        env=environment(tmp_path / "data", METRICS_TOKEN="a token with blanks"),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stdout, found.stderr) == (
        1,
        "",
        "Nightdesk cannot start: METRICS_TOKEN must have at least 16 characters and no blanks\n",
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--port=99999", "argument --port: port 99999 does not exist: it must be from 1 to 65535"),
        ("--port=-1", "argument --port: port -1 does not exist: it must be from 1 to 65535"),
        ("--port=http", "argument --port: invalid port value: 'http'"),
    ],
)
def test_the_web_process_refuses_a_port_that_is_none(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        web.arguments().parse_args([typed])
    assert (ended.value.code, capsys.readouterr().err.splitlines()[-1]) == (
        2, f"python -m config.web: error: {said}",
    )  # fmt: skip


def test_the_web_process_refuses_a_descriptor_that_is_no_socket() -> None:
    with pytest.raises(SystemExit, match="Nightdesk cannot start: --fd 1048575 is no open socket"):
        web.main(web.arguments().parse_args(["--fd", "1048575"]))


def test_who_reads_no_further_is_no_mistake_of_ours(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    found = subprocess.run(
        [*MANAGE, "process", "schema"],
        env=environment(tmp_path / "data", DATABASE_URL=f"postgres://x@/x?host={tmp_path}"),
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    os.close(writing)
    assert (found.returncode, found.stderr) == (128 + signal.SIGPIPE, b"")


INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background leaves it ignored
from config.starting import command_line
command_line.run = lambda argv: os.kill(os.getpid(), signal.SIGINT)
sys.exit(command_line.main(["manage.py", "check"]))
"""


def test_ctrl_c_ends_a_command_with_a_word(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        env=environment(tmp_path / "data"),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stderr) == (130, "Stopped.\n")


def test_a_command_says_in_one_line_that_the_database_is_away(tmp_path: Path) -> None:
    found = command(tmp_path / "data", "verify_timeline", DATABASE_URL=f"postgres://x@/x?host={tmp_path}")
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (1, "", 1)
    assert found.stderr.startswith("The database refuses: connection ")


@pytest.mark.django_db
def test_a_database_without_our_tables_is_told_from_a_mistake_of_ours() -> None:
    def said(statement: str) -> str:
        with pytest.raises(ProgrammingError) as found, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        return _of_the_database(found.value)

    assert "./run prepare makes them" in said("SELECT * FROM nowhere")
    assert "name it in DATABASE_OWNER_URL" in said("SET LOCAL ROLE nightdesk_app; CREATE TABLE x ()")
    assert said("SELECT FROM WHERE") == ""


@pytest.mark.parametrize(
    ("host", "name", "hint"),
    [
        ("127.0.0.1", "localhost", False),
        ("::1", "localhost", False),
        ("0.0.0.0", "localhost", True),
        ("::", "localhost", True),
        ("192.168.1.20", "192.168.1.20", False),
        ("2001:db8::1", "[2001:db8::1]", False),
    ],
)
def test_up_names_an_address_at_which_it_listens(
    monkeypatch: pytest.MonkeyPatch, host: str, name: str, hint: bool
) -> None:
    monkeypatch.delenv("NIGHTDESK_URL", raising=False)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert (up.name_of(host), bool(up.unanswered(host))) == (name, hint)
    monkeypatch.setenv("NIGHTDESK_URL", "http://192.168.1.20:8000")
    assert up.unanswered(host) == ""


def test_who_knocks_by_another_name_is_one_line_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/accounts/login/", headers={"Host": "scanner.example.org"}).status_code == 400
    found = [record for record in caplog.records if "scanner.example.org" in record.getMessage()]
    assert [record.exc_info for record in found] == [None]
