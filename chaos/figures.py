"""Numbers for the report. Pure."""

from collections.abc import Sequence


def spread(values: Sequence[float]) -> dict[str, float]:
    """Count, median, 99th percentile (nearest rank) and maximum in seconds; only the count when there are none."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    at = {"p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)]}
    return {
        "n": len(ordered),
        **{name: round(value, 3) for name, value in at.items()},
        "max": round(ordered[-1], 3),
    }
