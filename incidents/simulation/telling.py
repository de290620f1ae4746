"""Who would be told what and when: the deliveries of a simulation, one line a message."""

from dataclasses import dataclass
from datetime import datetime

from incidents.simulation.play import Played
from notifications.models import Delivery, State

# States of a delivery that nobody gets, and whose reason is no news ("they know already").
UNTOLD = (State.SKIPPED,)


@dataclass(frozen=True)
class Told:
    """One message at `at`, to `whom`. `due_at` is later than `at` where nobody is woken by it.

    `state`: sent, waits (for the morning) or moot, with `reason`.
    """

    at: datetime
    due_at: datetime
    subject: str
    whom: tuple[str, ...]
    state: str
    reason: str

    @property
    def held(self) -> bool:
        """It wakes nobody: it waits, or has waited, for the morning."""
        return self.due_at > self.at


def told(played: Played) -> list[Told]:
    """In the order they were caused."""
    rows: dict[tuple[str, str], list[Delivery]] = {}
    for row in played.deliveries:
        if row.state not in UNTOLD:
            rows.setdefault((row.about, row.key), []).append(row)
    return [_told(played, found) for found in rows.values()]


def _told(played: Played, rows: list[Delivery]) -> Told:
    # What a page shows at once tells nobody who sleeps: mail and phones go by these.
    loud = [row for row in rows if row.route != "inapp"] or rows
    states = {row.state for row in loud}
    state = "moot" if states == {State.CANCELLED} else "waits" if State.PENDING in states else "sent"
    return Told(
        loud[0].created_at,
        min(row.first_due_at for row in loud),
        played.plain(loud[0].subject),
        tuple(dict.fromkeys(row.label for row in loud)),
        state,
        next((row.reason for row in loud if row.reason), ""),
    )
