"""docs/asvs.md names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")


def test_every_test_that_the_list_names_exists() -> None:
    named = NAMED.findall((ROOT / "docs" / "asvs.md").read_text())
    assert len(named) > 50
    assert [(path, test) for path, test in named if not _exists(path, test)] == []


def test_no_item_stands_there_twice() -> None:
    """A row begins with its number, or with several that one sentence covers."""
    text = (ROOT / "docs" / "asvs.md").read_text()
    rows = [line.split("|")[1].strip() for line in text.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == len(set(rows))
    assert len(rows) > 80


def _exists(path: str, test: str) -> bool:
    place = ROOT / path
    if not test:
        return place.exists()
    tree = ast.parse(place.read_text()) if place.exists() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name == test for node in ast.walk(tree))
