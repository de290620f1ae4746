"""`./run backup`: one file, whole or not there, and nothing in it that should not travel."""

import io
import os
import resource
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client

from accounts.models import User
from config.backup import Trouble, address, archive
from config.backup.landing import aside, landing
from config.backup.make import backup
from config.management.commands.restore import _named
from incidents.models import Incident
from tests.backup.conftest import Elsewhere
from tests.setup.running import MANAGE, environment


def now(path: Path, *, force: bool = False) -> None:
    backup(path, connections["default"].settings_dict, force=force)


def trouble(path: Path) -> str:
    with pytest.raises(Trouble) as found:
        now(path)
    return str(found.value).replace(str(path), "FILE")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def sql(path: Path) -> str:
    with archive.read(path).sql() as text:
        return text.read().decode()


def test_it_is_one_tar_that_only_its_owner_reads(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    with tarfile.open(made) as tar:
        assert tar.getnames() == ["nightdesk-backup.txt", "database.sql.gz", "manifest.json", "sha256"]


def test_the_manifest_says_what_is_in_it(made: Path, whole: Incident) -> None:
    facts = archive.read(made).manifest
    whole.refresh_from_db()
    assert facts["incidents"] == [[whole.ref, whole.timeline_seq, whole.timeline_hash]]
    assert facts["tables"]["incidents_timelineevent"] == whole.events.count()
    assert facts["tables"]["accounts_user"] == User.objects.count()
    assert (facts["format"], facts["version"], facts["postgres"]) == (1, "0.1.0", 18)
    assert "incidents.0001_initial" in facts["migrations"]


def test_neither_sessions_nor_keys_travel(whole: Incident, ada: User, tmp_path: Path) -> None:
    client = Client()
    client.force_login(ada)
    key = Session.objects.get().session_key
    now(tmp_path / "file")
    text = sql(tmp_path / "file")
    absent = (key, settings.SECRET_KEY, settings.NIGHTDESK_ENCRYPTION_KEYS[0], "hooks.example.test/x")
    assert [word for word in absent if word in text] == []
    assert ada.email in text


def test_a_file_that_is_there_is_not_touched_unless_told(whole: Incident, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("the only good one")
    assert trouble(path) == "FILE exists already and was not touched. Name another file, or add --force."
    assert path.read_text() == "the only good one"
    now(path, force=True)
    assert archive.read(path).manifest["incidents"] != []
    assert (stat.S_IMODE(path.stat().st_mode), names(tmp_path)) == (0o600, ["file"])


def test_a_folder_and_a_folder_that_is_not_there_are_named(whole: Incident, tmp_path: Path) -> None:
    assert trouble(tmp_path) == "FILE is a folder: name a file in it."
    assert trouble(tmp_path / "no" / "file") == (
        "FILE could not be written: No such file or directory. Nothing was left there."
    )


def test_a_disk_without_room_leaves_nothing(whole: Incident, tmp_path: Path) -> None:
    with _at_most(8_192):
        said = trouble(tmp_path / "file")
    assert (said, names(tmp_path)) == (
        "FILE could not be written: File too large. Nothing was left there.",
        [],
    )


def test_a_name_that_no_disk_takes_is_said(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 300)
    with pytest.raises(Trouble, match=r"File name too long\. Nothing was left there"), landing(path) as file:
        file.write(b"whole")
    assert names(tmp_path) == []


def test_a_pipe_that_takes_no_more_is_said_in_a_sentence(
    whole: Incident, database_url: str, tmp_path: Path
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*MANAGE, "backup", "-"],
            env=environment(tmp_path / "data", DATABASE_URL=database_url),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "CommandError: Standard output takes no more (No space left on device): what is there is cut off. "
        "Throw it away.\n",
    )


def test_no_place_for_what_comes_by_a_pipe_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no"))
    with pytest.raises(Trouble, match="Set TMPDIR to one that can be written"), aside():
        pass
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(20_000))))
    with (
        pytest.raises(Trouble, match=r"does not fit into .*set TMPDIR to a folder with more room"),
        _at_most(8_192),
        _named("-"),
    ):
        pass
    assert names(tmp_path) == []


@contextmanager
def _at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, before)


def test_an_empty_database_is_said_to_be_one(elsewhere: Elsewhere, tmp_path: Path) -> None:
    with elsewhere():
        assert (
            trouble(tmp_path / "file") == "This database holds no Nightdesk yet: there is nothing to back up."
        )
    assert names(tmp_path) == []


def test_a_file_system_without_nameless_files_has_one_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.O_TMPFILE", 0)  # as a memory stick's: the open is refused
    with suppress(RuntimeError), landing(tmp_path / "file") as file:
        file.write(b"half")
        raise RuntimeError
    assert names(tmp_path) == []
    with landing(tmp_path / "file") as file:
        file.write(b"whole")
    assert (names(tmp_path), (tmp_path / "file").read_bytes()) == (["file"], b"whole")


def test_a_device_or_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    match = "is no file but a device or a pipe, and was not touched"
    with pytest.raises(Trouble, match=match), landing(pipe, force=True):
        raise AssertionError
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 130), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_one_that_is_interrupted_leaves_nothing(
    whole: Incident, database_url: str, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    where = address.of(connections["default"].settings_dict)
    with psycopg.connect(**where) as holder:  # type: ignore[arg-type]
        holder.execute("LOCK TABLE products_severity IN ACCESS EXCLUSIVE MODE")  # it has to wait for this
        process = subprocess.Popen(
            [*MANAGE, "backup", str(folder / "file")],
            env=environment(tmp_path / "data", DATABASE_URL=database_url),
            stderr=subprocess.PIPE,
            text=True,
        )
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'products_severity'::regclass"
        until = time.monotonic() + 30
        while holder.execute(waits).fetchone() == (0,):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(number)
        said = process.communicate(timeout=20)[1]
    assert (process.returncode, names(folder)) == (code, [])
    assert number == signal.SIGKILL or said == "CommandError: Stopped. Nothing was written.\n"
    database = connections["default"]
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump'")
        assert cursor.fetchone() == (0,)


def test_every_changed_byte_and_every_missing_end_is_noticed(made: Path, tmp_path: Path) -> None:
    whole, copy = made.read_bytes(), tmp_path / "copy"
    step = max(1, len(whole) // 60)
    for position in [*range(0, len(whole), step), len(whole) - 1]:
        copy.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        with pytest.raises(Trouble):
            archive.read(copy)
        copy.write_bytes(whole[:position])
        with pytest.raises(Trouble):
            archive.read(copy)
    copy.write_bytes(whole + b"\0")
    with pytest.raises(Trouble):
        archive.read(copy)


def test_what_is_wrong_with_a_file_is_said(made: Path, tmp_path: Path) -> None:
    whole, copy = made.read_bytes(), tmp_path / "copy"

    def said() -> str:
        with pytest.raises(Trouble) as found:
            archive.read(copy)
        return str(found.value).replace(str(copy), "FILE")

    assert said() == "FILE cannot be read: No such file or directory."
    copy.write_bytes(b"")
    assert said() == "FILE is not a backup of Nightdesk."
    copy.write_bytes(b"PGDMP" + bytes(5000))
    assert said() == "FILE is not a backup of Nightdesk."
    copy.write_bytes(whole[:-3000])
    assert said() == "FILE is cut off: its end is missing. Take another copy. Nothing was restored."
    copy.write_bytes(whole[:3000] + b"\x01" + whole[3001:])
    assert said() == "FILE was changed after it was made: its checksum is not right. Nothing was restored."
