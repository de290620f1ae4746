"""Bring your own Markdown: a runbook becomes the draft of a process, with every guess marked. Pure."""

import re

from products.process.markdown import (
    checklist,
    git,
    joining,
    pasted,
    people,
    place,
    plan,
    postmortem,
    reading,
    rollback,
    severities,
    steps,
    telling,
)
from products.process.markdown.draft import Draft
from products.process.markdown.guesses import Guess, Guessed, Why
from products.process.markdown.repair import fitted
from products.process.markdown.writing import clean, written

__all__ = ["Guess", "Guessed", "from_markdown"]

# A process may have 256 KiB; what is much longer is no runbook, and reading it would take long.
MOST_CHARACTERS = 128 * 1024
MOST_LINES = 4_000
_ORDER = [
    "schema",
    "key",
    "name",
    "purpose",
    "origin",
    "severities",
    "eligibility",
    "start",
    "roles",
    "calendars",
    "clocks",
    "marks",
    "policy",
    "steps",
    "checklist",
    "deploy",
    "smoke",
    "watch",
    "messages",
    "rollback",
    "mistakes",
    "postmortem",
    "contacts",
    "setup",
    "settles",
]
_START = re.compile(
    r"(once|as soon as|when|sobald).{0,40}(severity|confirmed|declared|"
    r"schwere).{0,60}(start|begin|proceed|→|beginn)",
    re.I,
)


def from_markdown(text: str, *, name: str) -> Guessed:
    """The process that `text` describes, as YAML that loads; `name` is what to call it where the text has no title.

    Never raises. Of a very long text only the beginning is read; the rest is named among what was not used.
    """
    lines = clean(text).split("\n")
    kept, rest = _beginning(lines)
    draft = Draft(_sections(kept))
    draft.root = {"schema": 1, "key": _key(name), "name": name}
    place.take(draft, name)
    git.take(draft)
    severities.take(draft)
    plan.take_marks(draft)
    checklist.take_checklist(draft)
    rollback.take(draft)
    postmortem.take(draft)
    people.take_lists(draft)
    people.take_roles(draft)
    telling.take(draft)
    steps.take_steps(draft)
    _start(draft)
    plan.take_clocks(draft)
    plan.follow_up(draft)
    plan.name_messages(draft)
    joining.join(draft)
    place.lasting(draft)
    people.decide(draft)
    ordered = {key: draft.root[key] for key in _ORDER if key in draft.root}
    root, out = fitted(ordered)
    return written(root, [*draft.cut, *out, *_unused(draft, kept), *rest])


def _beginning(lines: list[str]) -> tuple[list[str], list[Why]]:
    room = MOST_CHARACTERS
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0 or number >= MOST_LINES:
            said = f"Lines {number + 1} to {len(lines)}: too long to be read."
            return lines[:number], [Why(said, number + 1)]
    return lines, []


def _sections(lines: list[str]) -> list[reading.Section]:
    if pasted.is_pasted(lines):
        marked = pasted.marked(lines)
        return reading.sections(
            "\n".join(line for line, _number in marked), [number for _line, number in marked]
        )
    return reading.sections("\n".join(lines), list(range(1, len(lines) + 1)))


def _key(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.\w{1,8}$", "", name.lower()))[:40].strip("-")
    return words if words[:1].isalpha() else f"process-{words}"[:40].strip("-")


def _start(draft: Draft) -> None:
    for section in draft.sections:
        for block in section.blocks:
            for text in block.texts:
                if (
                    "start" not in draft.root
                    and _START.search(text.text)
                    and (said := draft.sentence(text, "what happens once it is confirmed"))
                ):
                    draft.root["start"] = said


def _unused(draft: Draft, lines: list[str]) -> list[Why]:
    """Lines with words in them that nothing was made of, those that follow each other together."""
    found: list[tuple[int, int]] = []
    for number, line in enumerate(lines, 1):
        if number in draft.used or not any(letter.isalnum() for letter in line):
            continue
        if found and all(
            not any(c.isalnum() for c in between) for between in lines[found[-1][1] : number - 1]
        ):
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return [Why(_words(lines, first, last), first) for first, last in found]


def _words(lines: list[str], first: int, last: int) -> str:
    said = " / ".join(
        " ".join(line.split())[:200] for line in lines[first - 1 : min(last, first + 9)] if line.strip()
    )
    many = f" … to line {last}" if last > first + 9 else ""
    return f"{said[:1000]}{many}"
