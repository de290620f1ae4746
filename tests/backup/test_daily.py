"""The daily backup: when it is due, what is kept, and what is said when it fails."""

import fcntl
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from config.backup import archive, daily
from config.health import house as house_health
from config.health.facts import Facts
from config.schedule import ERRANDS
from incidents.models import Incident

AT, DAY = datetime(2026, 3, 2, 2, 14, tzinfo=UTC), timedelta(days=1)


@pytest.fixture
def folder(whole: Incident, settings: Any, tmp_path: Path) -> Path:
    """Where they are kept; the installation is an hour old."""
    settings.NIGHTDESK_DATA, settings.EMBEDDED = tmp_path, tmp_path / "postgres"
    settings.OWNER_DATABASE = connections["default"].settings_dict
    daily._tried.clear()
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def name(at: datetime) -> str:
    return f"nightdesk-{at:%Y%m%dT%H%M%SZ}.backup"


def due(folder: Path, *, days: int = 1) -> None:
    """The newest was made so many days ago."""
    (folder / name(datetime.now(UTC) - timedelta(days=days))).touch()


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.backup"))


def test_a_day_after_the_last_there_is_another_and_it_restores(folder: Path) -> None:
    due(folder)
    assert daily.back_up() is True
    assert archive.read(folder / backups(folder)[-1]).manifest["incidents"] != []
    assert daily.back_up() is False
    last = daily.last_backup()
    assert last
    assert (last.failed_at, last.said, last.overdue(datetime.now(UTC))) == (None, "", False)


def test_seven_are_kept_and_a_file_of_somebody_else_too(folder: Path) -> None:
    for days in range(1, 10):
        due(folder, days=days)
    (folder / "before-the-move.backup").touch()
    assert daily.back_up() is True
    assert (len(backups(folder)), "before-the-move.backup" in backups(folder)) == (8, True)


def test_the_first_one_waits_an_hour_after_the_first_start(folder: Path, settings: Any) -> None:
    settings.EMBEDDED.mkdir()
    (settings.EMBEDDED / "PG_VERSION").write_text("18")
    first = daily.next_due()
    assert first
    assert timedelta(minutes=59) < first - datetime.now(UTC) <= timedelta(hours=1)


def test_only_one_process_is_at_it(folder: Path) -> None:
    due(folder)
    with (folder / ".lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert daily.back_up() is False
    assert daily.back_up() is True


def test_a_failure_is_kept_said_and_tried_again_after_an_hour(folder: Path, settings: Any) -> None:
    due(folder)
    settings.OWNER_DATABASE = connections["default"].settings_dict | {"NAME": "nowhere"}
    assert daily.back_up() is False
    last, again = daily.last_backup(), daily.next_due()
    assert last
    assert again
    assert (last.failed_at is not None, last.said.startswith("The database cannot be read:")) == (True, True)
    assert last.overdue(datetime.now(UTC))
    assert timedelta(minutes=59) < again - datetime.now(UTC) <= timedelta(hours=1)
    settings.OWNER_DATABASE = connections["default"].settings_dict
    assert daily.back_up() is False
    daily._tried.clear()
    (folder / "last.json").write_text(json.dumps({"said": "x", "ended_at": "2026-01-01T00:00:00+00:00"}))
    assert daily.back_up() is True
    assert (daily.last_backup() or last).failed_at is None


def test_a_place_that_cannot_be_used_is_said_and_not_tried_each_second(folder: Path) -> None:
    folder.rmdir()
    folder.touch()
    assert daily.back_up() is False
    last, again = daily.last_backup(), daily.next_due()
    assert last
    assert again
    assert last.said == f"{folder} is no folder that Nightdesk can write into."
    assert last.overdue(datetime.now(UTC))
    assert timedelta(minutes=59) < again - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "level", "said"),
    [
        (None, "ok", "This database's backups are yours to make."),
        (
            daily.LastBackup(None, None, ""),
            "ok",
            "None yet; the first is made an hour after the first start.",
        ),
        (daily.LastBackup(AT - DAY, None, ""), "ok", "The last one is of 2026-03-01 02:14:00 UTC."),
        (
            daily.LastBackup(AT - 3 * DAY, None, ""),
            "warn",
            "The last daily backup is of 2026-02-27 02:14:00 UTC.",
        ),
        (
            daily.LastBackup(AT - DAY, AT, "full"),
            "warn",
            "The daily backup failed at 2026-03-02 02:14:00 UTC. full",
        ),
    ],
)
def test_health_says_how_it_does(last: daily.LastBackup | None, level: str, said: str) -> None:
    part = house_health.backup(Facts(now=AT, backup=last))
    assert (part.level.value, part.summary) == (level, said)


def test_a_server_of_yours_is_backed_up_by_you(folder: Path, settings: Any) -> None:
    settings.DATABASE_URL = "postgres://db/nightdesk"
    assert (daily.next_due(), daily.last_backup(), daily.back_up()) == (None, None, False)


def test_the_workers_ticker_rings_for_it() -> None:
    assert [errand.next_due for errand in ERRANDS if errand.name == "daily backup"] == [daily.next_due]


def test_a_note_that_somebody_edited_does_not_stop_the_ticker(folder: Path) -> None:
    (folder / "last.json").write_text('{"began_at": "yesterday", "ended_at": 7, "said": "x"}')
    assert daily.next_due() is not None
    found = daily.last_backup()
    assert found is not None
    assert found.failed_at is None
