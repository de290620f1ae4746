"""Reads from the tests which rows each of them names: in its name, its docstring or its parameters."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROWS = Path(__file__).parent / "rows.txt"
TESTS = Path(__file__).parent.parent
_SPAN = r"(?:\s*(?:–|—|-|\.\.|…)\s*|\s+to\s+|_to_)"
_ROW = re.compile(
    rf"(?<![A-Za-z0-9])([AKC])(\d{{1,3}})(?:{_SPAN}(?:\1)?(\d{{1,3}})(?![A-Za-z0-9]))?(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_ROWS_ONLY = re.compile(r"[AKC]\d{1,3}(?:[ ,–-]+[AKC]?\d{1,3})*")


def rows_in(text: str) -> list[str]:
    """`A8, K121–K123` and `test_k6_to_k8_when` → A8 K121 K122 K123, K6 K7 K8."""
    found: list[str] = []
    for letter, first, last in _ROW.findall(text.replace("_to_", "–").replace("_", " ")):
        numbers = range(int(first), int(last or first) + 1)
        found += [f"{letter.upper()}{number}" for number in numbers]
    return found


@cache
def proofs() -> dict[str, list[str]]:
    """Row → the tests that name it, as `products/test_krow.py::test_…`, in the order of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if path.parent == ROWS.parent:
            continue
        name, source = path.relative_to(TESTS).as_posix(), path.read_text()
        if not _ROW.search(source):
            continue
        for test, text in _named(ast.parse(source)):
            for row in dict.fromkeys(rows_in(text)):
                found.setdefault(row, []).append(f"{name}::{test}")
    return found


def _named(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Each test with what it says of itself; a parameter counts when it is rows and nothing else."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = [node.name, ast.get_docstring(node) or ""]
            for decorator in node.decorator_list:
                parts = [part.value for part in ast.walk(decorator) if isinstance(part, ast.Constant)]
                said += [part for part in parts if isinstance(part, str) and _ROWS_ONLY.fullmatch(part)]
            yield node.name, " | ".join(said)
