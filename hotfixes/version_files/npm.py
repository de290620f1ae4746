"""package.json: the top-level `version` and no other (row K34: a dependency's or a script's is none)."""

import json
import re
from typing import Any

from hotfixes.version_files.shapes import Reason, Unknown, Version, judged

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]')
# What release tools write there because they set the version only when they publish.
_STAND_INS = (
    "0.0.0-development",
    "0.0.0-semantically-released",
    "0.0.0-semantic-release",
    "0.0.0-semantic-released",
)


def read(text: str, key: str = "") -> Version | Unknown:
    """The string at the top-level `key` (default `version`)."""
    name = key or "version"
    try:
        document = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return Unknown(Reason.BROKEN)
    if not isinstance(document, list) or not text.lstrip().startswith("{"):
        return Unknown(Reason.BROKEN)
    values: list[Any] = [value for written, value in document if written == name]
    line = _line(text, name)
    if not values:
        return Unknown(Reason.MISSING)
    if len(values) > 1:
        return Unknown(Reason.TWICE, line)
    if not isinstance(values[0], str):
        return Unknown(Reason.NOT_A_VERSION, line)
    if values[0] in _STAND_INS:
        return Unknown(Reason.DYNAMIC, line)
    return judged(values[0], line)


def _line(text: str, name: str) -> int:
    """Where the key stands at depth one; 0 when it is written in escapes."""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif (
            depth == 1
            and token[0] == f'"{name}"'
            and text[token.end() : token.end() + 200].lstrip().startswith(":")
        ):
            return text.count("\n", 0, token.start()) + 1
    return 0
