"""How long something took, of many: pure. Seconds in, seconds out."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Of fewer there is no such figure, only how many there are: with 20, three took longer than the 85th percentile.
MEDIAN_FROM: Final = 5
P85_FROM: Final = 20
SHARE_FROM: Final = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """`n` times; `median_s` and `p85_s` are None for too few of them, `longest_s` for none."""

    n: int
    median_s: int | None
    p85_s: int | None
    longest_s: int | None


def spread(times: Sequence[float]) -> Spread:
    """Between two of them a percentile lies in proportion, as PostgreSQL's percentile_cont and the decision card's."""
    n = len(times)
    return Spread(
        n,
        round(statistics.median(times)) if n >= MEDIAN_FROM else None,
        round(statistics.quantiles(times, n=20, method="inclusive")[16]) if n >= P85_FROM else None,
        round(max(times)) if times else None,
    )


def share(part: int, n: int) -> float | None:
    """`part` of `n` in percent, cut to a tenth and never rounded up; None for too few."""
    return part * 1000 // n / 10 if n >= SHARE_FROM else None
