"""Any other file, by a pattern of the policy: `#define VERSION "{new}"`, `Version = "{new}" // build {build}`.

Not a regular expression: everything but {new} and {build} stands for itself, and one blank for any number of them. So
nobody needs to escape anything, and no pattern runs long.
"""

import re

from hotfixes.version_files.shapes import Reason, Unknown, Version, agreed, judged

MAX_PATTERN = 200
MAX_LINE = 300
_PARTS = re.compile(r"(\{\{|\}\}|\{[a-z]+\}|\s+)")
# Only {new} may be tried at several lengths: the cost of a line stays below its length times 60.
_KNOWN = {"{new}": r"(?P<new>[vV]?[0-9][0-9A-Za-z.+_-]{0,60}?)", "{build}": r"(?P<build>[0-9]{1,12}+)"}
_BEFORE = r"(?<![0-9A-Za-z.+_-])"
_AFTER = r"(?![0-9A-Za-z+_-]|\.[0-9A-Za-z])"


def read(text: str, key: str = "") -> Version | Unknown:
    """Every line that holds the pattern counts; they must agree."""
    pattern = compiled(key)
    if pattern is None:
        return Unknown(Reason.PATTERN)
    found: list[Version | Unknown] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if match := pattern.search(line[:MAX_LINE]):
            found.append(judged(match["new"], number, match.groupdict().get("build") or ""))
    return agreed(found)


def compiled(pattern: str) -> re.Pattern[str] | None:
    """None when it cannot be used: {new} exactly once, {build} at most once, no other names."""
    if len(pattern) > MAX_PATTERN:
        return None
    parts = [part for part in _PARTS.split(pattern.strip()) if part]
    named = [part for part in parts if part.startswith("{") and part != "{{"]
    if (
        named.count("{new}") != 1
        or any(named.count(name) > 1 for name in named)
        or set(named) - _KNOWN.keys()
    ):
        return None
    # A number must not go on where the pattern begins or ends: 1.0.1 is not in 1.0.10.
    before = _BEFORE if parts[0] in _KNOWN else ""
    after = _AFTER if parts[-1] in _KNOWN else ""
    return re.compile(before + "".join(_one(part) for part in parts) + after)


def _one(part: str) -> str:
    if part in _KNOWN:
        return _KNOWN[part]
    if part in ("{{", "}}"):
        return re.escape(part[0])
    return r"[ \t]++" if part.isspace() else re.escape(part)
