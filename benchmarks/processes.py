"""Random processes, 10,000 of each kind: what comes back as it was, and damage that is told with its place."""

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from benchmarks.figure import Figure
from tests.products import process_properties as properties

EXAMPLES = 10_000
_KINDS: tuple[tuple[str, SearchStrategy[Any], Callable[[Any], None]], ...] = (
    ("random processes that came back different", properties.written(), properties.comes_back),
    ("random damage that crashed or named no line", properties.damaged(), properties.never_crashes),
    ("misplaced values that were named elsewhere", properties.misplaced(), properties.names_the_place),
)


def measure(say: Callable[[str], object]) -> list[Figure]:
    """One figure a kind; the first example that fails raises, smallest first, as hypothesis finds it."""
    return [_one(say, *kind) for kind in _KINDS]


def _one(
    say: Callable[[str], object], name: str, strategy: SearchStrategy[Any], check: Callable[[Any], None]
) -> Figure:
    tried = 0
    began = time.monotonic()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(strategy)
    def each(example: Any) -> None:
        nonlocal tried
        tried += 1
        if tried % 1_000 == 0:
            say(f"{name}: {tried} tried")
        check(example)

    each()
    seconds = time.monotonic() - began
    return Figure(name, f"of {tried}", (0.0,), limit=0, note=f"{tried} examples in {seconds:.0f} s")
