"""What a report knows by itself at one moment: JSON that can be kept, with entries of the timeline by their number.

Words that people wrote on the timeline are not in it (review/timeline.py puts them in), so that redacting an entry
reaches a reviewed report too. Everything else stands as it was.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from foundation.written import utc, utc_or_none
from hotfixes.models import Decision
from incidents.clocks import clocks as arithmetic
from incidents.clocks.shown import ClockView
from incidents.messages import messages
from incidents.models import Clock, Incident
from incidents.ruler import panel as ruler_panel
from incidents.work import work
from notifications.models import Delivery
from products.vocabulary import EventKind
from review import figures, hotfixes, rollbacks
from review.documents import agenda, questions, share

SCHEMA = 1
DELIVERIES = 500


def collect(incident: Incident, now: datetime, *, reviewed_at: datetime | None = None) -> dict[str, Any]:
    """`reviewed_at`: this is being reviewed at that moment, which stops the clocks that wait for it."""
    known = work.read(incident)
    return {
        "schema": SCHEMA,
        "at": utc(now),
        "incident": _incident(incident),
        "times": figures.times(incident, known.story),
        "durations": figures.durations(incident, known.story),
        "timeline": [event.seq for event in _events(incident)],
        "head": incident.timeline_hash,
        "clocks": _clocks(incident, now, reviewed_at),
        "plan": _plan(incident, now),
        "decisions": [
            _decision(one) for one in incident.decisions.select_related("event", "by").order_by("number")
        ],
        "checklist": [_box(box) for box in known.boxes],
        "hotfixes": hotfixes.collect(incident),
        "rollbacks": rollbacks.collect(incident),
        "messages": [_message(one, known) for one in messages.messages(incident, known, now)],
        "told": _told(incident),
        "roles": _roles(incident),
        "questions": questions(incident),
        "agenda": agenda(incident),
        "share": share(incident),
    }


def digest(found: dict[str, Any]) -> str:
    """sha256 of the snapshot as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _events(incident: Incident) -> Any:
    return incident.events.order_by("seq").only("seq", "incident")


def _incident(incident: Incident) -> dict[str, Any]:
    version = incident.process_version
    return {
        "ref": incident.ref,
        "product": incident.product.name,
        "environment": str(incident.environment or ""),
        "version": incident.affected_version,
        "severity": incident.severity.label,
        "mark": incident.severity.mark,
        "status": incident.status,
        "mode": incident.mode,
        "private": incident.private,
        "users_affected": incident.users_affected,
        "users_estimated": incident.users_estimated,
        "security": incident.security,
        "data_loss": incident.data_loss,
        "lead": str(incident.lead or ""),
        "process": {"key": version.process.key, "version": version.number},
    }


def _clocks(incident: Incident, now: datetime, reviewed_at: datetime | None) -> list[dict[str, Any]]:
    """Every run of every clock, in the order of the process, with the sum that pages and the API print."""
    rules = {rule.key: rule for rule in incident.process_version.clocks()}
    order = {key: place for place, key in enumerate(rules)}
    rows = incident.clocks.annotate(stopped_kind=F("stopped_by__kind"))
    found = sorted(rows, key=lambda c: (order.get(c.key, len(order)), c.cycle, c.pk))
    for clock in found:
        rule = rules.get(clock.key)
        ends = rule and rule.stops_with(EventKind.POSTMORTEM_PUBLISHED, "")
        if reviewed_at and ends and clock.run.ended_at is None:
            clock.stopped_at = max(reviewed_at, clock.started_at)  # as it will be; not saved here
    return [_clock(clock, now) for clock in found]


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    reading = clock.reading(now)
    view = ClockView(clock, reading, clock.sum(now))
    return {
        "key": clock.key,
        "label": clock.label,
        "subject": clock.subject,
        "cycle": clock.cycle,
        "kind": clock.kind,
        "severity": clock.severity,
        "target": arithmetic.asked(clock.run, clock.target),
        "state": reading.state,
        "late": view.late,
        "instead": view.instead,
        "due_at": utc_or_none(reading.due_at),
        "stopped_at": utc_or_none(clock.stopped_at),
        "took_s": int(reading.elapsed_s),
        "took": _took(clock, reading),
        "sum": view.sum,
    }


