"""NIGHTDESK_PROCESS_DIR: processes kept as files come in by themselves; a broken one harms nothing."""

import os
import threading
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import connections
from structlog.testing import capture_logs

from config.environment import folders
from products.models import Process, ProcessFile, ProcessVersion, VersionSource
from products.sources.file import FOLDER
from products.sources.files import start_look, take_in
from products.sources.governed import file_of, governing
from products.sources.import_process import import_process
from products.sources.shipped import import_shipped
from tests.products.documents import BROKEN, GOOD


@pytest.mark.django_db
def test_without_a_folder_nothing_is_looked_at() -> None:
    assert take_in() == 0
    assert not Process.objects.exists()


@pytest.mark.django_db
def test_each_file_becomes_the_current_version_and_comes_once(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    (folder / "notes.txt").write_text("nothing of ours")
    (folder / ".shop.yaml").write_text("an editor's leftover")
    assert take_in() == 1
    current = Process.objects.get().current
    assert current is not None
    assert (current.number, current.text, current.source, current.by) == (1, GOOD, VersionSource.FILE, None)
    assert take_in() == 0


@pytest.mark.django_db
def test_a_changed_file_is_a_new_version_and_the_old_one_stays(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    (folder / "shop.yaml").write_text(GOOD.replace("30 min", "45 min"))
    assert take_in() == 1
    assert list(ProcessVersion.objects.order_by("number").values_list("number", "source")) == [
        (1, "file"), (2, "file"),
    ]  # fmt: skip
    assert Process.objects.get().current.number == 2  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_broken_file_names_its_line_once_in_the_log_and_the_last_good_version_stays(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    (folder / "shop.yaml").write_text(BROKEN)
    with capture_logs() as log:
        assert take_in() == take_in() == 0
    problem = "shop.yaml:8: severities[0].rank: expected a whole number (here: 'nine')"
    assert [(line["event"], line.get("problem")) for line in log] == [("process.file_broken", problem)]
    file = file_of("shop")
    assert file is not None
    assert (file.name, file.problems) == ("shop.yaml", [problem])
    assert Process.objects.get().current.text == GOOD  # type: ignore[union-attr]


@pytest.mark.django_db
def test_what_is_mended_is_taken_and_no_longer_blamed(folder: Path) -> None:
    (folder / "shop.yaml").write_text(BROKEN)
    take_in()
    assert not Process.objects.exists()
    (folder / "shop.yaml").write_text(GOOD)
    assert take_in() == 1
    assert not ProcessFile.objects.broken().exists()


@pytest.mark.django_db
def test_back_to_the_same_good_text_after_a_broken_one_makes_no_version(folder: Path) -> None:
    for text in (GOOD, BROKEN, GOOD):
        (folder / "shop.yaml").write_text(text)
        take_in()
    assert ProcessVersion.objects.count() == 1
    assert ProcessFile.objects.get().problems == []


@pytest.mark.django_db
def test_two_files_of_one_process_are_told_apart_by_name_and_the_second_is_blamed(folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(GOOD.replace("30 min", "45 min"))
    for _look in range(2):
        take_in()
    assert ProcessVersion.objects.get().text == GOOD
    said = "b.yaml:2: key: expected another key: shop is in a.yaml already"
    assert list(ProcessFile.objects.values_list("name", "problems")) == [("a.yaml", []), ("b.yaml", [said])]


@pytest.mark.django_db
def test_a_file_that_is_gone_leaves_its_process_and_is_said(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    (folder / "shop.yaml").unlink()
    with capture_logs() as log:
        take_in()
        take_in()
    assert [(line["event"], line["file"], line["process"]) for line in log] == [
        ("process.file_gone", "shop.yaml", "shop")
    ]
    assert Process.objects.get().current.text == GOOD  # type: ignore[union-attr]
    file = file_of("shop")
    assert file is not None
    assert file.missing_since is not None
    assert governing("shop") is None


@pytest.mark.django_db
def test_what_a_file_decides_is_changed_nowhere_else(folder: Path, tmp_path: Path) -> None:
    other = GOOD.replace("30 min", "45 min")
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    with pytest.raises(ValidationError, match="This process comes from the file shop"):
        import_process(other.encode(), name="shop.yaml", by=None)
    (tmp_path / "shop.yaml").write_text(other)
    with pytest.raises(CommandError, match="This process comes from the file shop"):
        call_command("process", "import", str(tmp_path / "shop.yaml"))
    (folder / "shop.yaml").unlink()
    take_in()
    assert import_process(other.encode(), name="shop.yaml", by=None).created is True


@pytest.mark.django_db
def test_a_file_that_comes_back_unchanged_decides_again(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    (folder / "shop.yaml").rename(folder / "shop.txt")
    take_in()
    import_process(GOOD.replace("30 min", "45 min").encode(), name="shop.yaml", by=None)
    (folder / "shop.txt").rename(folder / "shop.yaml")
    assert take_in() == 1
    assert Process.objects.get().current.text == GOOD  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_shipped_process_in_the_folder_stays_the_folders(folder: Path) -> None:
    import_shipped()
    krow = ProcessVersion.objects.get(process__key="krow").text
    (folder / "krow.yaml").write_text(krow.replace("Krow hotfix process", "Our hotfix process"))
    assert take_in() == 1
    assert import_shipped() == []
    assert Process.objects.get(key="krow").name == "Our hotfix process"


@pytest.mark.django_db
def test_a_file_that_is_being_written_waits_for_the_next_look(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    assert take_in(settled=True) == 0
    os.utime(folder / "shop.yaml", (time.time() - 5, time.time() - 5))
    assert take_in(settled=True) == 1


@pytest.mark.django_db
def test_what_cannot_be_read_or_is_too_large_is_said(folder: Path) -> None:
    (folder / "large.yaml").write_text(GOOD + "#" * 300_000)
    (folder / "folder.yaml").mkdir()
    (folder / "nothing.yaml").symlink_to(folder / "loop.yaml")
    (folder / "loop.yaml").symlink_to(folder / "nothing.yaml")
    (folder / "shop.yaml").write_text(GOOD)
    assert take_in() == 1
    said = {file.name: file.problems[0] for file in ProcessFile.objects.broken()}
    assert said["folder.yaml"] == "folder.yaml:1: The file cannot be read: Is a directory."
    assert said["large.yaml"] == "large.yaml:1: The file has 262145 bytes; a process may have at most 262144."
    assert set(said) == {"folder.yaml", "large.yaml", "loop.yaml", "nothing.yaml"}


@pytest.mark.django_db
def test_a_folder_that_vanishes_is_said_and_takes_nothing_away(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    take_in()
    folder.rename(folder.with_name("moved"))
    take_in()
    row = ProcessFile.objects.get(name=FOLDER)
    assert row.problems == [f"NIGHTDESK_PROCESS_DIR: {folder} cannot be read: it is not there"]
    assert governing("shop") is not None
    folder.with_name("moved").rename(folder)
    take_in()
    assert not ProcessFile.objects.filter(name=FOLDER).exists()


@pytest.mark.django_db(transaction=True)
def test_several_machines_at_once_make_one_version(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    (folder / "broken.yaml").write_text(BROKEN.replace("key: shop", "key: stall"))
    failed: list[Exception] = []

    def look() -> None:
        try:
            take_in()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    machines = [threading.Thread(target=look) for _n in range(8)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    assert failed == []
    assert ProcessVersion.objects.count() == 1
    assert ProcessFile.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_ticker_looks_in_a_thread_of_its_own(folder: Path) -> None:
    (folder / "shop.yaml").write_text(GOOD)
    os.utime(folder / "shop.yaml", (time.time() - 5, time.time() - 5))
    assert start_look() == 0
    until = time.monotonic() + 10
    while not ProcessFile.objects.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert Process.objects.get().key == "shop"
    for thread in threading.enumerate():
        if thread.name == "process files":
            thread.join(10)


def test_a_folder_that_cannot_be_used_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = {
        "processes": "NIGHTDESK_PROCESS_DIR: “processes” must be an absolute path such as /etc/nightdesk/processes",
        str(tmp_path / "file"): f"NIGHTDESK_PROCESS_DIR: “{tmp_path}/file” is not a folder",
        str(
            tmp_path / "none"
        ): f"NIGHTDESK_PROCESS_DIR: “{tmp_path}/none” cannot be read (No such file or directory)",
    }
    for text, words in said.items():
        with pytest.raises(ImproperlyConfigured) as refused:
            folders.process_folder("NIGHTDESK_PROCESS_DIR", text)
        assert str(refused.value) == words
    assert folders.process_folder("NIGHTDESK_PROCESS_DIR", "") is None
    assert folders.process_folder("NIGHTDESK_PROCESS_DIR", str(tmp_path)) == tmp_path
