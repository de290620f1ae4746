"""One report, read for whoever shows it: page, Markdown, JSON and API print the same.

Until it is reviewed it is read afresh each time; then what was reviewed is shown, and next to it what came later.
"""

from datetime import datetime
from typing import Any

from foundation.written import address, utc, utc_or_none
from hotfixes.models.spoken import with_words
from incidents.models import Incident
from products.vocabulary import EventKind
from review import answers, evidence, rollback_lines
from review.findings import findings
from review.models import ActionItem, Postmortem
from review.process_change import process_change
from review.timeline import Entry, Timeline, described

# What came after a review and changes what one thinks of it.
WEIGHTY = frozenset(
    {EventKind.CORRECTED, EventKind.REDACTED, EventKind.REOPENED, EventKind.DECIDED, EventKind.RESOLVED}
)


def postmortem_of(incident: Incident) -> Postmortem | None:
    rows = Postmortem.objects.filter(incident=incident)
    return rows.select_related("reviewed_by", "scheduled_by", "event").first()


def read(incident: Incident, now: datetime, found: Postmortem | None = None) -> dict[str, Any]:
    """JSON. Wants the incident as `for_page()` reads it."""
    found = found or postmortem_of(incident)
    frozen = found.snapshot if found and found.is_reviewed else None
    known = frozen or {**evidence.collect(incident, now), "answers": answers.current(incident, found)}
    told = Timeline(incident, head=len(known["timeline"]))
    doing = actions(found)
    shape = {
        **known,
        "incident": _incident(known, incident, told),
        "timeline": [_entry(told, entry) for entry in told.entries()],
        "decisions": [_decision(told, one) for one in known["decisions"]],
        "checklist": [_with_words(told, one, "said") for one in known["checklist"]],
        "hotfixes": [_with_said(told, one) for one in known.get("hotfixes", [])],
        "rollbacks": [{**one, "lines": rollback_lines.said(one)} for one in known.get("rollbacks", [])],
        "messages": [_with_where(told, one) for one in known["messages"]],
        "state": str(found.state) if found else "in_progress",
        "resolved": incident.status in ("resolved", "closed"),
        "meeting": meeting(found, told),
        "review": _review(found),
        "since_review": [_later(told, event) for event in told.since() if event.kind in WEIGHTY],
        "writers": answers.writers(found),
        "actions": doing,
        "process_change": process_change(found, doing),
    }
    return {**shape, "findings": findings(shape, told)}


def exported(incident: Incident, now: datetime) -> dict[str, Any]:
    """The same for whoever keeps it; `frozen` is what the digest is of, byte for byte as canonical JSON."""
    found = postmortem_of(incident)
    frozen = found.snapshot if found and found.is_reviewed else None
    return {**addressed(incident, now, found), "frozen": frozen}


def addressed(incident: Incident, now: datetime, found: Postmortem | None) -> dict[str, Any]:
    """As the API gives it: with its address and how many questions are left."""
    shown = read(incident, now, found)
    return {
        **shown,
        "schema_version": shown["schema"],
        "left": answers.left(incident, found),
        "url": address(f"{incident.get_absolute_url()}postmortem/"),
    }


def snapshot(incident: Incident, found: Postmortem, now: datetime) -> dict[str, Any]:
    """What is kept when it is reviewed at `now`: no words that stand on the timeline."""
    doing = actions(found)
    return {
        **evidence.collect(incident, now, reviewed_at=now),
        "answers": answers.current(incident, found),
        "actions": doing,
        "process_change": process_change(found, doing),
        "meets_at": utc_or_none(found.meets_at),
    }


def actions(found: Postmortem | None) -> list[dict[str, Any]]:
    """As they stand now: work goes on when the report is reviewed."""
    if found is None:
        return []
    rows = found.actions.select_related("owner", "settled_by").order_by("number")
    return [action_shape(item) for item in rows]


def action_shape(item: ActionItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "text": item.text,
        "kind": str(item.kind),
        "kind_label": str(item.get_kind_display()),
        "owner": str(item.owner),
        "due": item.due.isoformat(),
        "state": str(item.state),
        "settled_by": str(item.settled_by or ""),
        "settled_at": utc_or_none(item.settled_at),
        "reason": item.reason,
        "revision": item.revision,
    }


