"""Commands that are refused before they begin, each in a process of its own: forked out of one that has imported what
every command imports before it reads the environment. What is proven of starting itself begins with Python
(running.py)."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.setup.running import MANAGE, ROOT, environment

_FORKS = """
import gc, importlib, json, os, sys
for name in (
    "starting.command_line", "environment.values", "environment.mailers", "environment.secret_files", "embedded", "logs"
):
    importlib.import_module("config." + name)
importlib.import_module("environ")
from django.conf import settings
assert not settings.configured
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
for number, name in enumerate(("stdin", "stdout", "stderr")):
    os.dup2(os.open(asked[name], os.O_RDWR), number)
os.chdir(asked["folder"])
os.environ.clear()
os.environ.update(asked["environment"])
sys.argv = asked["line"]
try:
    code = importlib.import_module("config.starting.command_line").main(sys.argv)
except SystemExit as end:
    code = end.code
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # without taking apart what it was forked with
"""


class Command(Protocol):
    def __call__(self, data: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """As `running.command`."""


@contextmanager
def commands() -> Iterator[Command]:
    """One Python that forks the others, for as long as it takes."""
    with (
        tempfile.TemporaryDirectory() as said,
        subprocess.Popen(
            [sys.executable, "-c", _FORKS],
            cwd=ROOT, env=environment(Path(said)), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as forks,
    ):  # fmt: skip
        out, errors = Path(said) / "out", Path(said) / "errors"

        def run(data: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
            assert forks.stdin
            assert forks.stdout
            line = [*MANAGE[1:], *arguments]
            for file in (out, errors):
                file.write_text("")
            asked = {"line": line, "folder": str(data.parent), "environment": environment(data, **changes)}
            files = {"stdin": os.devnull, "stdout": str(out), "stderr": str(errors)}
            forks.stdin.write(f"{json.dumps(asked | files)}\n")
            forks.stdin.flush()
            code = int(forks.stdout.readline())
            return subprocess.CompletedProcess(line, code, out.read_text(), errors.read_text())

        yield run
        assert forks.stdin
        forks.stdin.close()
