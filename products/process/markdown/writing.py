"""The tree of a guessed process as YAML: emitted by a dumper, so that no text of a stranger becomes structure."""

import re
from typing import Any

import yaml

from foundation.text import stripped
from products.process.document import read
from products.process.markdown.guesses import Guess, Guessed, Why, plain, reasons
from products.process.problems import Path, path_text

COMMENTS = 60_000  # characters; beyond them a guess is only in the list
_LOOKS_LIKE_MORE = re.compile(r"(?i)true|false|null|~|[-+]?[\d_.:]*")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else '"' if _LOOKS_LIKE_MORE.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.MappingNode:
    short = all(
        isinstance(part, int) or (isinstance(part, str) and "\n" not in part) for part in value.values()
    )
    flow = short and sum(len(str(part)) + len(key) + 4 for key, part in value.items()) < 90
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=flow)


class _Top(dict[str, Any]):
    """A section with its name, which is never written between braces."""


def _top(dumper: yaml.SafeDumper, value: _Top) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False)


_Dumper.add_representer(_Top, _top)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)


def clean(text: str) -> str:
    """Without what neither YAML nor Nightdesk takes; line ends are line feeds, and their number is kept."""
    ends = re.sub("\r\n|\r|\x0b|\x0c|\x1c|\x1d|\x1e|\x85|\u2028|\u2029", "\n", text)
    return _UNPRINTABLE.sub("", stripped(ends))


def written(root: dict[str, Any], unused: list[Why]) -> Guessed:
    """`root` as YAML, a comment above each guess, and what was not used at the end."""
    sections = [_dumped(_Top({key: value})) for key, value in plain(root).items()]
    text = "".join(
        part if len(part) < 60 and "\n" not in part[:-1] else f"\n{part}" for part in sections
    ).lstrip("\n")
    before = read(text.encode(), name="guess").lines
    found = sorted(reasons(root), key=lambda reason: (_line(before, reason[0]), len(reason[0])))
    text, remarks = _commented(text, [(_line(before, path), why) for path, why in found], unused)
    after = read(text.encode(), name="guess").lines
    guesses = [Guess(_line(after, path), path_text(path), why.said, why.line) for path, why in found]
    last = text.count("\n") - len(remarks) + 1
    at = [last + number if number < len(remarks) else last for number in range(len(unused))]
    return Guessed(
        text, guesses + [Guess(line, "", why.said, why.line) for line, why in zip(at, unused, strict=True)]
    )


def _dumped(value: dict[str, Any]) -> str:
    return str(
        yaml.dump(
            value, Dumper=_Dumper, width=10**6, allow_unicode=True, sort_keys=False, default_flow_style=False
        )
    )


def _line(lines: dict[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _commented(text: str, guesses: list[tuple[int, Why]], unused: list[Why]) -> tuple[str, list[str]]:
    room = COMMENTS
    above: dict[int, list[str]] = {}
    for line, why in guesses:
        said = _comment("guess", why)
        room -= len(said)
        if room > 0:
            above.setdefault(line, []).append(said)
    lines: list[str] = []
    for number, written_line in enumerate(text.split("\n")[:-1], 1):
        indent = " " * (len(written_line) - len(written_line.lstrip(" ")))
        lines += [indent + said for said in above.get(number, [])]
        lines.append(written_line)
    remarks = [said for why in unused if (room := room - len(said := _comment("not used", why))) > 0]
    if remarks:
        lines += ["", "# What follows was not understood and is in no part of the process."]
    return "\n".join([*lines, *remarks]) + "\n", remarks


def _comment(word: str, why: Why) -> str:
    place = f", line {why.line}" if why.line else ""
    return f"# {word}{place}: {' '.join(clean(why.said).split())}"
