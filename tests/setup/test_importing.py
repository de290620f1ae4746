"""A process that has started looks for garbage again, and not among what it had imported."""

import gc
import subprocess
import sys

import pytest

from config import importing
from tests.setup.running import ROOT

SAID = """
import gc, sys
print(*gc.get_threshold(), gc.get_freeze_count() > 100_000)
print({"fido2", "markdown_it", "apprise", "rich.console"} & set(sys.modules))"""
# What each process imports, as it does.
PROCESSES = {
    "a command": "importing.begin(); from config import command_line;"
    "command_line.execute_from_command_line = lambda argv: None; command_line.run(['x', 'check'])",
    "web": "import config.asgi",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_once_everything_is_there_garbage_is_looked_for_as_usual(process: str) -> None:
    """And what few ever need is not there."""
    usual = " ".join(map(str, importing.USUAL))
    line = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; from config import importing;"
    )
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
