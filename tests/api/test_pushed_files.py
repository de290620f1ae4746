"""Files that scripts tell of, and those of this server: rotated, many, dated ahead, large."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pytest_django import Settings

from foundation import moment
from monitoring.models import Receiver
from products.models import Product
from tests.api.test_push import look, push, states, waiting
from tests.factories import make_monitor


def test_a_log_that_is_rotated_stays_one_target(product: Product) -> None:
    """A34: the newest of a pattern is another file each time."""
    monitor = waiting(product, "file")
    pattern, written = "/tmp/stability-test-*.log", moment.now().timestamp()
    for path, size in ((pattern, None), ("/tmp/stability-test-1.log", 9), ("/tmp/stability-test-2.log", 1)):
        facts = {"size": size, "mtime": written} if size else {}
        push(monitor, {"files": [{"path": path, **({"pattern": pattern} if size else {}), **facts}]})
    push(monitor, {"files": [{"path": "/tmp/stability-test-2.log", "pattern": pattern, "size": 2}]})
    assert states(monitor) == {"stability-test-*.log": ("up", "")}
    assert Receiver.objects.get().files[0]["path"] == "/tmp/stability-test-2.log"


def test_files_beyond_the_hundredth_are_not_dropped_in_silence(product: Product) -> None:
    monitor = waiting(product, "file")
    told = push(monitor, {"files": [{"path": f"/a/{n}", "size": 1} for n in range(101)]})
    assert (told["code"], "101 files; at most 100" in told["detail"]) == ("too_many_targets", True)


def test_a_file_from_the_future_is_not_called_fresh_for_ever(product: Product) -> None:
    monitor = waiting(product, "file", expect={"max_age_s": 3600})
    ahead = moment.now().timestamp() + 3600
    push(monitor, {"files": [{"path": "/a/now", "size": 1, "mtime": moment.now().timestamp() + 60},
                             {"path": "/a/ahead", "size": 1, "mtime": ahead}]})  # fmt: skip
    assert states(monitor) == {"now": ("up", ""), "ahead": ("unknown", "timestamp_in_future")}


def test_a_large_file_of_this_server_is_looked_at_too(
    product: Product, tmp_path: Path, settings: Settings
) -> None:
    """A41"""
    settings.NIGHTDESK_FILE_ROOTS = [tmp_path]
    backup = tmp_path / "app.bak"
    with backup.open("wb") as file:
        file.truncate(30_000_000)
    digest = hashlib.sha256(bytes(30_000_000)).hexdigest()
    expect = {"min_bytes": 20_000_000, "max_age_s": 3600, "sha256": digest}
    monitor = make_monitor(product, kind="file", target=str(backup), name="Backup", expect=expect)
    look(monitor)
    assert states(monitor) == {"app.bak": ("up", "")}
    with backup.open("wb") as file:
        file.truncate(5_000_000_000)
    look(monitor)
    monitor.refresh_from_db()
    assert (monitor.code, "let nightdesk-push tell it" in monitor.detail) == ("too_large", True)
