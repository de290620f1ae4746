"""What strikes when. Pure: the same seed and length give the same schedule."""

from dataclasses import dataclass
from random import Random

# How often each comes in one deck; a deck is shuffled and dealt, so that every kind comes in any longer run.
DECK = {
    "worker": 5,
    "web": 4,
    "backend": 3,
    "postgres": 2,
    "supervisor": 1,
    "redis": 2,
    "flushall": 2,
    "freeze": 2,
    "disk full": 1,
}
WITH_REDIS = {"redis", "flushall"}
# Past the lease of a probe (30 s); one in four past that of a message (90 s).
FREEZES_S = (35.0, 35.0, 35.0, 95.0)


@dataclass(frozen=True)
class Strike:
    """At `at_s` seconds `kind` happens to victim number `pick` (of however many there are), for `lasts_s` seconds."""

    at_s: float
    kind: str
    pick: int
    lasts_s: float = 0.0


def schedule(
    seed: int, seconds: float, *, gap_s: float, without: frozenset[str] = frozenset()
) -> list[Strike]:
    """Strikes from 2 s after the start until the end, on average `gap_s` apart."""
    random = Random(seed)  # noqa: S311 - a schedule, no secret
    strikes, deck = list[Strike](), list[str]()
    at_s = 2.0
    while at_s < seconds:
        if not deck:
            deck = [kind for kind, count in DECK.items() for _ in range(count)]
            random.shuffle(deck)
        kind, pick, lasts_s, wait_s = deck.pop(), random.randrange(1000), _lasts(random), random.random()
        if kind not in without:
            strikes.append(Strike(round(at_s, 2), kind, pick, lasts_s[kind]))
            at_s += gap_s * (0.5 + wait_s)
    return strikes


def _lasts(random: Random) -> dict[str, float]:
    """Drawn for every kind each time: leaving a kind out moves none of the others' numbers."""
    times = {
        "redis": round(random.uniform(0.5, 6), 2),
        "freeze": random.choice(FREEZES_S),
        "disk full": round(random.uniform(2, 5), 2),
    }
    return {kind: times.get(kind, 0.0) for kind in DECK}
