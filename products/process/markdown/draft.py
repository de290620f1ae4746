"""What has been understood so far: the tree of the process, the lines used for it, the names that recur in commands."""

import re
from dataclasses import dataclass, field
from typing import Any

from products.process.markdown.guesses import Said, Told, Why
from products.process.markdown.reading import Block, Section, Text
from products.process.markdown.words import topic


@dataclass
class Draft:
    """`names` are texts of the examples and the placeholder they stand for, longest first."""

    sections: list[Section]
    root: dict[str, Any] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    cut: list[Why] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    ruled: set[int] = field(default_factory=set)  # lines that say what follows from a severity
    seen: set[int] = field(default_factory=set)  # blocks, by identity

    def use(self, *lines: int) -> None:
        self.used.update(lines)

    def take(self, block: Block) -> None:
        """All of a block has been understood, the line that announces it too."""
        self.seen.add(id(block))
        self.use(*block.lines())
        if block.label:
            self.use(block.label.line)

    def free(self, block: Block) -> bool:
        return id(block) not in self.seen

    def line(self, text: str, line: int | None, limit: int = 200) -> str:
        """One line of at most `limit` characters; what had to go is said at the end."""
        words = " ".join(text.split())
        if len(words) <= limit:
            return words
        self.cut.append(Why(f"Shortened, because at most {limit} characters fit: {words[:120]}…", line))
        return words[: limit - 1].rstrip() + "…"

    def sentence(self, text: Text, what: str, limit: int = 200) -> Said | None:
        """`text` as an element of a list, taken for `what`; None when nothing is in it."""
        self.use(text.line)
        words = self.line(text.text, text.line, limit)
        return Said(words, Why(what, text.line)) if words else None

    def add(self, section: str, value: Any, limit: int) -> bool:
        """Into a list of the process, if there is room."""
        return self.fit(self.root, section, value, limit)

    def fit(self, into: dict[str, Any], name: str, value: Any, limit: int) -> bool:
        """Appends to the list `name`, if there is room; says so if there is none."""
        values = into.setdefault(name, [])
        if len(values) >= limit:
            why = getattr(value, "why", None)
            said = f"Left out, because at most {limit} fit in {name}: {summary(value)}"
            self.cut.append(Why(said, why.line if why else None))
            return False
        values.append(value)
        return True

    def keys(self, section: str) -> list[str]:
        return [value["key"] for value in self.root.get(section, [])]


def summary(value: Any) -> str:
    said = (
        next((str(value[key]) for key in ("title", "label", "text", "key") if key in value), "")
        if isinstance(value, Told)
        else str(value)
    )
    return said[:100]


def key_of(text: str, taken: list[str], fallback: str = "item") -> str:
    """A key of small letters that nobody has: "Roll back" → roll_back, then roll_back_2."""
    words = re.sub(r"[^a-z0-9]+", "_", text.lower().translate(str.maketrans("äöüß", "aous")))[:32].strip("_")
    base = words if words[:1].isalpha() else f"{fallback}_{words}".strip("_")
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def about(section: Section) -> str:
    """What a section speaks of, by its own title, else by the titles above it."""
    own = topic(section.title)
    return own or next((found for parent in reversed(section.parents) if (found := topic(parent.title))), "")


def announced(block: Block, section: Section) -> str:
    """What a block speaks of: the line above it says so, else its section."""
    return (topic(block.label.text) if block.label else "") or about(section)
