"""Does the timeline still say what it said? Recomputes every chain from the kept texts; no trigger is
trusted here.

Rules: docs/timeline.md.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import QuerySet

from incidents.models import Attachment, Incident, TimelineEvent
from incidents.timeline.timeline import digest
from products.vocabulary import EventKind


@dataclass(frozen=True)
class Broken:
    ref: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.ref} entry {self.seq}: {self.what}"


def verify(incidents: QuerySet[Incident]) -> Iterator[Broken]:
    """Everything that is wrong with the chains of `incidents`; nothing when they are whole."""
    for incident in incidents.order_by("number").iterator(chunk_size=500):
        if any(_chain(incident)):
            yield from _held(incident)


def _held(incident: Incident) -> list[Broken]:
    """Once more with its row held: beside a writer, the head and the entries just read may be of two moments."""
    with transaction.atomic():
        return list(_chain(Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)))


def _chain(incident: Incident) -> Iterator[Broken]:
    events = list(incident.events.select_related("payload", "supersedes").order_by("seq"))
    redacted = {event.supersedes_id for event in events if event.kind == EventKind.REDACTED}
    head = ""
    if not events:
        yield Broken(incident.ref, 0, "it has no entries, not even its declaration")
    for expected, event in enumerate(events, start=1):
        for what in _event(incident, event, expected, head, redacted):
            yield Broken(incident.ref, event.seq, what)
        head = event.hash
    if (incident.timeline_seq, incident.timeline_hash) != (len(events), head):
        yield Broken(
            incident.ref, incident.timeline_seq, f"the chain should end here, {len(events)} entries are left"
        )


def _event(
    incident: Incident, event: TimelineEvent, expected: int, head: str, redacted: set[int | None]
) -> Iterator[str]:
    if event.seq != expected:
        yield f"entry {expected} is missing"
    if event.prev_hash != head:
        yield "it does not follow the entry before it"
    if event.hash != hashlib.sha256(f"{event.prev_hash}\n{event.canonical}".encode()).hexdigest():
        yield "its hash does not fit its text"
    if event.canonical != canonical(incident, event):
        yield "its columns differ from the text that was hashed"
    if event.redacted:
        if event.pk not in redacted:
            yield "its words are gone and no redaction says so"
    elif digest(event.payload.salt, event.payload.body) != event.payload_digest:
        yield "its words were changed"
    elif "file" in event.data:
        yield from _file(event)


def _file(event: TimelineEvent) -> Iterator[str]:
    found = Attachment.objects.select_related("blob").filter(event=event).first()
    if found is None:
        yield "its file is gone and no redaction says so"
    elif hashlib.sha256(bytes(found.blob.bytes)).hexdigest() != event.data["file"]["sha256"]:
        yield "its file was changed"


def canonical(incident: Incident, event: TimelineEvent) -> str:
    """The text that is hashed, from the columns: a JSON array of strings, as PostgreSQL prints one."""
    return json.dumps(
        [
            "nightdesk-1",
            incident.ref,
            str(event.seq),
            event.kind,
            _iso(event.occurred_at),
            _iso(event.recorded_at),
            str(event.actor_id or ""),
            event.source,
            event.subject,
            str(event.supersedes.seq) if event.supersedes else "",
            event.payload_digest,
        ],
        ensure_ascii=False,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
