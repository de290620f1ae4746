"""The words for how a target is, and their order."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Worst first: of several targets the worst speaks for the monitor.

    Unknown is worse than up, so that a board with one target out of sight is never all green, and better than
    degraded, because what is seen to fail comes before what is not seen. Maintenance is planned: it is no
    trouble, and nothing that anybody calls well.
    """

    DOWN = "down", _("Down")
    DEGRADED = "degraded", _("Degraded")
    UNKNOWN = "unknown", _("Can't tell")
    MAINTENANCE = "maintenance", _("Maintenance")
    UP = "up", _("Up")


RANK: dict[str, int] = {state: position for position, state in enumerate(State)}
HEALTH: dict[str, int] = {State.UP: 0, State.DEGRADED: 1, State.DOWN: 2}


def worst(states: Iterable[str]) -> State:
    """The worst of `states`; unknown when there are none, for nothing was seen."""
    return State(min(states, key=RANK.__getitem__, default=State.UNKNOWN))
