"""`./run demo`: a house with a past, made by the same verbs, so everything in it holds."""

import os
from pathlib import Path

import pytest

from config.demo import environment
from tests.setup.running import READY, Up, command


def test_the_demo_starts_filled_and_its_chains_are_whole(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    running = Up(data, "demo")
    try:
        assert running.line("Demo: ") == "Demo: sign in as demo@example.test with the password nightdesk-demo"
        running.line(READY)
        checked = command(data, "verify_timeline", *(f"INC-{n}" for n in range(1, 9)))
        assert (checked.stdout.strip(), checked.returncode) == ("8 timelines are whole", 0)
    finally:
        running.stop()


def refused(data: Path, **changes: str) -> str:
    found = command(data, "demo", "--port", "0", **changes)
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (1, "", 1)
    return found.stderr.removeprefix("Nightdesk cannot start: ").rstrip("\n")


def test_the_demo_fills_no_database_of_yours(tmp_path: Path) -> None:
    assert refused(tmp_path / "demo", DATABASE_URL="postgres://x@/x") == (
        "DATABASE_URL is set, and the demo fills no database but its own. Unset it to see the demo."
    )
    assert not (tmp_path / "demo").exists()


def test_the_demo_fills_no_data_folder_of_yours(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("mine")
    assert refused(tmp_path) == (
        f"NIGHTDESK_DATA: {tmp_path} holds something that no demo made. Name another folder, or none."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_demo_keeps_to_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NIGHTDESK_DATA", "DATABASE_URL", "NIGHTDESK_ADMIN_EMAIL", "NIGHTDESK_ADMIN_PASSWORD",
                 "NIGHTDESK_PROBE_NETWORKS", "NIGHTDESK_FILE_ROOTS", "NIGHTDESK_GIT_PROTOCOLS"):  # fmt: skip
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    environment.prepare(tmp_path)
    assert os.environ["NIGHTDESK_DATA"] == str(tmp_path / ".nightdesk" / "demo")
    (tmp_path / ".nightdesk" / "demo" / "secret_key").touch()
    environment.prepare(tmp_path)  # the second start names the folder, which is marked
