"""The incidents that a figure is made of, each with what it adds to it: `time.resolved`, `clock.response.breached`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Final

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotfixes.models import Choice, Decision, Hotfix, Rollback
from incidents.clocks.clocks import asked as limit_of
from incidents.clocks.clocks import span
from incidents.clocks.outcome import Outcome, outcome
from incidents.models import Clock, Incident, Mode, Status
from incidents.models.incident import IncidentQuerySet
from review.insights.asked import Asked
from review.insights.counted import MEASURES, counted
from review.models import ActionItem, ActionState

# So many are listed.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    incident: Incident
    words: str


@dataclass(frozen=True, slots=True)
class Behind:
    """`lines`: the first of `n`."""

    title: str
    n: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Question:
    """`of` and `ended`: the second and third word of what is asked for; `rows`: all that whoever asks may see."""

    asked: Asked
    rows: IncidentQuerySet
    of: str
    ended: str
    now: datetime

    @property
    def mine(self) -> IncidentQuerySet:
        return self.asked.counted(self.rows)


# What it is called, how many there are, and of the first of them the incident's primary key and words.
type Found = tuple[str, int, list[tuple[int, str]]]


def behind(what: str, asked: Asked, rows: IncidentQuerySet, now: datetime) -> Behind | None:
    """None for a figure that there is not."""
    kind, of, ended, *more = [*what.split("."), "", ""]
    try:
        if any(more):
            return None
        title, n, found = _KINDS[kind](Question(asked, rows, of, ended, now))
    except (KeyError, ValueError):
        return None
    known = Incident.objects.select_related("product", "severity").in_bulk({pk for pk, _words in found})
    return Behind(title, n, [Line(known[pk], words) for pk, words in found])


def _first[M: Model](
    title: str, rows: QuerySet[M], words: Callable[[M], str], incident: str = "incident_id"
) -> Found:
    return title, rows.count(), [(attrgetter(incident)(one), words(one)) for one in rows[:MOST]]


def _status(asked: Question) -> Found:
    """Without a status all that count."""
    if not asked.of:
        return _newest(_("Counted"), asked.mine)
    status = Status(asked.of)
    return _newest(str(status.label), asked.asked.of(asked.rows).real().filter(status=status))


def _mode(asked: Question) -> Found:
    mode = Mode(asked.of)
    return _newest(str(mode.label), asked.asked.of(asked.rows).filter(mode=mode))


def _newest(title: str, rows: IncidentQuerySet) -> Found:
    """With how each stands."""
    return _first(title, rows.order_by("-declared_at", "-pk"), Incident.get_status_display, "pk")


def _reopened(asked: Question) -> Found:
    known = counted(asked.asked, asked.rows)
    keys = {pk for group in known.groups for pk in group.reopened}
    return _newest(_("Opened again"), asked.rows.filter(pk__in=keys))


def _time(asked: Question) -> Found:
    """The longest first."""
    label = str(MEASURES[asked.of])
    times = [one for group in counted(asked.asked, asked.rows).groups for one in group.times[asked.of]]
    longest = sorted(times, key=itemgetter(1, 0), reverse=True)[:MOST]
    return label, len(times), [(pk, span(seconds)) for pk, seconds in longest]


def _clock(asked: Question) -> Found:
    """With how long it ran, and of which limit."""
    ended = Outcome(asked.ended)
    runs = Clock.objects.filter(incident__in=asked.mine, key=asked.of).annotate(outcome=outcome(asked.now))
    found = runs.filter(outcome=ended).order_by("-started_at", "-pk")
    newest = found.first()
    label = newest.label if newest else asked.of
    return _first(f"{label}: {ended.label}", found, lambda clock: _ran(clock, asked.now))


def _ran(clock: Clock, now: datetime) -> str:
    took, limit = span(clock.reading(now).elapsed_s), limit_of(clock.run, clock.target) or "–"
    return _("%(took)s, limit %(limit)s") % {"took": took, "limit": limit}


_AFTER: Mapping[str, tuple[Q, str | Promise]] = MappingProxyType(
    {
        "": (Q(), "%s"),
        "replaced": (Q(superseded_at__isnull=False), gettext_lazy("%s: replaced by a later decision")),
        "reopened": (Q(again=True), gettext_lazy("%s: opened again after it")),
    }
)


def _decision(asked: Question) -> Found:
    choice = Choice(asked.of)
    wanted, title = _AFTER[asked.ended]
    rows = Decision.objects.filter(incident__in=asked.mine, choice=choice).defer("facts")
    found = rows.annotate(again=Decision.objects.opened_again()).filter(wanted)
    return _first(str(title) % choice.label, found, lambda one: one.words)


def _hotfix(asked: Question) -> Found:
    back = Q(taken_back_at__isnull=False)
    wanted = back if asked.of == "taken_back" else Q(status=Hotfix.Status(asked.of)) & ~back
    label = _("taken back") if asked.of == "taken_back" else Hotfix.Status(asked.of).label
    mine = Hotfix.objects.filter(wanted, incident__in=asked.mine).order_by("-number")
    return _first(_("Hotfixes: %s") % label, mine, lambda one: one.ref)


def _rollback(asked: Question) -> Found:
    status = Rollback.Status(asked.of)
    mine = Rollback.objects.filter(status=status, incident__in=asked.mine).order_by("-number")
    return _first(_("Rollbacks: %s") % status.label, mine, lambda one: one.ref)


def _action(asked: Question) -> Found:
    today = asked.now.astimezone(asked.asked.zone).date()
    late = asked.of == "overdue"
    state = ActionState.OPEN if late else ActionState(asked.of)
    rows = ActionItem.objects.filter(postmortem__incident__in=asked.mine, state=state)
    found = (rows.filter(due__lt=today) if late else rows).select_related("postmortem").order_by("due", "pk")
    title = _("Action items: %s") % (_("overdue") if late else state.label)
    return _first(title, found, lambda one: f"{one.text} ({one.due})", "postmortem.incident_id")


_KINDS: Mapping[str, Callable[[Question], Found]] = MappingProxyType(
    {
        "status": _status,
        "mode": _mode,
        "reopened": _reopened,
        "time": _time,
        "clock": _clock,
        "decision": _decision,
        "hotfix": _hotfix,
        "rollback": _rollback,
        "action": _action,
    }
)
