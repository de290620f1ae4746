"""What a rollback adds to the T-ruler: what it does without of the plan, and its own moments as they happened (A37)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from incidents.models import TimelineEvent
from incidents.ruler.ruler import Happened
from incidents.timeline.story import Story
from products.vocabulary import EventKind as Kind

# The way of a fix through git: a rollback goes none of it.
OF_A_FIX: Final = frozenset(
    {
        Kind.HOTFIX_STARTED, Kind.BRANCH_SEEN, Kind.FIX_PUSHED, Kind.REVIEW_REQUESTED, Kind.APPROVED, Kind.MERGED,
        Kind.TAGGED, Kind.RELEASED,
    }
)  # fmt: skip
_TONES: Final = {Kind.WATCH_MET: "good", Kind.WATCH_FAILED: "late"}
_TOLD: Final = (Kind.ROLLBACK_STARTED, Kind.ROLLED_BACK, Kind.WATCH_MET, Kind.WATCH_FAILED, Kind.CLOSED)


def goes_back(told: Story) -> bool:
    """The remedy under way, or the last one, is a rollback."""
    last = told.since(told.last(Kind.REOPENED)).last(Kind.HOTFIX_STARTED, Kind.ROLLBACK_STARTED)
    return last is not None and last.kind == Kind.ROLLBACK_STARTED


def left_out(words: Iterable[str]) -> bool:
    """A planned moment that only a fix has."""
    return all(word.partition(":")[0] in OF_A_FIX for word in words)


def happened(told: Story, moved: Mapping[int, datetime], planned: Collection[str]) -> list[Happened]:
    """From the decision to go back on: each of its moments that the process does not plan by itself."""
    begun = told.last(Kind.ROLLBACK_STARTED)
    if begun is None or not goes_back(told):
        return []
    since = [event for event in told.events if event.seq >= begun.seq and event.kind in _TOLD]
    chosen = [event for event in told.events if event.kind == Kind.DECIDED and event.seq < begun.seq][-1:]
    shown = [event for event in [*chosen, *since] if event.kind not in planned]
    return [
        Happened(moved.get(one.pk, one.occurred_at), _label(one), _TONES.get(Kind(one.kind), "plain"))
        for one in shown
    ]


def _label(event: TimelineEvent) -> str:
    halted = bool(event.data.get("halted"))
    return {
        Kind.DECIDED: _("Decided to go back"),
        Kind.ROLLBACK_STARTED: _("Rollback begun"),
        Kind.ROLLED_BACK: _("Rollout halted") if halted else _("Version before is back"),
        Kind.WATCH_MET: _("Watch passed"),
        Kind.WATCH_FAILED: _("Watch failed"),
    }.get(Kind(event.kind), _("Closed"))