def _took(clock: Clock, reading: arithmetic.Reading) -> str:
    """How long it ran; what does not count is said with it: "3 min 40 s, stood still for 1 min 36 s"."""
    still = arithmetic.paused_s(clock.run, clock.run.ended_at) if clock.run.ended_at else 0
    took = arithmetic.span(reading.elapsed_s)
    if not still:
        return took
    return _("%(took)s, stood still for %(still)s") % {"took": took, "still": arithmetic.span(still)}


def _plan(incident: Incident, now: datetime) -> dict[str, Any] | None:
    """The ruler: what was planned for when, and when it happened."""
    ruler = ruler_panel.read(incident, now)
    if ruler is None:
        return None
    marks = [
        {
            "planned": mark.offset,
            "at_s": mark.plan.at_s,
            "real_s": None if mark.real_at is None else int(ruler.seconds(mark.real_at)),
            "limit": mark.plan.limit,
            "label": mark.plan.label,
            "happened_at": utc_or_none(mark.real_at),
            "status": mark.status,
            "text": mark.text,
        }
        for mark in ruler.marks
    ]
    total_s = int(ruler.total.elapsed_s)
    return {"total": str(ruler.total.text), "total_s": total_s, "late": len(ruler.late), "marks": marks}


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "number": decision.number,
        "what": decision.words,
        "by": str(decision.by),
        "role": decision.role,
        "at": utc(decision.at),
        "seq": decision.event.seq,
        "replaced": decision.superseded_at is not None,
        **({"emergency": True} if decision.emergency else {}),
        "digest": decision.digest,
    }


def _box(box: Any) -> dict[str, Any]:
    return {
        "position": box.position,
        "title": box.title,
        "state": str(box.state),
        "by": box.done_by_event.actor_label if box.done_by_event else "",
        "at": utc_or_none(box.done_at),
        "seq": box.done_by_event.seq if box.done_by_event else None,
    }


def _message(one: messages.MessageView, known: work.Work) -> dict[str, Any]:
    """`vouched`: the lines that nothing could show and somebody answered for; their reasons are the timeline's."""
    lines = {line.get("claim"): str(line["text"]) for line in one.spec["body"]}
    return {
        "key": one.key,
        "title": one.title,
        "audience": one.spec.get("audience", "internal"),
        "state": one.state,
        "late": one.late,
        "by": one.sent.actor_label if one.sent else "",
        "at": utc_or_none(one.sent.occurred_at) if one.sent else None,
        "seq": one.sent.seq if one.sent else None,
        "vouched": [
            {"line": lines.get(event.data.get("claim"), ""), "by": event.actor_label, "seq": event.seq}
            for event in known.story.events
            if event.kind == EventKind.OVERRIDDEN and event.data.get("message") == one.key
        ],
    }


def _told(incident: Incident) -> list[dict[str, Any]]:
    """Each recipient and way once: how often it arrived, how often not, and why not the last time."""
    rows = Delivery.objects.about(incident.ref).order_by("pk")[:DELIVERIES]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        way = str(row.kind.label)
        one = found.setdefault(
            (row.label, way),
            {"who": row.label, "way": way, "sent": 0, "other": {}, "first_at": None, "why": ""},
        )
        if row.sent_at:
            one["sent"] += 1
            one["first_at"] = one["first_at"] or utc(row.sent_at)
        else:
            state = str(row.get_state_display())
            one["other"][state] = one["other"].get(state, 0) + 1
            one["why"] = row.reason
    order = list(dict.fromkeys(who for who, _way in found))
    return sorted(found.values(), key=lambda one: order.index(one["who"]))


def _roles(incident: Incident) -> list[dict[str, Any]]:
    rows = incident.assignments.select_related("user").order_by("since", "pk")
    return [
        {
            "role": row.label,
            "who": str(row.user),
            "since": utc(row.since),
            "until": utc_or_none(row.until),
            "as_administrator": row.break_glass,
        }
        for row in rows
    ]
