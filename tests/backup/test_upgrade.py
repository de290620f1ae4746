"""`./run upgrade`: from an older PostgreSQL to the present one; a real older one where the machine has it."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from config import embedded
from config.backup import Trouble, address, archive, programs, upgrade
from config.backup.load import load
from config.backup.make import backup
from config.backup.restore import Restored
from config.database import cluster
from incidents.models import Incident
from tests.setup.running import command

# Without one on this machine, the present one stands in: everything is exercised but the difference in version.
OLDER = [found for found in map(programs.packaged, (17, 16, 15, 14)) if found]
OLD = OLDER[0] if OLDER else cluster.binaries()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that asks for an old data folder leaves one for the others."""
    return tmp_path_factory.mktemp("kept") / "data"


@pytest.fixture
def old(kept: Path, transactional_db: None, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder that the older PostgreSQL made, with a house in it."""
    if not kept.exists():
        request.getfixturevalue("whole")
        unfinished = kept.with_name("unfinished")
        unfinished.mkdir()
        _make(unfinished / "postgres", tmp_path / "file")
        unfinished.rename(kept)
    shutil.copytree(kept, tmp_path / "data")
    return tmp_path / "data" / "postgres"


def _make(folder: Path, file: Path) -> None:
    backup(file, connections["default"].settings_dict, leave_out=("live_announcement",))
    identity = cluster.identity_for(folder)
    made = cluster.call(
        str(OLD / "initdb"), f"--pgdata={folder}", f"--username={cluster.USER}", "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--no-sync", identity=identity,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with embedded.serving(folder, durable=False, programs=OLD):
        where = address.of(embedded.settings(folder, owner=True))
        with psycopg.connect(**where | {"dbname": "postgres"}, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute("CREATE DATABASE nightdesk")
        with psycopg.connect(**where) as connection, archive.read(file).sql() as dump:  # type: ignore[arg-type]
            load(dump, connection)


def heads(folder: Path, folder_programs: Path | None) -> list[tuple[Any, ...]]:
    with embedded.serving(folder, durable=False, programs=folder_programs):
        where = address.of(embedded.settings(folder, owner=True))
        with psycopg.connect(**where) as connection:  # type: ignore[arg-type]
            return connection.execute(
                "SELECT number, timeline_seq, timeline_hash FROM incidents_incident"
            ).fetchall()


def test_everything_moves_and_the_old_folder_is_kept(
    old: Path, whole: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, version, load_new = heads(old, OLD), upgrade.made_by(old), upgrade._load

    def while_it_loads(dump: Path, server: embedded.Server) -> Restored:
        """An `up` of the version before would write what nobody takes over."""
        with pytest.raises(embedded.InUse):
            embedded.Server(old, programs=OLD).start()
        return load_new(dump, server)

    monkeypatch.setattr(upgrade, "_load", while_it_loads)
    done, kept = upgrade.move(old, OLD, durable=False)
    assert (done.timelines, done.broken, done.settled.held) == (1, [], 0)
    assert (kept, upgrade.made_by(kept), upgrade.made_by(old)) == (
        old.with_name(f"postgres-{version}"), version, upgrade.present(),
    )  # fmt: skip
    assert heads(old, None) == before == heads(kept, OLD)
    left = {path.name for path in old.parent.iterdir()} - {
        f"postgres-{version}.lock",
        f"postgres-{version}.log",
    }
    assert left == {"postgres", f"postgres-{version}", "postgres.lock", "postgres.log"}


def test_one_that_fails_half_way_leaves_the_old_one_as_it_was(old: Path) -> None:
    before = heads(old, OLD)
    where = address.of(embedded.settings(old, owner=True))
    future = "INSERT INTO django_migrations (app, name, applied) VALUES ('incidents', '0999', now())"
    with embedded.serving(old, durable=False, programs=OLD), psycopg.connect(**where) as connection:  # type: ignore[arg-type]
        connection.execute(future)
    with pytest.raises(Trouble, match="newer Nightdesk"):
        upgrade.move(old, OLD, durable=False)
    assert heads(old, OLD) == before
    assert [path.name for path in old.parent.iterdir() if path.is_dir()] == ["postgres"]


def test_while_nightdesk_runs_nothing_is_moved(old: Path) -> None:
    with embedded.serving(old, durable=False, programs=OLD), pytest.raises(embedded.InUse):
        upgrade.move(old, OLD, durable=False)


@pytest.mark.skipif(
    not OLDER, reason="needs an older PostgreSQL of the system's, such as Debian's postgresql-15"
)
def test_up_names_the_command_and_the_command_does_it(old: Path) -> None:
    data = old.parent
    refused = command(data, "up", "--port", "0")
    assert (refused.returncode, "Run ./run upgrade once" in refused.stderr) == (1, True)
    done = command(data, "upgrade")
    assert (done.returncode, "1 timelines, all whole" in done.stdout) == (0, True), done
    assert "nothing to do" in command(data, "upgrade").stdout


def test_a_version_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "postgres"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("99\n")
    said = command(folder.parent, "upgrade").stderr
    assert said.startswith(
        f"CommandError: {folder} was made by PostgreSQL 99, this is 18: there is no way back."
    )
    (folder / "PG_VERSION").write_text("17\n")
    said = command(folder.parent, "upgrade", "--programs", str(tmp_path)).stderr
    assert said == f"CommandError: {tmp_path} has no postgres of version 17.\n"
    shutil.rmtree(folder)
    assert "there is nothing to upgrade" in command(folder.parent, "upgrade").stderr
