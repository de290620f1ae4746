"""The log tells where something broke, and never the values that were there: passwords are among them."""

import subprocess
import sys

from tests.setup.running import ROOT

BREAK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
{first}
import structlog
from django.conf import settings
settings.DEBUG
def sign_in():
    password = "hunter" + str(2)
    raise RuntimeError("broken")
try:
    sign_in()
except RuntimeError:
    structlog.get_logger().exception("job.failed", job="probes")
"""
COMMAND = (
    "from config import command_line; command_line.run = lambda argv: None; command_line.main(['x', 'help'])"
)


def said(first: str = "") -> str:
    found = subprocess.run(
        [sys.executable, "-c", BREAK.format(first=first)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return found.stderr


def test_a_traceback_shows_lines_and_no_values() -> None:
    for first in ("", COMMAND):
        log = said(first)
        assert "job.failed" in log
        assert "RuntimeError: broken" in log
        assert "in sign_in" in log
        assert "hunter2" not in log
        assert "\x1b" not in log
