"""The embedded PostgreSQL by itself: what it survives."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import embedded
from config.database import cluster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a cluster would be."""
    return tmp_path / "postgres"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kept") / "postgres"
    with embedded.serving(made, durable=False):
        pass
    return made


@pytest.fixture
def made(kept: Path, folder: Path) -> Path:
    """A cluster after an orderly end, the test's own."""
    return Path(shutil.copytree(kept, folder))


def ask(folder: Path, question: str) -> object:
    """The one value that the database answers."""
    where = str(embedded.socket_folder(folder))
    with psycopg.connect(host=where, port=5432, user="nightdesk", dbname="nightdesk") as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


def test_letters_are_raised_by_unicode_s_tables_on_every_machine(folder: Path) -> None:
    with embedded.running(folder):
        assert ask(folder, "SELECT upper('übermut é')") == "ÜBERMUT É"
        assert ask(folder, "SELECT datlocprovider FROM pg_database WHERE datname = 'nightdesk'") == "b"
        assert ask(folder, "SELECT current_setting('TimeZone')") == "UTC"


def test_it_listens_on_no_network(made: Path) -> None:
    with embedded.running(made):
        assert ask(made, "SELECT current_setting('listen_addresses')") == ""
        assert embedded.socket_folder(made).stat().st_mode & 0o777 == 0o700
    assert not embedded.socket_folder(made).exists()


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    folder.with_suffix(".new").mkdir()
    (folder.with_suffix(".new") / "PG_VERSION").write_text("18")
    with embedded.running(folder):
        assert ask(folder, "SELECT 1") == 1
    assert not folder.with_suffix(".new").exists()


def test_what_a_power_cut_leaves_does_not_stop_the_next_start(made: Path) -> None:
    with embedded.running(made):
        left = (made / "postmaster.pid").read_text().splitlines()
    left[0] = str(os.getpid())  # meanwhile another program has the number
    (made / "postmaster.pid").write_text("\n".join(left))
    with embedded.running(made):
        assert ask(made, "SELECT 1") == 1


def test_a_socket_folder_that_somebody_else_prepared_is_refused(folder: Path) -> None:
    trap = embedded.socket_folder(folder)
    trap.mkdir(mode=0o777)
    trap.chmod(0o777)
    try:
        with pytest.raises(cluster.Unusable, match="belongs to somebody else"):
            embedded.Server(folder).start()
    finally:
        trap.rmdir()


def test_a_second_server_on_the_same_folder_is_refused_and_may_wait(made: Path) -> None:
    first, second = embedded.Server(made, durable=False), embedded.Server(made, durable=False)
    first.start()
    with pytest.raises(embedded.InUse, match=f"process {os.getpid()}"):
        second.start()
    first.stop()
    second.start(patience=1)
    second.stop()


def test_the_server_ends_with_the_process_that_started_it(made: Path) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from config.embedded import Server;"
        "Server(Path(sys.argv[1])).start(); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(made)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert cluster.processes(made)
        holder.send_signal(signal.SIGKILL)
    until = time.monotonic() + 5
    while cluster.processes(made) and time.monotonic() < until:
        time.sleep(0.02)
    assert cluster.processes(made) == []
    assert not (made / "postmaster.pid").exists()


def test_commands_at_the_same_time_share_one_server(made: Path) -> None:
    """The first to come starts it, and waits with stopping it until the others have ended."""
    other = (
        "import sys, time; from pathlib import Path; from config.embedded import running;"
        "folder = Path(sys.argv[1])\nwith running(folder): print(flush=True); time.sleep(0.5)\n"
    )
    with embedded.running(made):
        late = subprocess.Popen([sys.executable, "-c", other, str(made)], stdout=subprocess.PIPE)
        assert late.stdout
        late.stdout.readline()
        began = time.monotonic()
    assert time.monotonic() - began > 0.3
    late.communicate()
    assert late.returncode == 0
    assert cluster.processes(made) == []
