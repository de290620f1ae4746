"""What apps above do when something is recorded, in its transaction, with the incident's row held: never lost, never
twice.

Each registers in its AppConfig.ready(). Short and database only: every verb waits for it.
"""

from collections.abc import Callable

from incidents.models import Incident, TimelineEvent

type Follower = Callable[[Incident, TimelineEvent], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """From now on `follower` hears of every event that a verb records, right after it."""
    if follower not in _followers:
        _followers.append(follower)


def tell(incident: Incident, event: TimelineEvent) -> None:
    for follower in _followers:
        follower(incident, event)
