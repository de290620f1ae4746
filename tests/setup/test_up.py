"""`./run up`: what it says, what it serves, what it keeps alive."""

import json
import os
import re
import shutil
import stat
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.patience import START_S
from tests.setup.running import EMAIL, READY, ROOT, Stopped, Up, command, environment

type Site = tuple[Up, str]


def test_a_stop_during_the_first_start_leaves_no_process(interrupted: list[Stopped]) -> None:
    """Nor anything that keeps the next one, `site`, from being a first start."""
    assert [each.left for each in interrupted] == [[], []]
    assert all(each.took_s < 5 for each in interrupted)


def test_it_says_who_may_sign_in_and_where_it_is_ready(site: Site) -> None:
    up, address = site
    assert up.lines == [
        f"Sign in as {EMAIL} with the password from NIGHTDESK_ADMIN_PASSWORD.",
        f"{READY}{address}",
    ]
    assert re.fullmatch(r"http://localhost:\d+", address)


def test_it_serves_pages_and_compressed_static_files_by_content_name(site: Site) -> None:
    page = urllib.request.urlopen(f"{site[1]}/accounts/login/").read().decode()
    sheet = re.search(r'href="(/static/css/[a-z-]+\.[0-9a-f]{12}\.css)"', page)
    assert sheet
    request = urllib.request.Request(site[1] + sheet[1], headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_what_is_secret_is_readable_by_its_owner_only(site: Site, data: Path) -> None:
    modes = {name: stat.S_IMODE((data / name).stat().st_mode) for name in ("", "secret_key", "postgres")}
    assert modes == {"": 0o700, "secret_key": 0o600, "postgres": 0o700}


def test_a_second_one_on_the_same_data_is_refused(site: Site, data: Path) -> None:
    second = command(data, "up", "--port", "0")
    assert second.returncode == 1
    assert second.stderr == (
        f"Nightdesk cannot start: Nightdesk is already running on {data} (process {site[0].process.pid}). "
        "Stop that one first, or set NIGHTDESK_DATA to another folder.\n"
    )


def test_another_command_finds_the_running_database(site: Site, data: Path) -> None:
    found = command(data, "verify_timeline")
    assert (found.returncode, found.stderr) == (0, "")


def test_links_that_a_command_prints_lead_to_where_it_serves(site: Site, data: Path) -> None:
    assert command(data, "reset", EMAIL).stdout.startswith(f"{site[1]}/accounts/password/reset/key/")
    elsewhere = command(data, "reset", EMAIL, NIGHTDESK_URL="https://nightdesk.example.org")
    assert elsewhere.stdout.startswith("https://nightdesk.example.org/accounts/")


def blocks(name: str, heading: str = "") -> str:
    """The sh blocks of a page, those behind `heading` up to the next one if there is one."""
    text = (ROOT / name).read_text()
    section = text.split(heading)[1].split("\n## ")[0] if heading else text
    found = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found
    return "".join(found)


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_the_curl_lines_of_the_readme_and_of_the_api_s_page_work_as_printed(site: Site, data: Path) -> None:
    """Only the address and the administrator differ: this machine's port, this test's e-mail."""
    readme, page = blocks("README.md", "## The API in a minute"), blocks("docs/api.md")
    address = site[1]
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
    product, incident, acknowledged, found, deployment, monitor = answers[:6]
    assert (product["slug"], incident["ref"], incident["status"]) == ("staff-mobile", "INC-1", "active")
    assert acknowledged["acknowledged_at"] is not None
    assert [each["ref"] for each in found["items"]] == ["INC-1"]
    assert (deployment["version"], deployment["status"]) == ("1.4.2", "succeeded")
    assert (monitor["kind"], "/in/push/" in monitor["push_url"]) == ("heartbeat", True)
    lines = len(re.findall(r"^curl ", readme + page, re.MULTILINE))
    assert (lines > 60, len(answers)) == (True, lines)


@pytest.mark.parametrize(
    ("words", "name"),
    [("config.web", "The web process"), ("celery", "The worker"), ("postgres -D", "PostgreSQL")],
)
def test_a_process_that_dies_is_started_again_and_it_is_said(site: Site, words: str, name: str) -> None:
    up, address = site
    dead = up.child(words)
    dead.kill()
    assert up.line(name) == f"{name} ended (SIGKILL); starting it again."
    psutil.wait_procs([dead], timeout=5)
    # The port was never given up: who asks meanwhile waits.
    assert urllib.request.urlopen(f"{address}/healthz", timeout=20).status == 200
    assert up.child(words).pid != dead.pid


def test_ctrl_c_in_the_terminal_reaches_only_the_supervisor(site: Site) -> None:
    children = psutil.Process(site[0].process.pid).children()
    assert [os.getsid(child.pid) == child.pid for child in children] == [True, True, True]
