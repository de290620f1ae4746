"""Commands for a terminal with people's words in them: whatever a title says, it stays a word (K20–K56), and no option.

Pure. A placeholder is filled in by where it stands: bare words are quoted, inside quotes what would end them or start
a command is escaped. Where that cannot be told (a command inside a command, a here-document), only letters, digits and
a few signs remain.
"""

import re
import shlex
from collections.abc import Mapping
from enum import Enum

# A value whose name is unknown stays as `[new]` for the person to see and replace.
_SAFE = re.compile(r"([\w./:@%+=,^-]|\[[a-z_]+\])+", re.ASCII)
_UNTOLD = re.compile(r"\$\(|`|<<|\$'|\$\{|\(\(")
_DOUBLE = re.compile(r'["\\$`]')
_BEGINS = ";&|("
_NOT_PLAIN = re.compile(r"[^\w./:@%+=,\[\] -]+")


class Place(Enum):
    BARE = "bare"
    SINGLE = "single"
    DOUBLE = "double"
    COMMENT = "comment"


def fill(command: str, values: Mapping[str, str]) -> str:
    """`command` with each {name} of `values` in place; every other brace is the shell's own and stays.

    A row of a Markdown table (it begins with a pipe, which no command does) is filled in as text. It ends without
    a line end: one that is pasted would run before anybody has replaced what is in brackets.
    """
    command = command.rstrip("\n")
    named = re.compile(r"(?<![${])\{(" + "|".join(map(re.escape, values)) + r")\}(?!\})") if values else None
    if named is None:
        return command
    if command.lstrip().startswith("|"):
        return named.sub(lambda match: _one_line(values[match[1]]).replace("|", "\\|"), command)
    if _UNTOLD.search(command):
        return named.sub(lambda match: _NOT_PLAIN.sub("-", _one_line(values[match[1]])), command)
    written, place, at = [], Place.BARE, 0
    for match in named.finditer(command):
        between = command[at : match.start()]
        place = _after(between, place)
        value = _one_line(values[match[1]])
        if place is Place.BARE and (not between or between[-1].isspace() or between[-1] in _BEGINS):
            value = value.lstrip("-")  # `git push origin --receive-pack=…` would run what it names
        written += [between, _put(value, place)]
        at = match.end()
    return "".join([*written, command[at:]])


def _one_line(value: str) -> str:
    """A line break or another control character in a terminal is a key pressed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def _put(value: str, place: Place) -> str:
    if place is Place.DOUBLE:
        # History is expanded inside double quotes too, and no backslash takes that away.
        return _DOUBLE.sub(r"\\\g<0>", value).replace("!", "\"'!'\"")
    if place is Place.SINGLE:
        return value.replace("'", "'\\''")
    if place is Place.COMMENT or _SAFE.fullmatch(value):
        return value
    return shlex.quote(value)


def _after(text: str, place: Place) -> Place:
    """Inside which quotes one is behind `text`, which begins inside `place`."""
    escaped, before = False, " "
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\" and place in (Place.BARE, Place.DOUBLE):
            escaped = True
        else:
            place = _turn(sign, place, before)
        before = sign
    return place


def _turn(sign: str, place: Place, before: str) -> Place:
    if place is Place.BARE:
        if sign == "#" and (before.isspace() or before in ";&|"):
            return Place.COMMENT
        return {"'": Place.SINGLE, '"': Place.DOUBLE}.get(sign, place)
    ends = {Place.SINGLE: "'", Place.DOUBLE: '"', Place.COMMENT: "\n"}
    return Place.BARE if sign == ends[place] else place
