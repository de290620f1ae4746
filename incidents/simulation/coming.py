"""What time alone will bring from a moment on, soonest first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from incidents.messages import messages
from incidents.models import Clock, Incident, Obligation
from incidents.simulation.play import Played
from incidents.work.work import Work
from notifications.models import Delivery


@dataclass(frozen=True)
class Coming:
    at: datetime
    label: str


def coming(played: Played, incident: Incident, known: Work) -> list[Coming]:
    found = [*_clocks(incident), *_messages(incident, known), *_waiting(incident)]
    found += _owed(incident)
    if incident.is_open and incident.roles_due_at:
        found.append(Coming(incident.roles_due_at, _("Empty roles are asked for")))
    if incident.is_open and incident.remind_at:
        found.append(Coming(incident.remind_at, _("A status update is due")))
    later = {(one.at, one.label): one for one in found if one.at > played.now}
    return sorted(later.values(), key=lambda one: one.at)


def _clocks(incident: Incident) -> list[Coming]:
    found = []
    for clock in Clock.objects.filter(incident=incident).running():
        names = {"clock": clock.label}
        if clock.due_at and clock.breached_at is None:
            words = _("“%(clock)s” is over") if clock.at_least else _("“%(clock)s” runs out")
            found.append(Coming(clock.due_at, words % names))
        if clock.warn_at and clock.breached_at is None:
            found.append(Coming(clock.warn_at, _("People are reminded of “%(clock)s”") % names))
    return found


def _messages(incident: Incident, known: Work) -> list[Coming]:
    planned = [one for one in messages.messages(incident, known) if one.state == "planned" and one.due_at]
    return [
        Coming(one.due_at, _("“%(title)s” is due") % {"title": one.title}) for one in planned if one.due_at
    ]


def _owed(incident: Incident) -> list[Coming]:
    rows = Obligation.objects.open().filter(incident=incident, told_late_at=None)
    return [Coming(row.late_at, _("“%(title)s” is late") % {"title": row.title}) for row in rows]


def _waiting(incident: Incident) -> list[Coming]:
    rows = Delivery.objects.about(incident.ref).waiting().values_list("due_at", flat=True)
    return [Coming(at, _("Messages that waited for the morning leave")) for at in rows]
