"""Every look at every target, told in the transaction that stores it: who watches keeps what it needs, exactly once.

StatusChange keeps what became of a target; this tells also of the looks that changed nothing, and of those that failed
without being confirmed. Apps above register in their AppConfig.ready().
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.models import Monitor, Target


@dataclass(frozen=True, slots=True)
class Looked:
    """`target` as it stands after the look at `at`: `seen` is what this look said, `state` what Nightdesk says now."""

    monitor: Monitor
    target: Target
    at: datetime


type Follower = Callable[[Sequence[Looked]], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """From now on `follower` hears of every look. It may ask and write a little: a batch of monitors waits for it."""
    if follower not in _followers:
        _followers.append(follower)


def tell(monitors: Iterable[Monitor], targets: Iterable[Target], at: datetime) -> None:
    by_key = {monitor.pk: monitor for monitor in monitors}
    looked = [Looked(by_key[target.monitor_id], target, at) for target in targets]
    for follower in _followers:
        if looked:
            follower(looked)
