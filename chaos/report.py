"""What a run found, as lines for people."""

from collections.abc import Iterator
from typing import Any

BROKEN = ("acknowledged writes missing", "lost", "doubled", "chain", "refused", "too late")
SHOWN = 10


def is_kept(found: dict[str, Any]) -> bool:
    """Whether every promise was kept. Where nothing was acknowledged, nothing was shown."""
    judged = found["judged"]
    broken = any(judged.get(name) for name in BROKEN) or found["unfinished"]
    return bool(judged["acknowledged writes"] and judged["state changes"]) and not broken


def lines(found: dict[str, Any]) -> Iterator[str]:
    kills = ", ".join(f"{kind} {count}" for kind, count in sorted(found["kills"].items()))
    yield f"seed {found['seed']}, {found['seconds']:.0f} s, {sum(found['kills'].values())} strikes: {kills}"
    if found["skipped"]:
        yield "not possible here or nobody there: " + ", ".join(
            f"{k} {n}" for k, n in found["skipped"].items()
        )
    for name, value in found["judged"].items():
        if isinstance(value, list):
            yield f"{name:34} {len(value)}"
            yield from (f"    {text}" for text in value[:SHOWN])
        elif isinstance(value, dict):
            yield f"{name:34} " + ", ".join(f"{key} {number:g}" for key, number in value.items())
        else:
            yield f"{name:34} {value}"
    if found["unfinished"]:
        yield f"{'not finished in time':34} {found['unfinished']}"
    yield f"{'until everything was calm, s':34} {found['calm_s']:.1f}"
    yield "Every promise was kept." if is_kept(found) else "BROKEN: a promise was not kept, see above."
