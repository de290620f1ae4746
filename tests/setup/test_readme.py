"""The lines of README's "The API in a minute", run as they are printed against a fresh `up`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.setup.running import EMAIL, ROOT, environment, up


def lines() -> str:
    section = (ROOT / "README.md").read_text().split("## The API in a minute")[1]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_the_curl_lines_work_as_printed(tmp_path: Path) -> None:
    """Only the address and the administrator differ: this machine's port, this test's e-mail."""
    data = tmp_path / "data"
    with up(data) as (_site, address):
        script = lines().replace("http://localhost:8000", address).replace("admin@localhost", EMAIL)
        script = re.sub(r"^(curl .*)$", r"\1; echo", script, flags=re.MULTILINE)
        done = subprocess.run(
            ["sh", "-euc", script], cwd=ROOT, env=environment(data),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    product, incident, acknowledged, found, monitor = map(json.loads, done.stdout.strip().splitlines())
    assert (product["slug"], incident["ref"], incident["status"]) == ("staff-mobile", "INC-1", "active")
    assert acknowledged["acknowledged_at"] is not None
    assert [each["ref"] for each in found["items"]] == ["INC-1"]
    assert (monitor["kind"], "/in/push/" in monitor["push_url"]) == ("heartbeat", True)
