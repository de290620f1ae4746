"""The clocks of an incident as a page or a script reads them at one moment: which, in which order, with what to do."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import allowed
from accounts.models import User
from incidents.clocks import verbs as clock_verbs
from incidents.clocks.clocks import Reading
from incidents.glance import clocks_of
from incidents.models import Clock, Incident
from products.vocabulary import ClockKey, ClockWords, clock_words
from products.vocabulary import EventKind as Kind

# So many stand in the head of the page; from more on the others fold.
SHOWN = 3


class Instead(NamedTuple):
    """`label` stands before how long it took, `said` beside it."""

    label: Promise
    said: Promise


# What ends the clock of the decision though nobody decided.
INSTEAD: dict[str, Instead] = {
    Kind.MITIGATED: Instead(_("Not decided: contained after"), _("nobody decided: contained first")),
    Kind.DEFERRED: Instead(_("Not decided: deferred after"), _("nobody decided: deferred first")),
    Kind.RESOLVED: Instead(_("Not decided: resolved after"), _("nobody decided: resolved first")),
    Kind.DECLINED: Instead(_("Not decided: declined after"), _("nobody decided: declined first")),
}


@dataclass(frozen=True)
class ClockAction:
    """What may be done to a clock: a link to the form. `clock` says to which, for whoever hears only the link."""

    href: str
    label: str | Promise
    clock: str


@dataclass(frozen=True)
class ClockView:
    """A clock as it reads at one moment, with its sum; `{% clock view %}` draws it. `label` names it among its kind."""

    clock: Clock
    reading: Reading
    sum: list[str]
    actions: tuple[ClockAction, ...] = ()
    label: str = ""

    @property
    def words(self) -> ClockWords:
        found = clock_words(self.clock.key, self.label or self.clock.label, at_least=self.clock.at_least)
        other = self._instead
        return found._replace(met=other.label, missed=other.label) if other else found

    @property
    def instead(self) -> str:
        """What ended it, where that is not what it asks for: "nobody decided: resolved first"."""
        return str(self._instead.said) if self._instead else ""

    @property
    def _instead(self) -> Instead | None:
        kind = self.clock.__dict__.get("stopped_kind") if self.clock.key == ClockKey.DECISION else None
        return INSTEAD.get(kind) if kind else None

    @property
    def over(self) -> bool:
        """Nothing is to be waited for or done any more."""
        return self.clock.run.ended_at is not None or self.reading.state == "met"

    @property
    def late(self) -> bool:
        return self.reading.state == "breached" or self.clock.breached_at is not None


@dataclass(frozen=True)
class Board:
    """The clocks of a page's head: a few `shown`, the most urgent first; the others folded."""

    shown: list[ClockView]
    running: list[ClockView]
    over: list[ClockView]

    @property
    def late(self) -> int:
        """How many of the folded ones were late."""
        return sum(view.late for view in (*self.running, *self.over))


def clock_views(incident: Incident, now: datetime) -> list[ClockView]:
    """The latest cycle of each clock, of each remedy, in the order of the process."""
    order = {rule.key: position for position, rule in enumerate(incident.process_version.clocks())}
    latest: dict[tuple[str, str], Clock] = {}
    for clock in clocks_of(incident):
        latest[clock.key, clock.subject] = clock
    found = sorted(latest.values(), key=lambda clock: (order.get(clock.key, len(order)), clock.pk))
    keys = [clock.key for clock in found]
    several = {key for key in keys if keys.count(key) > 1}
    return [_view(clock, now, clock.key in several) for clock in found]


def _view(clock: Clock, now: datetime, several: bool) -> ClockView:
    label = clock_verbs.name(clock) if several else clock.label
    return ClockView(clock, clock.reading(now), clock.sum(now), label=label)


def board(views: list[ClockView]) -> Board:
    """Three clocks stand as the process has them. Of more the next due are shown, then what is over folds away."""
    if len(views) <= SHOWN:
        return Board(views, [], [])
    going = sorted((view for view in views if not view.over), key=_urgency)
    over = [view for view in views if view.over]
    shown = going[:SHOWN] or over[:1]
    return Board(shown, going[SHOWN:], [view for view in over if view not in shown])


def _urgency(view: ClockView) -> tuple[bool, float]:
    """Promises and aims by when they are due, then what only waits, is paused or has no end."""
    due = view.reading.due_at
    return (due is None or view.clock.at_least, due.timestamp() if due else 0.0)


def with_actions(views: list[ClockView], incident: Incident, reader: User) -> list[ClockView]:
    """As `views`, each with what `reader` may do to it now."""
    may = {verb for verb in ("pause_clock", "resume_clock", "waive_clock") if allowed(reader, verb, incident)}
    return [replace(view, actions=_actions(view, incident, may)) for view in views] if may else views


def _actions(view: ClockView, incident: Incident, may: set[str]) -> tuple[ClockAction, ...]:
    clock, reading = view.clock, view.reading
    fits = (
        ("pause_clock", _("Pause"), clock_verbs.is_running(clock, reading)),
        ("resume_clock", _("Go on"), reading.state == "paused"),
        ("waive_clock", _("Waive"), clock_verbs.can_be_waived(clock, reading)),
    )
    asked = urlencode({"clock": clock_verbs.value(clock)})
    return tuple(
        ClockAction(f"{reverse('act', args=[incident.ref, verb])}?{asked}", label, clock_verbs.name(clock))
        for verb, label, fit in fits
        if fit and verb in may
    )
