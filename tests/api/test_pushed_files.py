"""Files that scripts tell of, and those of this server: rotated, many, dated ahead, large."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pytest_django import Settings

from foundation import moment
from monitoring.models import Receiver
from monitoring.probes import file
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


def test_a_log_that_says_it_failed_is_down(product: Product, tmp_path: Path, settings: Settings) -> None:
    """A34: error patterns, told by a script or read here."""
    monitor = waiting(product, "file", expect={"fails_on": "FAILED"})
    rows = [
        {"path": "/a/good", "size": 9, "tail": "12 of 12 passed\n"},
        {"path": "/a/bad", "size": 9, "tail": "step 7 FAILED: no answer\n12 of 12 passed\n"},
        {"path": "/a/untold", "size": 9},
        {"path": "/a/empty", "size": 0},
    ]
    push(monitor, {"files": rows})
    assert states(monitor) == {
        "good": ("up", ""), "bad": ("down", "says_failed"), "untold": ("unknown", "no_tail"), "empty": ("up", ""),
    }  # fmt: skip
    settings.NIGHTDESK_FILE_ROOTS = [tmp_path]
    log = tmp_path / "soak.log"
    here = make_monitor(product, kind="file", target=str(log), name="Here", expect={"fails_on": "FAILED"})
    for text, state in (("FAILED\n" + "fine\n" * 2_000, "up"), ("fine\n" * 2_000 + "FAILED\n", "down")):
        log.write_text(text)
        look(here)
        assert states(here)["soak.log"][0] == state


def test_what_is_searched_is_a_text_and_nothing_is_counted_with_it() -> None:
    for expect in ({"fails_on": " "}, {"fails_on": 7}, {"fails_on": "x" * 201}, {"fails_on": "a\nb"}):
        assert list(file.problems("", expect, None)) == ["expect.fails_on"]
    both = {"fails_on": "x", "count": "ERROR"}
    assert list(file.problems("/var/log/x.log", both, None)) == ["expect.fails_on"]
    assert file.problems("/var/log/x.log", {"fails_on": "x"}, None) == {}


def test_half_a_character_in_a_name_is_a_question_mark(product: Product) -> None:
    monitor = waiting(product, "file")
    push(monitor, {"files": [{"path": "/var/log/\ud800.log", "size": 1, "tail": "\udc00"}]})
    assert states(monitor) == {"?.log": ("up", "")}
