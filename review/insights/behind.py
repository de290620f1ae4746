"""The incidents that a figure is made of, each with what it adds to it: `time.resolved`, `clock.response.breached`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

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


# What it is called, and of each line the incident's primary key and words. KeyError for what there is not.
type Found = tuple[str, list[tuple[int, str]]]


def behind(what: str, asked: Asked, rows: IncidentQuerySet, now: datetime) -> Behind | None:
    """None for a figure that there is not."""
    kind, of, ended, *more = [*what.split("."), "", ""]
    try:
        if any(more):
            return None
        title, found = _KINDS[kind](Question(asked, rows, of, ended, now))
    except (KeyError, ValueError):
        return None
    shown = found[:MOST]
    known = Incident.objects.select_related("product", "severity").in_bulk({pk for pk, _words in shown})
    return Behind(title, len(found), [Line(known[pk], words) for pk, words in shown])


def _status(asked: Question) -> Found:
    """ "" for all that count."""
    if not asked.of:
        return _("Counted"), _newest(asked.mine)
    status = Status(asked.of)
    return str(status.label), _newest(asked.asked.of(asked.rows).real().filter(status=status))


def _mode(asked: Question) -> Found:
    mode = Mode(asked.of)
    return str(mode.label), _newest(asked.asked.of(asked.rows).filter(mode=mode))


def _newest(rows: IncidentQuerySet) -> list[tuple[int, str]]:
    """With how it stands."""
    found = rows.order_by("-declared_at", "-pk").values_list("pk", "status")
    return [(pk, str(Status(status).label)) for pk, status in found]


def _reopened(asked: Question) -> Found:
    known = counted(asked.asked, asked.rows)
    keys = {pk for group in known.groups for pk in group.reopened}
    return _("Opened again"), _newest(asked.rows.filter(pk__in=keys))


def _time(asked: Question) -> Found:
    """The longest first."""
    label = str(MEASURES[asked.of])
    times = [one for group in counted(asked.asked, asked.rows).groups for one in group.times[asked.of]]
    longest = sorted(times, key=itemgetter(1, 0), reverse=True)
    return label, [(pk, span(seconds)) for pk, seconds in longest]


def _clock(asked: Question) -> Found:
    """With how long it ran, and of which limit."""
    ended = Outcome(asked.ended)
    runs = Clock.objects.filter(incident__in=asked.mine, key=asked.of).annotate(outcome=outcome(asked.now))
    found = runs.filter(outcome=ended).order_by("-started_at", "-pk")
    label = next((clock.label for clock in found), asked.of)
    words = _("%(took)s, limit %(limit)s")
    return f"{label}: {ended.label}", [
        (
            one.incident_id,
            words
            % {"took": span(one.reading(asked.now).elapsed_s), "limit": limit_of(one.run, one.target) or "–"},
        )
        for one in found
    ]


_AFTER: Mapping[str, Q] = MappingProxyType(
    {"": Q(), "replaced": Q(superseded_at__isnull=False), "reopened": Q(again=True)}
)


def _decision(asked: Question) -> Found:
    choice = Choice(asked.of)
    rows = Decision.objects.filter(incident__in=asked.mine, choice=choice)
    found = rows.annotate(again=Decision.objects.opened_again()).filter(_AFTER[asked.ended])
    titles = {
        "": "%s",
        "replaced": _("%s: replaced by a later decision"),
        "reopened": _("%s: opened again after it"),
    }
    return titles[asked.ended] % choice.label, [(one.incident_id, one.words) for one in found.defer("facts")]


def _hotfix(asked: Question) -> Found:
    back = Q(taken_back_at__isnull=False)
    wanted = back if asked.of == "taken_back" else Q(status=Hotfix.Status(asked.of)) & ~back
    label = _("taken back") if asked.of == "taken_back" else Hotfix.Status(asked.of).label
    return _("Hotfixes: %s") % label, _refs(Hotfix.objects.filter(wanted), asked)


def _rollback(asked: Question) -> Found:
    status = Rollback.Status(asked.of)
    return _("Rollbacks: %s") % status.label, _refs(Rollback.objects.filter(status=status), asked)


def _refs(rows: QuerySet[Any], asked: Question) -> list[tuple[int, str]]:
    return [(one.incident_id, one.ref) for one in rows.filter(incident__in=asked.mine).order_by("-number")]


def _action(asked: Question) -> Found:
    today = asked.now.astimezone(asked.asked.zone).date()
    late = asked.of == "overdue"
    state = ActionState.OPEN if late else ActionState(asked.of)
    rows = ActionItem.objects.filter(postmortem__incident__in=asked.mine, state=state).select_related(
        "postmortem"
    )
    found = (rows.filter(due__lt=today) if late else rows).order_by("due", "pk")
    words = [(one.postmortem.incident_id, f"{one.text} ({one.due.isoformat()})") for one in found]
    return _("Action items: %s") % (_("overdue") if late else state.label), words


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
