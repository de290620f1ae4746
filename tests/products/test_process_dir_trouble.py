"""NIGHTDESK_PROCESS_DIR: files that are half written, double, no files at all, or strangely named."""

import os
import time
from pathlib import Path
from typing import IO

import pytest

from products.models import Process, ProcessFile
from products.sources.files import take_in
from tests.products.documents import BROKEN, GOOD


@pytest.mark.django_db
def test_a_second_file_takes_nothing_over_while_the_first_is_broken_or_being_written(folder: Path) -> None:
    first, second = folder / "a.yaml", folder / "b.yaml"
    first.write_text(GOOD)
    take_in()
    second.write_text(GOOD.replace("30 min", "45 min"))
    first.write_text(BROKEN)
    assert take_in() == 0
    first.write_text(GOOD)  # a moment ago, so that it is left for the next look
    os.utime(second, (time.time() - 60, time.time() - 60))
    assert take_in(settled=True) == 0
    assert Process.objects.get().current.text == GOOD  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_file_that_grows_while_it_is_read_is_not_taken_in_half(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a document may be a whole one: the steps that are missing would be missing at night."""
    path = folder / "shop.yaml"
    path.write_text(GOOD)
    real = os.fdopen

    def fdopen(number: int, mode: str) -> IO[bytes]:
        file: IO[bytes] = real(number, mode)

        def grow(size: int) -> bytes:
            text = type(file).read(file, size)
            with path.open("a") as more:
                more.write("# and more\n")
            return bytes(text)

        monkeypatch.setattr(file, "read", grow, raising=False)
        return file

    monkeypatch.setattr(os, "fdopen", fdopen)
    assert take_in() == 0
    monkeypatch.setattr(os, "fdopen", real)
    assert take_in() == 1


@pytest.mark.django_db
def test_what_is_no_file_holds_nothing_up_and_is_said(folder: Path) -> None:
    """A pipe would be waited for without end, at the start as well."""
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "shop.yaml").write_text(GOOD)
    assert take_in() == 1
    assert [row.problems for row in ProcessFile.objects.broken()] == [
        ["folder.yaml:1: The file cannot be read: Is a directory."],
        ["pipe.yaml:1: The file cannot be read: it is no file."],
    ]


@pytest.mark.django_db
def test_a_name_that_is_no_text_keeps_no_other_file_out(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9\n.yaml")).write_text(BROKEN)
    (folder / "shop.yaml").write_text(GOOD)
    assert take_in() == 1
    assert [row.name for row in ProcessFile.objects.broken()] == ["caf\ufffd\ufffd.yaml"]
