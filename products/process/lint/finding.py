"""What is questionable in a process: where, why it bites, what would settle it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from products.process.problems import Path, path_text
from products.process.schema.document import ProcessDocument, Settlement


@dataclass(frozen=True)
class Doubt:
    """What a rule found: `code` is the rule's (`C1` … as in docs/conformance.md, `N1` … as in docs/processes.md)."""

    code: str
    path: Path
    message: str
    why: str
    cure: str


@dataclass(frozen=True)
class Finding:
    """A doubt in its place; `settled` is the document's own answer to it, if it has one."""

    code: str
    line: int
    path: str
    message: str
    why: str
    cure: str
    settled: Settlement | None = None

    @classmethod
    def of(cls, doubt: Doubt, line: int, settled: Settlement | None) -> "Finding":
        return cls(doubt.code, line, path_text(doubt.path), doubt.message, doubt.why, doubt.cure, settled)


type Rule = Callable[[ProcessDocument], Iterator[Doubt]]
