"""The last fence: whatever was guessed, what comes out is a valid process. What does not fit is taken out and said."""

from typing import Any

from pydantic import ValidationError

from products.process.cross_references import disagreements
from products.process.markdown.draft import summary
from products.process.markdown.guesses import Why, plain
from products.process.problems import Path
from products.process.schema import ProcessDocument

ROOM = 90_000  # characters of content; the file may have 256 KiB
_ROUNDS = 60


def fitted(root: dict[str, Any]) -> tuple[dict[str, Any], list[Why]]:
    """`root` without what is no process, and what was taken out."""
    out = _crowded(root)
    for _round in range(_ROUNDS):
        _tidy(root)
        wrong = _wrong(root)
        if not wrong:
            return root, out
        # From behind, so that the numbers of what stands before stay right.
        for path in sorted(wrong, key=str, reverse=True):
            out += _removed(root, path)
    kept = {key: root[key] for key in ("schema", "key", "name")}
    return kept | {
        "severities": [{"key": "HIGH", "label": "High", "mark": "high", "rank": 1, "proceed": "immediately"}]
    }, out


def _wrong(root: dict[str, Any]) -> list[Path]:
    try:
        process = ProcessDocument.model_validate(plain(root))
    except ValidationError as error:
        return [tuple(details["loc"]) for details in error.errors()]
    return [path for path, _message in disagreements(process)]


# What an element cannot be without.
_NEEDED = frozenset([
    "schema", "key", "name", "label", "title", "severities", "rank", "mark", "proceed", "kind", "from", "to", "when",
    "body", "run", "for", "about", "text", "path", "what", "at",
])  # fmt: skip


def _removed(root: dict[str, Any], path: Path) -> list[Why]:
    """Takes out what is at `path`, or the nearest thing around it that may go."""
    chain: list[tuple[Any, Any]] = []
    at: Any = root
    for part in path:
        inside = (isinstance(at, dict) and part in at) or (
            isinstance(at, list) and isinstance(part, int) and part < len(at)
        )
        if not inside:
            break
        chain.append((at, part))
        at = at[part]
    # A field that is missing is at no place: then the element that lacks it goes.
    while chain and chain[-1][1] in _NEEDED:
        chain.pop()
    if not chain:
        return []
    parent, key = chain[-1]
    gone = parent.pop(key)
    why = getattr(gone, "why", None)
    return [Why(f"Left out, because it fits nowhere: {summary(gone)}", why.line if why else None)]


def _tidy(value: Any) -> None:
    """Takes out empty lists and mappings, which say nothing."""
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, part in reversed(inside):
        _tidy(part)
        if isinstance(part, dict | list) and not part and key != "severities":
            del value[key]


def _crowded(root: dict[str, Any]) -> list[Why]:
    """Takes elements out from where the text has become longer than a process may be."""
    left, out = ROOM, []
    for value in root.values():
        for values in _lists(value):
            kept = []
            for element in values:
                left -= _weight(element)
                if left > 0:
                    kept.append(element)
                else:
                    why = getattr(element, "why", None)
                    out.append(
                        Why(
                            f"Left out, because the process would become too long: {summary(element)}",
                            why and why.line,
                        )
                    )
            values[:] = kept
    return out


def _lists(value: Any) -> list[list[Any]]:
    if isinstance(value, list):
        return [value]
    return [found for part in value.values() for found in _lists(part)] if isinstance(value, dict) else []


def _weight(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(key) + 12 + _weight(part) for key, part in value.items())
    if isinstance(value, list):
        return sum(_weight(part) + 12 for part in value)
    return len(str(value))
