"""build.gradle, build.gradle.kts and gradle.properties: `version = "1.0.1"`, Android's `versionName` and `versionCode`.

The versions of plugins and dependencies stand behind their names, never at the beginning of a statement.
"""

import re

from hotfixes.version_files.shapes import Reason, Unknown, Version, agreed, judged

_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL)
_QUOTED = re.compile(r"""(?:"([^"$]*)"|'([^']*)')(?:\s*(?:;|//).*)?""")
_BARE = re.compile(r"[^\s\"'${}()]+")
_CODE = re.compile(
    r"^[ \t]*versionCode\b[ \t]*=?[ \t]*\(?[ \t]*(\d{1,10})[ \t]*\)?[ \t]*;?[ \t]*$", re.MULTILINE
)
# `version` counts for the whole project only: in `ktlint { version = "1.2" }` it is another's.
_WHOLE = {"allprojects", "subprojects", "project"}
_NAMES = ("versionName", "VERSION_NAME", "version")


def read(text: str, key: str = "") -> Version | Unknown:
    """By `key`, or the first of versionName, VERSION_NAME and version that stands in the file."""
    plain = _COMMENT.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    codes = set(_CODE.findall(plain))
    for name in (key,) if key else _NAMES:
        found = _statements(plain, name)
        if not found:
            continue
        version = agreed(found)
        if isinstance(version, Version) and name == "versionName" and codes:
            if len(codes) > 1:
                return Unknown(Reason.TWICE, version.line)
            return judged(version.text, version.line, codes.pop())
        return version
    return Unknown(Reason.MISSING)


def _statements(text: str, name: str) -> list[Version | Unknown]:
    statement = re.compile(rf"\s*{re.escape(name)}(?:\s*=\s*|\s+(?=[\"'])|\s*\(\s*(?=[\"']))(.*)")
    found: list[Version | Unknown] = []
    blocks: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.isspace():
            continue
        match = statement.fullmatch(line)
        if match and (name != "version" or set(blocks) <= _WHOLE):
            found.append(_value(match[1].strip().rstrip(";)").strip(), number))
        if "{" in line or "}" in line:
            _follow(blocks, line)
    return found


def _follow(blocks: list[str], line: str) -> None:
    """Which blocks are open after this line, by the word before their brace."""
    before = ""
    for part in re.split(r"([{}])", re.sub(r"\"[^\"]*\"|'[^']*'", "", line)):
        if part == "{":
            words = re.findall(r"[\w.]+", before)
            blocks.append(words[0] if words else "")
        elif part == "}" and blocks:
            blocks.pop()
        before = part


def _value(written: str, line: int) -> Version | Unknown:
    """A quoted word, or a bare one as in gradle.properties. Anything that Gradle would have to compute is DYNAMIC."""
    if quoted := _QUOTED.fullmatch(written):
        return judged(quoted[1] or quoted[2] or "", line)
    if _BARE.fullmatch(written) and written[0].isdigit():
        return judged(written, line)
    return Unknown(Reason.DYNAMIC if written else Reason.MISSING, line)
