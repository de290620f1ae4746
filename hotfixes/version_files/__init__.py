"""The version that a file states, read as text: nothing is run, resolved or guessed (rows K33–K35).

A new kind is one file with `read(text, key) -> Version | Unknown` and one line in KINDS; the names are those of a
process's `policy.version_files[].kind`.
"""

import re
from collections.abc import Callable
from typing import Final

from hotfixes.version_files import cargo, custom, gradle, npm, plain, pyproject, yaml_key
from hotfixes.version_files.shapes import Reason, Unknown, Version

__all__ = ["KINDS", "Reason", "Unknown", "Version", "kind_of", "read"]

type Reader = Callable[[str, str], Version | Unknown]

KINDS: Final[dict[str, Reader]] = {
    "pubspec": yaml_key.read,
    "npm": npm.read,
    "pyproject": pyproject.read,
    "cargo": cargo.read,
    "plain": plain.read,
    "gradle": gradle.read,
    "chart": yaml_key.read,
    "custom": custom.read,
}
_NAMES: Final = {
    "pubspec.yaml": "pubspec",
    "package.json": "npm",
    "pyproject.toml": "pyproject",
    "Cargo.toml": "cargo",
    "VERSION": "plain",
    "VERSION.txt": "plain",
    "version.txt": "plain",
    "build.gradle": "gradle",
    "build.gradle.kts": "gradle",
    "gradle.properties": "gradle",
    "Chart.yaml": "chart",
}
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


def read(kind: str, data: bytes, key: str = "") -> Version | Unknown:
    """The version in `data` (a file's bytes, ≤ 1 MB) by a kind of KINDS. `key`: another top-level key (npm, pubspec,
    chart, gradle) or the pattern (custom). Raises KeyError for another kind; any bytes are answered.
    """
    reader = KINDS[kind]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unknown(Reason.ENCODING)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if conflict := _CONFLICT.search(text):
        return Unknown(Reason.CONFLICT, line_of(text, conflict.start()))
    return reader(text, key)


def kind_of(path: str) -> str:
    """The kind that a file's usual name says, "" for others."""
    return _NAMES.get(path.rsplit("/", 1)[-1], "")


def line_of(text: str, offset: int) -> int:
    """The line of a character, from 1."""
    return text.count("\n", 0, offset) + 1
