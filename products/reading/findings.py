"""The lint's findings of a stored text, each at the place of the process page that it concerns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from products.models import Process
from products.process.lint import Finding, lint_text
from products.process.problems import ProcessError
from products.reading.outline import section

# Lists whose elements the page shows one by one, so that a finding can stand beside its own.
_ELEMENTS = (
    "severities", "roles", "calendars", "clocks", "marks", "steps", "messages", "checklist.items",
    "rollback.options", "setup.products", "setup.environments", "setup.monitors",
)  # fmt: skip
_ELEMENT = re.compile(rf"({'|'.join(map(re.escape, _ELEMENTS))})\[\d+\]")


@dataclass(frozen=True)
class Findings:
    """`readable` is False for a text of former times that today's schema refuses: nothing can be said about it."""

    all: tuple[Finding, ...] = ()
    readable: bool = True

    @property
    def open(self) -> list[Finding]:
        return [finding for finding in self.all if not finding.settled]

    @property
    def settled(self) -> list[Finding]:
        return [finding for finding in self.all if finding.settled]

    def by_place(self) -> dict[str, list[Finding]]:
        """Those of `steps[3]` and of `policy`: an element of the page, or a section as a whole."""
        return _grouped([(place(finding.path), finding) for finding in self.all])

    def by_line(self) -> dict[int, list[Finding]]:
        return _grouped([(finding.line, finding) for finding in self.all])


def place(path: str) -> str:
    """`rollback.options[1].steps` → `rollback.options[1]`; `policy.branch` → `policy`; "" for the whole document."""
    element = _ELEMENT.match(path)
    return element[0] if element else section(path)


def findings_of(text: str, *, name: str) -> Findings:
    """Of a stored text. Remembered, because a version never changes and reading one takes a moment."""
    return _found(text, name)


def adopted(process: Process) -> Findings:
    """What a product that works by `process` takes over: for `products/process/adopted.html`.

    In a page: `{% load process %}{% adopted_findings process as found %}{% include
    "products/process/adopted.html" %}`, where `process` has its `current`.
    """
    if process.current is None:
        return Findings()
    return findings_of(process.current.text, name=f"{process.key}.yaml")


@lru_cache(maxsize=64)
def _found(text: str, name: str) -> Findings:
    try:
        return Findings(tuple(lint_text(text.encode(), name=name)))
    except ProcessError:
        return Findings(readable=False)


def _grouped[K](pairs: Sequence[tuple[K, Finding]]) -> dict[K, list[Finding]]:
    groups: dict[K, list[Finding]] = {}
    for key, finding in pairs:
        groups.setdefault(key, []).append(finding)
    return groups
