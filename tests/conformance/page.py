"""docs/conformance.md, written from rows.txt and from what the tests name."""

from pathlib import Path

from tests.conformance.tested import ROWS, proofs

PAGE = Path(__file__).parent.parent.parent / "docs" / "conformance.md"
_PARTS = {
    "A": "archy: `products/processes/archy.yaml`",
    "K": "Krow: `products/processes/krow.yaml`",
    "C": "Contradictions and gaps of the texts",
}
_HEAD = """\
# What is proven

Two teams wrote down how they bring out a hotfix; Nightdesk runs both texts. Each row is one fact of them, in our words,
with tests that prove it. This page is written from the tests by `.venv/bin/python -m tests.conformance`;
`./run test tests/conformance` fails when it is out of date, or when a row has no test.
"""
SHOWN = 4


def rows() -> dict[str, str]:
    """Row → what it says."""
    return dict(line.split("|") for line in ROWS.read_text().splitlines())


def text() -> str:
    known, proven = rows(), proofs()
    parts = [_HEAD]
    for letter, title in _PARTS.items():
        own = [row for row in known if row[0] == letter]
        parts.append(f"\n## {title}\n\n| row | what it says | proven by |\n|---|---|---|\n")
        parts += [_line(row, known[row], proven.get(row, [])) for row in own]
    return "".join(parts)


def _line(row: str, said: str, tests: list[str]) -> str:
    shown = [f"`{test}`" for test in tests[:SHOWN]]
    if len(tests) > SHOWN:
        shown.append("and more")
    return f"| {row} | {said} | {', '.join(shown)} |\n"
