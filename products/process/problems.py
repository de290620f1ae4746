"""What is wrong with a process document, told so that its author finds the place."""

from collections.abc import Sequence
from dataclasses import dataclass

type Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One fault. `line` counts from 1; `path` is such as "severities[0].targets.response", empty for the whole file."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class ProcessError(ValueError):
    """The document cannot be used; `problems` has at least one entry, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(map(str, self.problems)))


def path_text(path: Path) -> str:
    """("severities", 0, "label") → "severities[0].label"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
