"""Reads the YAML of a process into plain values and remembers on which line each stands.

A small part of YAML on purpose: mappings, lists, text, whole numbers, true/false, null. No anchors (a few lines
of them expand to gigabytes), no tags, no second document, no key twice, and none of YAML's surprises: `no`,
`1.10`, `12:30` and `2026-03-11` stay the text they look like.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from django.core.exceptions import ValidationError

from foundation.text import no_controls
from products.process.lines import lines
from products.process.problems import Path, Problem, ProcessError, path_text

MAX_BYTES = 256 * 1024
# Each is a line of a page; the longest process that ships has 600.
MAX_LINES = 10_000
MAX_DEPTH = 12
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,14})")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """`root` is a mapping; `lines` has the line of every path in it: of the key for an entry, of the item in a list."""

    file: str
    root: dict[str, Any]
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, message: str) -> Problem:
        return Problem(self.file, self.line(path), path_text(path), message)


def read(text: bytes, *, name: str) -> Document:
    """Raises ProcessError (one problem) when `text` is not such a document; `name` is the file's name in messages."""
    decoded = _decoded(text, name)
    builder = _Builder(name)
    try:
        for event in yaml.parse(decoded, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise ProcessError([_syntax(error, decoded, name)]) from None
    except yaml.YAMLError as error:
        raise ProcessError([Problem(name, 1, "", f"This is not YAML: {error}")]) from None
    if not isinstance(builder.root, dict):
        message = "Expected a mapping such as `schema: 1` at the top of the file."
        raise ProcessError([Problem(name, 1, "", message)])
    return Document(name, builder.root, builder.lines)


def _decoded(text: bytes, name: str) -> str:
    if len(text) > MAX_BYTES:
        message = f"The file has {len(text)} bytes; a process may have at most {MAX_BYTES}."
        raise ProcessError([Problem(name, 1, "", message)])
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = f"Byte {error.start + 1} is not UTF-8. Save the file as UTF-8."
        raise ProcessError([Problem(name, line, "", message)]) from None
    if len(lines(decoded)) > MAX_LINES:
        message = f"The file has more than {MAX_LINES} lines."
        raise ProcessError([Problem(name, MAX_LINES, "", message)])
    try:
        no_controls(decoded)
    except ValidationError as error:
        line = decoded.count("\n", 0, (error.params or {})["position"] - 1) + 1
        raise ProcessError([Problem(name, line, "", error.messages[0])]) from None
    return decoded


def _syntax(error: yaml.MarkedYAMLError, decoded: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    # At its end a text may be told to break off in the line behind its last one.
    last = len(re.split("\r\n|[\r\n\x85\u2028\u2029]", decoded))
    line = min(mark.line + 1, last) if mark else 1
    rows = decoded.split("\n")
    if 0 < line <= len(rows) and "\t" in re.match(r"\s*", rows[line - 1])[0]:  # type: ignore[index]
        return Problem(name, line, "", "The line is indented with a tab. Use spaces.")
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return Problem(name, line, "", f"This is not YAML: {said}.")


@dataclass
class _Open:
    """A mapping or list that is being read; `key` is the mapping's key that waits for its value."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


@dataclass
class _Builder:
    """Builds values from parse events with a stack of its own, so that depth costs no recursion."""

    name: str
    root: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.refuse(event, "A second document starts here. One file holds one process.")
            case yaml.AliasEvent():
                self.refuse(event, "Anchors and aliases (`&`, `*`) are not used here. Write the value out.")
            case yaml.NodeEvent(anchor=str()):
                self.refuse(event, "Anchors and aliases (`&`, `*`) are not used here. Write the value out.")
            case yaml.ScalarEvent(tag=str()) | yaml.CollectionStartEvent(tag=str()):
                self.refuse(event, "Tags (`!`) are not used here. Remove it.")
            case yaml.ScalarEvent():
                self.scalar(event)
            case yaml.CollectionStartEvent():
                self.open(event)
            case yaml.CollectionEndEvent():
                self.stack.pop()

    def scalar(self, event: yaml.ScalarEvent) -> None:
        text: str = event.value
        try:
            no_controls(text)
            text.encode()
        except (ValidationError, UnicodeEncodeError):
            self.refuse(event, "The text has a control character.")
        if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
            self.key(event, text)
        else:
            self.put(event, _value(text, plain=event.style is None or event.style == ""))

    def key(self, event: yaml.ScalarEvent, text: str) -> None:
        top = self.stack[-1]
        if text in top.value:
            first = self.lines[(*top.path, text)]
            self.refuse(event, f"`{text[:80]}` is here twice, first on line {first}.")
        top.key = text
        self.lines[(*top.path, text)] = _line(event)

    def open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(event, f"This is nested more than {MAX_DEPTH} levels deep.")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(value, self.put(event, value)))

    def put(self, event: yaml.Event, value: Any) -> Path:
        """Places a value where it belongs and returns its path."""
        if not self.stack:
            self.root = value
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            path: Path = (*top.path, len(top.value))
            self.lines[path] = _line(event)
            top.value.append(value)
            return path
        if top.key is None:
            self.refuse(event, "A key must be a plain word.")
        path = (*top.path, top.key)
        top.value[top.key], top.key = value, None
        return path

    def refuse(self, event: yaml.Event, message: str) -> NoReturn:
        path = self.stack[-1].path if self.stack else ()
        raise ProcessError([Problem(self.name, _line(event), path_text(path), message)])


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _value(text: str, *, plain: bool) -> str | int | bool | None:
    if plain and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if plain and _INTEGER.fullmatch(text) else text
