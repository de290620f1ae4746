"""How far a search goes that repeats or guesses: `./run test` is quick enough before each commit, `--deep` before a
release (docs/decisions/0007-two-depths.md). What is enumerated has no depth, or says there why it has one.
"""

_deep: bool | None = None


def decide(*, deep: bool) -> None:
    global _deep
    _deep = deep


def is_deep() -> bool:
    if _deep is None:
        raise RuntimeError("tests/conftest.py decides it, before any file of tests is read")
    return _deep


def times(usual: int, deep: int = 0) -> int:
    """`usual`, or in a deep run `deep`, four times as many where no other number is named."""
    return (deep or 4 * usual) if is_deep() else usual
