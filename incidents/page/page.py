"""What the incident page shows, read once.

One function per region's facts, few queries, nothing decided in the template.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.safestring import SafeString

from accounts.access import allowed
from accounts.models import User
from incidents import glance
from incidents.clocks import clocks
from incidents.clocks.shown import Board, ClockView, board, clock_views, with_actions
from incidents.glance import maintenance_of, redactions_of
from incidents.models import Incident, RedactionRequest, TimelineEvent, TimelineLine
from incidents.roles import holding
from incidents.telling import escalation, unreached
from incidents.telling.escalation import Next
from incidents.telling.recipients import nobody_left, opened_at
from incidents.telling.unreached import Unreached
from incidents.timeline import lines
from incidents.timeline.story import story
from incidents.work import verdicts, work
from incidents.work.next_action import Action, decision, next_action
from incidents.work.recovered import recovered
from incidents.work.taken import Taken, taken
from monitoring.history import between
from monitoring.maintenance.shown import Window
from monitoring.models import Target
from monitoring.shown import as_shown
from monitoring.uptime import Segment
from notifications.models import Delivery
from notifications.queue import CANNOT
from notifications.standing import of_incident
from products.vocabulary import EventKind

LINES_SHOWN = 300


@dataclass(frozen=True)
class IncidentPage:
    incident: Incident
    now: datetime
    clocks: list[ClockView]
    action: Action | None
    target: Target | None
    redactions: list[RedactionRequest]
    may_respond: bool
    stretches: list[Segment] = field(default_factory=list)
    lines: list[SafeString] = field(default_factory=list)
    older: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    # Whom nothing that wakes has reached, while nobody has acknowledged it.
    unreached: list[Unreached] = field(default_factory=list)
    # Who is asked next while nobody has acknowledged it.
    next_to_wake: Next | None = None
    # Who acknowledged it, while nobody leads.
    taken: Taken | None = None
    # What of its product is in maintenance.
    maintenance: list[Window] = field(default_factory=list)

    @property
    def board(self) -> Board:
        """The clocks of the head: running ones first, what is over folded."""
        return board(self.clocks)

    @property
    def undelivered(self) -> int:
        """How many messages about it did not arrive."""
        return sum(one.trouble == "lost" for one in self.deliveries)

    @property
    def stuck(self) -> int:
        """How many have not arrived so far, although they should have."""
        return sum(one.trouble == "stuck" for one in self.deliveries)

    @property
    def unsure(self) -> int:
        """Of how many nobody knows."""
        return sum(one.trouble == "unsure" for one in self.deliveries)

    @property
    def stranded(self) -> bool:
        """Everybody who was asked to take it has said that they cannot."""
        asked = self.incident.is_open and not self.incident.acknowledged_at
        return asked and nobody_left(self.deliveries)

    @property
    def recovered(self) -> Target | None:
        """Its monitor, once that is up again."""
        return recovered(self.incident, self.target)

    @property
    def still(self) -> list[ClockView]:
        """The clocks that somebody has paused: easily forgotten."""
        return [view for view in self.clocks if view.reading.state == "paused"]

    @property
    def took(self) -> str:
        """From detection to resolution in words; empty while it is open."""
        end = self.incident.resolved_at
        return clocks.span((end - self.incident.detected_at).total_seconds()) if end else ""


def read(
    incident: Incident, reader: User, now: datetime, *, everything: bool = False, with_lines: bool = True
) -> IncidentPage:
    may = allowed(reader, "note", incident)
    target = incident.target
    stretches = last_hour(target, now) if target else []
    if target:
        as_shown([target], now)
    told = of_incident(incident.ref)
    action = _action(incident, target, reader, may)
    glance.keep(incident, glance.ACTION, action)
    shown = _lines(incident, None if everything else LINES_SHOWN) if with_lines else []
    return IncidentPage(
        incident=incident,
        now=now,
        clocks=with_actions(clock_views(incident, now), incident, reader),
        action=action,
        target=target,
        redactions=redactions_of(incident),
        may_respond=may,
        stretches=stretches,
        lines=lines.with_days(shown, incident.product.team.time_zone),
        older=max(0, incident.timeline_seq - len(shown)),
        deliveries=told,
        unreached=unreached.of_page(incident, told, now),
        taken=taken(incident, story(incident).last(EventKind.ACKNOWLEDGED), reader),
        maintenance=maintenance_of(incident, now),
        next_to_wake=escalation.next_to_wake(incident, now, out=_cannot(incident, told)),
    )


def _cannot(incident: Incident, told: list[Delivery]) -> set[str]:
    """As recipients.declined, from what was read already."""
    said = [one for one in told if one.answer == CANNOT and one.answered_at]
    opened = opened_at(incident) if said else incident.declared_at
    return {one.recipient for one in said if one.answered_at and one.answered_at >= opened}


def _action(incident: Incident, target: Target | None, reader: User, may: bool) -> Action | None:
    """Whoever may only read may still be the one who decides."""
    role = holding.decides_as(incident, reader) if incident.is_open else None
    decides = role.label if role and not role.broke_glass else ""
    known = work.of(incident)
    if not may:
        return decision(incident, decides, known) if decides else None
    state = target.state if target else None
    return next_action(
        incident,
        monitor_state=state,
        work=known,
        decides=decides,
        checks=verdicts.of(incident),
        reader=reader,
    )


def last_hour(target: Target, now: datetime) -> list[Segment]:
    """How the target has been for the last hour, for the strip."""
    return between([target], now - timedelta(hours=1), now)[target.pk]


def _lines(incident: Incident, limit: int | None) -> list[tuple[str, datetime, int]]:
    rows = TimelineLine.objects.filter(event__incident=incident, language=lines.LANGUAGE)
    newest = rows.order_by("-event__occurred_at", "-event__seq")
    columns = ("html", "event__occurred_at", "event__seq", "event__kind", "event__pk")
    found = list(newest.values_list(*columns)[:limit])
    anew = _private_since([pk for html, _at, _seq, kind, pk in found if _names_another(kind, html)])
    return [(anew.get(pk, html), at, seq) for html, at, seq, _kind, pk in found]


def _names_another(kind: str, html: str) -> bool:
    naming = kind in (EventKind.DUPLICATE_MARKED, EventKind.TAKEN_BACK)
    return naming or (kind == EventKind.NOTED and "is a duplicate of this" in html)


def _private_since(events: list[int]) -> dict[int, str]:
    """The lines of those that name an incident which became private after they were written, by the event."""
    rows = TimelineEvent.objects.select_related("incident__product__team", "actor", "payload")
    found = rows.filter(pk__in=events) if events else ()
    return {event.pk: lines.render(event) for event in found if event.kept_back}


def history(event: TimelineEvent) -> list[TimelineEvent]:
    """Corrections and redactions of an event, oldest first."""
    return list(event.superseded_by.select_related("actor", "payload").order_by("seq"))
