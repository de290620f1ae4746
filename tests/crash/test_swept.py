"""No place at which a process may die is without its scene in test_crash_points.py."""

import ast

from tests.crash.nursery import ROOT
from tests.crash.swept import SWEPT

FAMILIES = ("sweep", "send", "ingest", "verb", "probe", "watch")
APPS = (
    "config",
    "hotfixes",
    "incidents",
    "monitoring",
    "notifications",
    "products",
    "accounts",
    "live",
    "network",
    "foundation",
)


def test_every_place_in_the_code_is_swept_once() -> None:
    texts = (path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py"))
    named = [name for text in texts if "crashpoint" in text for name in _places(text)]
    assert sorted(named) == sorted(SWEPT)
    assert {name.partition(".")[0] for name in named} == set(FAMILIES)


def _places(text: str) -> list[str]:
    """The names given to `crashpoint`, each a plain text, so that it can be found."""
    calls = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crashpoint"
    ]
    return [call.args[0].value for call in calls]  # type: ignore[attr-defined]