def _incident(known: dict[str, Any], incident: Incident, told: Timeline) -> dict[str, Any]:
    """Whether it is private and how it stands is never what it once was."""
    return {
        **known["incident"], **described(told, told.head), "private": incident.private, "status": str(incident.status)
    }  # fmt: skip


def _entry(told: Timeline, entry: Entry) -> dict[str, Any]:
    later = told.later(entry.event)
    return {
        "seq": entry.event.seq,
        "kind": str(entry.event.kind),
        "at": utc(entry.at),
        "sentence": entry.sentence,
        "text": entry.text,
        "url": entry.url,
        "file": entry.file,
        "source": entry.event.source,
        "tone": entry.tone,
        "hidden": bool(entry.hidden),
        "corrected_by": entry.corrected.seq if entry.corrected else None,
        "later": _later(told, later) if later else None,
        "hash": entry.event.hash,
    }


def _later(told: Timeline, event: Any) -> dict[str, Any]:
    """What was recorded after the review: its own words, unless they are hidden."""
    entry = told.entry(event)
    return {
        "seq": event.seq,
        "at": utc(event.occurred_at),
        "recorded_at": utc(event.recorded_at),
        "sentence": entry.hidden or told.plain(event),
        "text": "" if entry.hidden or told.hides(event) else event.text,
    }


def _decision(told: Timeline, one: dict[str, Any]) -> dict[str, Any]:
    """Its reason is that of its entry on the timeline: redacted there, it is gone here."""
    entry = told.by_seq(one["seq"])
    made = told.decisions.get(one["number"])
    facts = None
    if made and entry and not entry.hidden:
        facts = {**with_words(made.incident, made.facts), **described(told, one["seq"])}
    return {
        **one,
        "reason": entry.text if entry else "",
        "hidden": entry.hidden if entry else "",
        "facts": facts,
    }


def _with_words(told: Timeline, one: dict[str, Any], name: str) -> dict[str, Any]:
    entry = told.by_seq(one["seq"]) if one["seq"] else None
    return {**one, name: (entry.hidden or entry.text) if entry else "", "url": entry.url if entry else ""}


def _with_where(told: Timeline, one: dict[str, Any]) -> dict[str, Any]:
    """A message with where it went, and the reasons of whoever vouched for a line of it; old reports know none."""
    vouched = [_with_words(told, each, "said") for each in one.get("vouched", [])]
    return {**_with_words(told, one, "where"), "vouched": vouched}


def _with_said(told: Timeline, hotfix: dict[str, Any]) -> dict[str, Any]:
    """A hotfix with the words of whoever vouched for a check of it, or went on without it."""
    said = ("overrides", "attestations")
    return hotfix | {name: [_with_words(told, one, "said") for one in hotfix[name]] for name in said}


def meeting(found: Postmortem | None, told: Timeline) -> dict[str, Any] | None:
    """Who comes and where is what the entry says by which it was scheduled."""
    entry = told.last(EventKind.POSTMORTEM_SCHEDULED)
    if found is None or found.meets_at is None or entry is None:
        return None
    return {
        "at": utc(found.meets_at),
        "attendees": entry.hidden or entry.text,
        "link": entry.url,
        "by": str(found.scheduled_by or ""),
        "scheduled_at": utc_or_none(found.scheduled_at),
    }


def _review(found: Postmortem | None) -> dict[str, Any] | None:
    if found is None or not found.is_reviewed or found.reviewed_by is None:
        return None
    return {
        "by": str(found.reviewed_by),
        "at": utc_or_none(found.reviewed_at),
        "seq": found.event.seq if found.event else None,
        "digest": found.digest,
        "whole": evidence.digest(found.snapshot or {}) == found.digest,
        "own": answers.own_work(found),
    }


def readable(value: Any, name: str = "") -> Any:
    """The same with moments as moments, for a template."""
    if isinstance(value, dict):
        return {key: readable(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [readable(each) for each in value]
    is_moment = name in ("at", "since", "until") or name.endswith("_at")
    return datetime.fromisoformat(value) if is_moment and isinstance(value, str) and value else value
