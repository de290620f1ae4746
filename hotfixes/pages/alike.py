"""What keeps many checks from telling anything, said once: a repository that is not there, or not to be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from incidents.work.steps import StepView
from incidents.work.verdicts import Shown
from products.vocabulary import Verdict

# So many checks with the same words are said in one place, and not with each.
ALIKE = 3


class Told(Protocol):
    """A check of the page."""

    @property
    def told(self) -> Shown: ...
    @property
    def step(self) -> str: ...


@dataclass(frozen=True)
class Alike[Check: Told]:
    """`checks` all say the same words: `summary`, and `next_text` what to do about it."""

    checks: Sequence[Check]
    summary: str
    next_text: str

    @property
    def number(self) -> int:
        return len(self.checks)


def alike[Check: Told](checks: Iterable[Check]) -> list[Alike[Check]]:
    """The most at first."""
    found: defaultdict[str, list[Check]] = defaultdict(list)
    for check in checks:
        if words := unknown(check.told):
            found[words].append(check)
    several = sorted((mine for mine in found.values() if len(mine) >= ALIKE), key=len, reverse=True)
    return [Alike(mine, mine[0].told.summary, mine[0].told.next_text) for mine in several]


def unknown(line: Shown) -> str:
    """Why nothing can be told; empty for a check that tells something or somebody vouches for."""
    return "" if line.verdict != Verdict.UNKNOWN or line.waived or line.attested else line.summary


def before_it[Check: Told](
    following: Check | None, checks: Sequence[Check], steps: Sequence[StepView]
) -> Check | None:
    """What people are at while nothing can be read: what merely waits for a later step is not what comes next."""
    if following is None or following.told.verdict != Verdict.PENDING:
        return following
    numbers = {step.key: step.number for step in steps}
    current = next((step for step in steps if step.current), None)
    if current is None or current.number >= numbers.get(following.step, 0):
        return following
    return next((one for one in checks if one.step == current.key and unknown(one.told)), following)
