"""The lines of README's "The API in a minute" and of docs/api.md, run as they are printed against a fresh `up`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.api import api
from tests.fixtures.begun import Begin
from tests.patience import START_S
from tests.setup.running import EMAIL, ROOT, environment, up


def blocks(name: str, heading: str = "") -> str:
    """The sh blocks of a page, those behind `heading` up to the next one if there is one."""
    text = (ROOT / name).read_text()
    section = text.split(heading)[1].split("\n## ")[0] if heading else text
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return "".join(found)


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_the_curl_lines_work_as_printed(tmp_path: Path, begin: Begin) -> None:
    """Only the address and the administrator differ: this machine's port, this test's e-mail."""
    readme, page = blocks("README.md", "## The API in a minute"), blocks("docs/api.md")
    data = begin(tmp_path / "data")
    with up(data) as (_site, address):
        script = (readme + page).replace("http://localhost:8000", address).replace("admin@localhost", EMAIL)
        # Each answer on a line of its own; whatever is refused ends it.
        script = re.sub(r"^(curl .*)$", r"\1; echo", script, flags=re.MULTILINE)
        # Markdown is no JSON.
        script = re.sub(r'^(curl .*\.md"); echo$', r"\1 >/dev/null; echo null", script, flags=re.MULTILINE)
        script = script.replace("curl -s ", "curl -sS --fail-with-body ")
        done = subprocess.run(
            ["sh", "-euc", script], cwd=ROOT, env=environment(data),
            capture_output=True, text=True, timeout=START_S, check=False,
        )  # fmt: skip
    answers: list[Any] = [json.loads(line) if line else None for line in done.stdout.split("\n")[:-1]]
    assert done.returncode == 0, (done.stderr, answers[-1:])
    product, incident, acknowledged, found, monitor = answers[:5]
    assert (product["slug"], incident["ref"], incident["status"]) == ("staff-mobile", "INC-1", "active")
    assert acknowledged["acknowledged_at"] is not None
    assert [each["ref"] for each in found["items"]] == ["INC-1"]
    assert (monitor["kind"], "/in/push/" in monitor["push_url"]) == ("heartbeat", True)
    lines = len(re.findall(r"^curl ", readme + page, re.MULTILINE))
    assert (lines > 60, len(answers)) == (True, lines)


def test_every_resource_of_the_api_is_in_its_page() -> None:
    """Resources that docs/api.md forgets would be found by nobody who reads it. Lines that need a hotfix count too."""
    told = set(re.findall(r"\$API/(\w+)", (ROOT / "docs/api.md").read_text()))
    assert {path.split("/")[3] for path in api.get_openapi_schema()["paths"]} == told
