"""What a press and a reply do; only the app above knows, and says so when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from notifications.models import Delivery


@dataclass(frozen=True)
class Said:
    """A reply in the thread of `ref`: by `user`, or by somebody whom only Slack knows, named `label`."""

    ref: str
    user: User | None
    label: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Deeds:
    """`acknowledge` gives the sentence for who pressed; `note` why it was not taken, or nothing. `taken` is what stands
    in the room instead of the button once there is nothing to press; else, and of what no room may know, nothing.
    """

    acknowledge: Callable[[Delivery, User], str]
    note: Callable[[Said], str]
    taken: Callable[[Delivery], str]


_deeds: list[Deeds] = []


def register(deeds: Deeds) -> None:
    _deeds[:] = [deeds]


def known() -> Deeds:
    return _deeds[0]
