"""The log tells where something broke, and never the values that were there: passwords are among them."""

import subprocess
import sys

from tests.setup.running import ROOT

FORGED = "2026-11-22T12:00:00Z [info     ] accounts.signed_in by=1"
SENT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import logging, structlog
from django.conf import settings
settings.DEBUG
import django
django.setup()
sent = "x\\n" + {forged!r} + "\\x1b[2J\\u202e"
try:
    raise RuntimeError(sent)
except RuntimeError:
    structlog.get_logger().exception("job.failed", title=sent)
    logging.getLogger("elsewhere").exception(sent)
structlog.get_logger().info("job.went_on")
"""
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
    "from config.starting import command_line; command_line.run = lambda argv: None; "
    "command_line.main(['x', 'help'])"
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


def test_what_somebody_sent_begins_no_line_and_steers_no_terminal() -> None:
    code = SENT.format(forged=FORGED)
    log = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    ).stderr
    lines = log.splitlines()
    assert log.count(FORGED) == 4  # a value, two tracebacks, a message: all are told
    assert [line for line in lines if line.startswith(FORGED)] == []
    assert {line.split("] ")[1].split(" ")[0] for line in lines if line.startswith("20")} == {
        "job.failed", "job.went_on",
    }  # fmt: skip
    assert ("\x1b" in log, "\u202e" in log, "\\x1b[2J\\u202e" in log) == (False, False, True)
