"""What a check answers: a verdict, why in a sentence, what proves it and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from products.vocabulary import Verdict

__all__ = [
    "Next",
    "Result",
    "Verdict",
    "failed",
    "not_needed",
    "passed",
    "pending",
    "short",
    "stated",
    "unknown",
    "warned",
    "when",
]


@dataclass(frozen=True, slots=True)
class Next:
    """What to do next, and the lines for a terminal; none where no command helps."""

    text: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """`summary`: one or two plain sentences. `proof`: lines with ids, numbers and places. `facts`: the same for
    programs, JSON only. All text may hold words of a repository's people: data, never markup.
    """

    verdict: Verdict
    summary: str
    proof: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    next: Next | None = None


def passed(summary: str, *proof: str, **facts: Any) -> Result:
    return Result(Verdict.PASS, summary, proof, facts)


def stated(summary: str, *proof: str, then: Next | None = None, **facts: Any) -> Result:
    return Result(Verdict.STATED, summary, proof, facts, then)


def failed(summary: str, *proof: str, then: Next | None = None, **facts: Any) -> Result:
    return Result(Verdict.FAIL, summary, proof, facts, then)


def warned(summary: str, *proof: str, then: Next | None = None, **facts: Any) -> Result:
    return Result(Verdict.WARN, summary, proof, facts, then)


def pending(summary: str, *proof: str, then: Next | None = None, **facts: Any) -> Result:
    return Result(Verdict.PENDING, summary, proof, facts, then)


def unknown(summary: str, *proof: str, then: Next | None = None, **facts: Any) -> Result:
    return Result(Verdict.UNKNOWN, summary, proof, facts, then)


def not_needed(summary: str) -> Result:
    return Result(Verdict.NOT_APPLICABLE, summary)


def short(id: str | None) -> str:
    """As people read ids: the first ten digits."""
    return (id or "")[:10]


def when(at: datetime) -> str:
    """A moment in a sentence: `21 Nov 2026, 14:48 UTC`."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def stamp(at: datetime) -> str:
    """A moment in a line of proof, to the second: `2026-11-21 14:48:06 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def listed(words: Sequence[str], most: int = 5) -> str:
    """`a, b, c …`"""
    return ", ".join(words[:most]) + (" …" if len(words) > most else "")
