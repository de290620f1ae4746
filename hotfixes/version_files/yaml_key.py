"""A top-level key of a YAML file: pubspec.yaml (`version: 0.1.1+6`) and Chart.yaml (`version`, `appVersion`).

Not a YAML parser: of a top-level key only one plain or quoted word counts. Anchors, blocks and templates are none.
"""

import re

from hotfixes.version_files.shapes import Reason, Unknown, Version, agreed, judged

_VALUE = re.compile(r"""(?:"([^"\\]*)"|'([^']*)'|([^\s"'#][^#]*?))?\s*(?:(?<=\s)#.*)?""")

_LONGEST = 300


def read(text: str, key: str = "") -> Version | Unknown:
    """The value of `key` (default `version`) at the beginning of a line. A nested key does not count."""
    name = key or "version"
    found: list[Version | Unknown] = []
    for number, line in enumerate(text.split("\n"), start=1):
        written, colon, rest = line.partition(":")
        if (
            not colon
            or written.rstrip() not in (name, f'"{name}"', f"'{name}'")
            or (rest and rest[0] not in " \t")
        ):
            continue
        value = _VALUE.fullmatch(rest.strip()) if len(rest) <= _LONGEST else None
        if value is None:
            found.append(Unknown(Reason.NOT_A_VERSION, number))
        elif rest.strip() in ("", "|", ">", ">-", "|-") or not any(value.groups()):
            found.append(Unknown(Reason.MISSING, number))
        else:
            found.append(judged(value[1] or value[2] or value[3] or "", number))
    return agreed(found)
