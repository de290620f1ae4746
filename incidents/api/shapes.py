"""An incident, its clocks and its timeline as docs/api.md names them. More fields may be added, none renamed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from foundation.shapes import Utc, address, utc, utc_or_none
from incidents import glance
from incidents.clocks.clocks import paused_s
from incidents.clocks.shown import clock_views
from incidents.lifecycle import exits
from incidents.models import Clock, Incident, Status, TimelineEvent
from incidents.telling import escalation
from incidents.together import glances


class ClockShape(Schema):
    """`sum` is the clock's sum, line by line, as the page prints it. `subject`: the remedy it is of, else empty.

    `at_least`: a time to wait out, whose end is good; `holds` are the verbs that wait for it. `calendar`: which hours
    alone count, empty for all.
    """

    key: str
    subject: str
    label: str
    kind: Literal["commitment", "target"]
    cycle: int
    severity: str
    target: str
    target_s: int | None
    started_at: Utc
    due_at: Utc | None
    stopped_at: Utc | None
    breached_at: Utc | None
    noticed_at: Utc | None
    waived_at: Utc | None
    paused_s: float
    at_least: bool
    holds: list[str]
    calendar: str
    state: Literal["running", "paused", "met", "breached", "cancelled", "waived", "none"]
    sum: list[str]


class People(Schema):
    n: int | None
    estimate: bool
    source: str


class ProcessRef(Schema):
    key: str
    version: int


class NextToWake(Schema):
    """Who is asked next to acknowledge, as which role, and when: in the morning where the severity wakes nobody."""

    who: str
    at: Utc
    why: str


class IncidentShape(Schema):
    """People are named by their e-mail address. `roles` maps the key of a role to who holds it now.

    `next_to_wake`: who is asked next unless somebody acknowledges; null once somebody has, and in drills.
    `update_due_at`: when people are to hear how it stands, `remind_at` when somebody is reminded of it.
    """

    ref: str
    title: str
    product: str
    environment: str | None
    severity: str
    status: Status
    mode: Literal["live", "drill", "retrospective"]
    private: bool
    impact: str
    workaround: str
    users_affected: People
    flags: list[Literal["security", "data_loss"]]
    affected_version: str
    detected_at: Utc
    reported_at: Utc | None
    declared_at: Utc
    declared_by: str | None
    acknowledged_at: Utc | None
    resolved_at: Utc | None
    deferred_to: str
    duplicate_of: str | None
    lead: str | None
    roles: dict[str, str]
    process: ProcessRef
    monitor: str | None
    clocks: list[ClockShape]
    next_to_wake: NextToWake | None
    update_due_at: Utc | None
    remind_at: Utc | None
    url: str


class EventProof(Schema):
    """With these a few lines of Python recompute the chain (docs/timeline.md)."""

    canonical: str
    payload_digest: str


class EventShape(Schema):
    """`text` and `data` are empty, and `redacted` true, where an entry was redacted or is asked to be."""

    seq: int
    kind: str
    occurred_at: Utc
    recorded_at: Utc
    actor: str
    source: str
    subject: str
    text: str
    data: dict[str, Any]
    redacted: bool
    supersedes: int | None
    proof: EventProof
    hash: str
    prev_hash: str


def incident_shape(incident: Incident, now: datetime | None = None) -> dict[str, Any]:
    """What several of its parts go by is asked once."""
    with glance.glance(incident):
        return _incident_shape(incident, now or glance.now(incident))


def incident_shapes(incidents: Sequence[Incident], now: datetime) -> list[dict[str, Any]]:
    """Those of a list, as `incident_shape`, with what they ask asked once for all."""
    return [_incident_shape(incident, now) for incident in glances(incidents)]


def _incident_shape(incident: Incident, now: datetime) -> dict[str, Any]:
    held = [one for one in glance.assignments_of(incident) if one.until is None]
    return {
        "ref": incident.ref,
        "title": incident.title,
        "product": incident.product.slug,
        "environment": incident.environment.name if incident.environment else None,
        "severity": incident.severity.key,
        "status": incident.status,
        "mode": incident.mode,
        "private": incident.private,
        "impact": incident.impact,
        "workaround": incident.workaround,
        "users_affected": {
            "n": incident.users_affected,
            "estimate": incident.users_estimated,
            "source": incident.users_source,
        },
        "flags": [name for name in ("security", "data_loss") if getattr(incident, name)],
        "affected_version": incident.affected_version,
        "detected_at": utc(incident.detected_at),
        "reported_at": utc_or_none(incident.reported_at),
        "declared_at": utc(incident.declared_at),
        "declared_by": incident.declared_by.email if incident.declared_by else None,
        "acknowledged_at": utc_or_none(incident.acknowledged_at),
        "resolved_at": utc_or_none(incident.resolved_at),
        **exits.facts(incident),
        "lead": incident.lead.email if incident.lead else None,
        "roles": {each.role: each.user.email for each in held},
        "process": {"key": incident.process_version.process.key, "version": incident.process_version.number},
        "monitor": incident.target.monitor.slug if incident.target else None,
        "clocks": [clock_shape(view.clock, now) for view in clock_views(incident, now)],
        "next_to_wake": _next_to_wake(incident, now),
        "update_due_at": utc_or_none(incident.update_due_at),
        "remind_at": utc_or_none(incident.remind_at),
        "url": address(incident.get_absolute_url()),
    }


def _next_to_wake(incident: Incident, now: datetime) -> dict[str, Any] | None:
    found = escalation.next_to_wake(incident, now)
    return {"who": found.who, "at": utc(found.at), "why": found.why} if found else None


def clock_shape(clock: Clock, now: datetime) -> dict[str, Any]:
    same = ("key", "label", "kind", "cycle", "severity", "target", "target_s")
    moments = ("due_at", "stopped_at", "breached_at", "noticed_at")
    return {
        **{name: getattr(clock, name) for name in same},
        **{name: utc_or_none(getattr(clock, name)) for name in moments},
        "started_at": utc(clock.started_at),
        "paused_s": paused_s(clock.run, clock.run.ended_at or now),
        "subject": clock.subject,
        "waived_at": utc_or_none(clock.waived_at),
        "at_least": clock.at_least,
        "holds": clock.holds,
        "calendar": clock.run.calendar.text() if clock.run.calendar else "",
        "state": clock.reading(now).state,
        "sum": clock.sum(now),
    }


def event_shape(event: TimelineEvent) -> dict[str, Any]:
    """Wants `payload`, `supersedes` and `asked` (whether somebody asked to redact it) read with it."""
    hidden = event.redacted or event.asked  # type: ignore[attr-defined]
    return {
        "seq": event.seq,
        "kind": event.kind,
        "occurred_at": utc(event.occurred_at),
        "recorded_at": utc(event.recorded_at),
        "actor": event.actor_label,
        "source": event.source,
        "subject": event.subject,
        "text": "" if hidden else event.text,
        "data": {} if hidden else event.data,
        "redacted": hidden,
        "supersedes": event.supersedes.seq if event.supersedes else None,
        "proof": {"canonical": event.canonical, "payload_digest": event.payload_digest},
        "hash": event.hash,
        "prev_hash": event.prev_hash,
    }
