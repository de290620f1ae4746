"""The lines of a changelog, and which of them only show what an entry looks like."""

import re
from dataclasses import dataclass

from hotfixes.changelog.shapes import Reason, Unread

_CONFLICT = re.compile(r"(?:<{7}|>{7})(?: |\Z)")


@dataclass(frozen=True, slots=True)
class Lines:
    """`text` as written, without line ends; in `plain` what stands between code fences is empty."""

    text: list[str]
    plain: list[str]


def lines_of(data: bytes) -> Lines | Unread:
    """ENCODING, or CONFLICT with its line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unread(Reason.ENCODING)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain: list[str] = []
    fence = ""
    for number, line in enumerate(lines, start=1):
        if _CONFLICT.match(line):
            return Unread(Reason.CONFLICT, number)
        mark = line.lstrip()[:3]
        if fence:
            fence = "" if mark == fence else fence
            plain.append("")
        elif mark in ("```", "~~~"):
            fence = mark
            plain.append("")
        else:
            plain.append(line)
    return Lines(lines, plain)
