"""A draft's text as its pages show it: what is wrong, what is questionable, what was guessed, each at its line."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from products.process import load
from products.process.document import MAX_LINES, read
from products.process.lines import lines, without_end
from products.process.lint import Finding, lint
from products.process.problems import Problem, ProcessError, path_text
from products.process.schema import ProcessDocument
from products.reading.outline import section, title

_OF_KEY = re.compile(r"(?m)^(\ufeff?key:[ \t]*)(?:\"([^\"\r\n]*)\"|'([^'\r\n]*)'|([^\s#\"']+))")


@dataclass(frozen=True)
class GuessAt:
    """A guess of the import with its place in the list and the line where it stands now."""

    place: int
    line: int
    said: str
    path: str
    source_line: int | None
    seen_by: str


@dataclass(frozen=True)
class Batch:
    """The guesses of a section that nobody has looked at. Told below the last one: there all of them were on screen."""

    title: str
    places: list[int]

    @property
    def value(self) -> str:
        """For a button: `3 4 7`."""
        return " ".join(map(str, self.places))


@dataclass(frozen=True)
class Line:
    """A line of the text with everything that is to be said about it."""

    number: int
    text: str
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    guesses: list[GuessAt] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)


@dataclass(frozen=True)
class Examined:
    """`document` is None for a text that cannot be used; then `problems` has at least one entry."""

    document: ProcessDocument | None
    problems: list[Problem]
    findings: list[Finding]
    guesses: list[GuessAt]
    lines: list[Line]

    def unseen_after(self, places: Collection[int]) -> GuessAt | None:
        """The next guess that nobody has looked at, below those at `places`; from the top where none is below."""
        waiting = sorted((guess for guess in self.guesses if not guess.seen_by), key=lambda guess: guess.line)
        done = max((guess.line for guess in self.guesses if guess.place in places), default=0)
        return next((guess for guess in waiting if guess.line >= done), waiting[0] if waiting else None)

    @property
    def open(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.settled]

    @property
    def settled(self) -> int:
        return len(self.findings) - len(self.open)


def examine(text: str, *, key: str, guesses: list[dict[str, Any]] | None = None) -> Examined:
    """`text` as a draft of the process `key`. Never raises: what cannot be used is told in `problems`."""
    name, raw = f"{key}.yaml", text.encode()
    document: ProcessDocument | None = None
    problems: list[Problem] = []
    findings: list[Finding] = []
    try:
        document = load(raw, name=name)
        findings = lint(document, raw, name=name)
        if document.key != key:
            problems = [other_key(text, key=key, found=document.key)]
            document = None
    except ProcessError as error:
        problems = error.problems
    found = _guesses(guesses or [], _places(raw, name))
    return Examined(document, problems, findings, found, _lines(text, problems, findings, found))


def other_key(text: str, *, key: str, found: str) -> Problem:
    """What is wrong with a document that is of another process than its draft."""
    said = _("expected %(key)s, the process of this draft, not %(found)s") % {"key": key, "found": found}
    return read(text.encode(), name=f"{key}.yaml").problem(("key",), said)


def key_in(text: str) -> str:
    """The key a text names, however broken the rest of it is; "" when it names none."""
    match = _OF_KEY.search(text)
    return next(filter(None, match.groups()[1:]), "") if match else ""


def with_key(text: str, key: str) -> str:
    """The same text for the process `key`."""
    return _OF_KEY.sub(lambda match: match[1] + key, text, count=1)


def _places(raw: bytes, name: str) -> dict[str, int]:
    """The line of every path of a text that is YAML at all."""
    try:
        return {path_text(path): line for path, line in read(raw, name=name).lines.items()}
    except ProcessError:
        return {}


def _guesses(guesses: list[dict[str, Any]], places: dict[str, int]) -> list[GuessAt]:
    """At the line where its path stands now, for lines move while a text is written."""
    return [
        GuessAt(
            place,
            places.get(guess["path"]) or guess["line"],
            guess["said"],
            guess["path"],
            guess.get("source_line"),
            guess.get("seen_by") or "",
        )
        for place, guess in enumerate(guesses)
    ]


def _lines(text: str, problems: list[Problem], findings: list[Finding], guesses: list[GuessAt]) -> list[Line]:
    rows = lines(text)[:MAX_LINES] or [""]
    shown = [Line(number, without_end(line)) for number, line in enumerate(rows, start=1)]
    for problem in problems:
        _at(shown, problem.line).problems.append(problem)
    for finding in findings:
        _at(shown, finding.line).findings.append(finding)
    for guess in guesses:
        _at(shown, guess.line).guesses.append(guess)
    for line, batch in _batches(guesses):
        _at(shown, line).batches.append(batch)
    return shown


def _batches(guesses: list[GuessAt]) -> Iterator[tuple[int, Batch]]:
    """Of each section with several, with the line of its last one."""
    sections: dict[str, list[GuessAt]] = {}
    for guess in guesses:
        if not guess.seen_by:
            sections.setdefault(section(guess.path), []).append(guess)
    for name, found in sections.items():
        if len(found) > 1:
            yield max(guess.line for guess in found), Batch(title(name), [guess.place for guess in found])


def _at(shown: list[Line], number: int) -> Line:
    """A guess may stand behind the end of a text that became shorter: then it is told at the last line."""
    return shown[min(max(number, 1), len(shown)) - 1]
