"""A process that has started looks for garbage again, and not among what it had imported."""

import dataclasses
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from config.starting import generated, importing
from tests.setup.running import ROOT

SAID = """
import gc, sys
print(*gc.get_threshold(), gc.get_freeze_count() > 100_000)
print({"fido2", "markdown_it", "apprise", "rich.console"} & set(sys.modules))"""
# What each process imports, as it does.
PROCESSES = {
    "a command": "importing.begin(); from config.starting import command_line;"
    "command_line.execute_from_command_line = lambda argv: None; command_line.run(['x', 'check'])",
    "web": "import config.asgi",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_once_everything_is_there_garbage_is_looked_for_as_usual(process: str) -> None:
    """And what few ever need is not there."""
    usual = " ".join(map(str, importing.USUAL))
    line = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; from config.starting import importing;"
    found = subprocess.run(
        [sys.executable, "-c", line + PROCESSES[process] + SAID],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == f"{usual} True\nset()\n"


def test_who_never_says_so_still_looks_some_day() -> None:
    importing.begin()
    try:
        assert (gc.isenabled(), gc.get_threshold()[0]) == (True, importing.RARELY)
    finally:
        importing.done()
    assert gc.get_threshold() == importing.USUAL


def point() -> object:
    """Of a class that is made anew, between the two words of a start."""
    generated.begin()
    try:
        return dataclasses.make_dataclass("Point", ["x", "y"], frozen=True)(1, 2)
    finally:
        generated.done()


def test_what_dataclasses_write_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(generated, "PLACE", tmp_path / "new" / "kept")
    said = [repr(point())]
    written = generated.PLACE.read_bytes()

    def refuse(*_what: object, **_how: object) -> None:
        raise AssertionError("compiled again")

    with monkeypatch.context() as context:
        context.setattr(generated, "compile", refuse, raising=False)
        said.append(repr(point()))
        generated.PLACE.unlink()
        with pytest.raises(AssertionError, match="compiled again"):
            point()
    # Half a file, one of which a part is lost, or another Python's, is as none.
    middle = len(written) // 2
    lost = written[:middle] + bytes(100) + written[middle + 100 :]
    for spoilt in (written[:100], b"", lost):
        generated.PLACE.write_bytes(spoilt)
        said.append(repr(point()))
        assert generated.PLACE.read_bytes() == written
    with monkeypatch.context() as context:
        context.setattr(generated, "MAGIC_NUMBER", b"else")
        said.append(repr(point()))
        assert generated.PLACE.read_bytes() != written
    said.append(repr(point()))
    assert generated.PLACE.read_bytes() == written
    assert said == ["Point(x=1, y=2)"] * 7
    assert "exec" not in vars(dataclasses)


def test_nothing_is_written_where_no_byte_code_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "PLACE", tmp_path / "kept")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert repr(point()) == "Point(x=1, y=2)"
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "kept").mkdir()  # nobody may write here
    assert repr(point()) == "Point(x=1, y=2)"
    assert list((tmp_path / "kept").iterdir()) == []
