"""pyproject.toml: `[project]` (PEP 621), `[tool.poetry]`, flit's and PDM's older tables."""

from typing import Any

from hotfixes.version_files import toml_place
from hotfixes.version_files.shapes import Reason, Unknown, Version, agreed, judged

_PLACES = (("project",), ("tool", "poetry"), ("tool", "flit", "metadata"), ("tool", "pdm"))


def read(text: str, key: str = "") -> Version | Unknown:
    """DYNAMIC where the file says that a tool computes it."""
    document = toml_place.parsed(text)
    if document is None:
        return Unknown(Reason.BROKEN)
    if _is_dynamic(document):
        return Unknown(Reason.DYNAMIC, toml_place.line(text, "project.dynamic"))
    found: list[Version | Unknown] = []
    for place in _PLACES:
        value = toml_place.table(document, *place).get("version")
        if value is None:
            continue
        line = toml_place.line(text, ".".join((*place, "version")))
        if isinstance(value, dict):  # PDM: {source = "scm"}
            found.append(Unknown(Reason.DYNAMIC, line))
        else:
            found.append(
                judged(value, line) if isinstance(value, str) else Unknown(Reason.NOT_A_VERSION, line)
            )
    return agreed(found)


def _is_dynamic(document: dict[str, Any]) -> bool:
    listed = toml_place.table(document, "project").get("dynamic")
    if isinstance(listed, list) and "version" in listed:
        # Poetry 2 calls its own static version dynamic.
        return not isinstance(toml_place.table(document, "tool", "poetry").get("version"), str)
    by_tool = toml_place.table(document, "tool", "poetry-dynamic-versioning").get("enable")
    return by_tool is True
