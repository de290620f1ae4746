"""What a clone brings: locks that work everywhere, and nothing of the machine it was made on."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-prod.lock"])
def test_a_lock_names_no_host_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"(?:https?|file)://|--(?:extra-)?index-url|--find-links", text) == []
    entries = re.findall(r"^[a-z0-9][^\n]*(?:\n    [^\n]*)*", text, re.MULTILINE)
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_no_other_lock_is_in_git() -> None:
    """uv.lock would write the address of a registry into every entry."""
    listed = subprocess.run(
        ["git", "ls-files", "uv.lock", "poetry.lock"], cwd=ROOT, capture_output=True, check=True
    )
    assert listed.stdout == b""


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [
        *project["project"]["dependencies"],
        *(line for group in project["dependency-groups"].values() for line in group),
    ]
    names = {re.split(r"[\[<>=;~! ]", line)[0].lower().replace("_", "-") for line in asked}
    locked = set(
        re.findall(r"^([a-z0-9][a-z0-9.-]*)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    assert names - locked == set()


def test_production_brings_no_tools_for_tests() -> None:
    """PostgreSQL's own programs it does bring: the image makes backups with them."""
    text = (ROOT / "requirements-prod.lock").read_text()
    assert re.findall(r"^(?:pytest|mypy|playwright|hypothesis)==", text, re.MULTILINE) == []
