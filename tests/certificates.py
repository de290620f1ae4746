"""A certificate of its own for a server of the tests."""

import shutil
import subprocess
from pathlib import Path

import pytest

# `openssl req` wants a file of settings; the machine's own may say anything, or be missing.
SETTINGS = """[req]
distinguished_name = none
x509_extensions = authority
[none]
[authority]
basicConstraints = critical,CA:TRUE
"""


def self_signed(folder: Path, whom: str) -> Path:
    """Key and certificate in one file, valid for a year; `whom` as openssl writes it, `DNS:git.example.test`.

    Skips the test where openssl is not installed.
    """
    openssl = shutil.which("openssl") or pytest.skip("openssl is not installed")
    settings, key, made = (folder / name for name in ("openssl.cnf", "key.pem", "certificate.pem"))
    settings.write_text(SETTINGS)
    wanted = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365")
    named = ("-subj", "/CN=tests", "-addext", f"subjectAltName={whom}")
    command = (openssl, "req", "-x509", "-config", settings, *wanted, *named, "-keyout", key, "-out", made)
    subprocess.run(command, check=True, capture_output=True)
    made.write_text(key.read_text() + made.read_text())
    return made
