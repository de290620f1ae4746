"""What is said of a guess, and values that carry one: a guess lives at the value that it explains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from products.process.problems import Path


@dataclass(frozen=True)
class Guess:
    """`line` and `path` in the YAML (path "" for what was not used), what it was taken for, line of the Markdown."""

    line: int
    path: str
    said: str
    source_line: int | None


@dataclass(frozen=True)
class Guessed:
    """`text` is YAML that loads; `guesses` are in the order of its lines, what was not used last."""

    text: str
    guesses: list[Guess] = field(default_factory=list)


@dataclass(frozen=True)
class Why:
    """What a value was taken for, and the line of the Markdown it comes from; None where nothing was found."""

    said: str
    line: int | None


class Told(dict[str, Any]):
    """A mapping with the reason it is there."""

    def __init__(self, why: Why, **values: Any) -> None:
        super().__init__(
            {name.rstrip("_"): value for name, value in values.items() if value not in (None, [])}
        )
        self.why = why


class Said(str):
    """A text with the reason it is there."""

    why: Why

    def __new__(cls, text: str, why: Why) -> "Said":
        made = super().__new__(cls, text)
        made.why = why
        return made


def reasons(value: Any, path: Path = ()) -> Iterator[tuple[Path, Why]]:
    """Every reason in a tree of values, with the path it is at."""
    why = getattr(value, "why", None)
    if why is not None:
        yield path, why
    inside = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, part in inside:
        yield from reasons(part, (*path, key))


def plain(value: Any) -> Any:
    """The same tree in plain mappings, lists and texts."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return str(value) if isinstance(value, str) else value
