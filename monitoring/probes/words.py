"""The words that tools use for a state, and which of our four states each one means."""

from typing import Final

from monitoring.probes.result import State

STATES: Final[dict[State, tuple[str, ...]]] = {
    "up": ("up", "ok", "okay", "operational", "healthy", "pass", "passed", "passing", "success", "true", "online",
           "available", "green", "running", "good", "normal"),
    "degraded": ("degraded", "warn", "warning", "late", "grace", "partial", "pending", "slow", "yellow", "flapping",
                 "degraded_performance", "partial_outage", "unstable"),
    "down": ("down", "fail", "failed", "failing", "failure", "error", "critical", "offline", "unhealthy", "false",
             "red", "outage", "major_outage", "unavailable", "dead"),
    "unknown": ("unknown", "maintenance", "under_maintenance", "paused", "new", "started", "no_data", "none"),
}  # fmt: skip
_MEANING: Final[dict[str, State]] = {word: state for state, words in STATES.items() for word in words}


def word_of(value: object) -> str:
    """A status as text to look up: true, 1 and "Up" become "true", "1" and "up"; "" for what is no single
    value.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value).strip().lower().replace(" ", "_").replace("-", "_")[:80]
    return ""


def state_of(value: object, own: dict[str, State] | None = None) -> State | None:
    """By the mapping's `own` words first. A bare number means nothing by itself: 1 is up in one tool and a
    warning in another.
    """
    word = word_of(value)
    return (own or {}).get(word) or _MEANING.get(word)
