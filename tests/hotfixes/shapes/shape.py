"""A shape: how a team really works, told as a story that stops wherever somebody looks.

A shape is a generator: it does what people do in the repository, and yields how every check must stand then. Its
first line of documentation says why the verdicts are right. Told to the pure checks (test_shapes.py) and, for a
part of them, to the running app (tests/hotfixes/observing/test_replay.py).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.hotfixes.checks.stories import KROW, Story
from tests.hotfixes.git.building import Content

type Tell = Callable[[Story], Iterator[dict[str, str]]]

SHAPES: list["Shape"] = []


@dataclass(frozen=True)
class Shape:
    """`policy`: where it differs from Krow's, or (`whole`) all of it. `facts` of the Story, `files` at the start."""

    name: str
    why: str
    tell: Tell
    policy: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Content] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False

    @property
    def rules(self) -> dict[str, Any]:
        return dict(self.policy) if self.whole else {**KROW, **self.policy}


def shape(
    policy: Mapping[str, Any] | None = None,
    *,
    files: Mapping[str, Content] | None = None,
    whole: bool = False,
    **facts: Any,
) -> Callable[[Tell], Tell]:
    """Registers the story."""

    def kept(tell: Tell) -> Tell:
        why = " ".join((tell.__doc__ or "").split())
        name = tell.__name__.replace("_", " ")
        SHAPES.append(Shape(name, why, tell, policy or {}, files, facts, whole))
        return tell

    return kept
