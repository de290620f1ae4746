"""The timeline as a report tells it: an entry that was corrected says what is right, one that was redacted says so.

Words are read from the entries whenever a report is shown and are kept nowhere else: what is destroyed there is gone
here too, from a reviewed report as well.
"""

import copy
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from incidents.lifecycle.described import back
from incidents.models import Incident, RedactionRequest, TimelineEvent, TimelinePayload
from incidents.sentences.sentences import sentence
from incidents.timeline.attachments import file_of
from incidents.timeline.lines import tone
from products.vocabulary import EventKind

# They change how another entry reads and are told there.
ABOUT_OTHERS = frozenset({EventKind.CORRECTED, EventKind.REDACTED})


@dataclass(frozen=True)
class Entry:
    """`event` is the entry itself, `as_told` what is right of it (None: destroyed, or asked to be)."""

    event: TimelineEvent
    as_told: TimelineEvent | None
    corrected: TimelineEvent | None
    hidden: str

    @property
    def at(self) -> datetime:
        return (self.corrected or self.event).occurred_at

    @property
    def sentence(self) -> str:
        """In plain words, without names set in bold."""
        if self.as_told is None:
            return self.hidden
        told = _unescaped(strip_tags(sentence(self.as_told)))
        return told.removesuffix(self.url).rstrip() if self.url else told

    @property
    def text(self) -> str:
        """Markdown of people."""
        return self.as_told.text if self.as_told else ""

    @property
    def url(self) -> str:
        return str(self.as_told.data.get("url", "")) if self.as_told else ""

    @property
    def file(self) -> dict[str, str] | None:
        """A file that came with it: `name` and where it is."""
        shown = file_of(self.event, self.event.incident.ref) if self.as_told else None
        return {"name": shown.name, "url": shown.address} if shown else None

    @property
    def tone(self) -> str:
        return tone(self.as_told or self.event) if self.as_told else "machine"


class Timeline:
    """The events of an incident up to `head` (all, without it), each as it is to be told."""

    def __init__(self, incident: Incident, head: int | None = None) -> None:
        self.incident, self.head = incident, head
        rows = incident.events.select_related("actor", "payload").order_by("seq")
        self.events = {event.pk: event for event in rows}
        self._changes: dict[int, list[TimelineEvent]] = defaultdict(list)
        for event in self.events.values():
            event.incident = incident
            if event.kind in ABOUT_OTHERS and event.supersedes_id:
                self._changes[event.supersedes_id].append(event)
        self.decisions = {
            one.number: one for one in incident.decisions.select_related("event", "by").order_by("number")
        }
        self._asked = set(
            RedactionRequest.objects.filter(event__incident=incident, settled_at=None).values_list(
                "event", flat=True
            )
        )

    def entries(self) -> list[Entry]:
        """By when they happened; corrections and redactions stand in the entry that they are about."""
        found = [self.entry(event) for event in self.events.values() if event.kind not in ABOUT_OTHERS]
        shown = [one for one in found if self._is_in(one.event)]
        return sorted(shown, key=lambda one: (one.at, one.event.seq))

    def entry(self, event: TimelineEvent) -> Entry:
        chain = self._chain(event)
        corrected = next((one for one in reversed(chain[1:]) if self._is_in(one)), None)
        words = corrected or event
        hidden = self._hidden(chain)
        if not hidden and words.redacted:  # its own words went before this one was corrected
            hidden = _("[redacted]")
        told = None if hidden else _told(event, corrected, self.incident)
        return Entry(event, told, corrected, hidden)

    def since(self) -> list[TimelineEvent]:
        """What was recorded after `head`."""
        return [] if self.head is None else [e for e in self.events.values() if e.seq > self.head]

    def later(self, event: TimelineEvent) -> TimelineEvent | None:
        """The last correction of `event` that came after `head`."""
        return next((one for one in reversed(self._chain(event)[1:]) if not self._is_in(one)), None)

    def by_seq(self, seq: int) -> Entry | None:
        found = next((event for event in self.events.values() if event.seq == seq), None)
        return self.entry(found) if found else None

    def last(self, kind: str) -> Entry | None:
        """The latest entry of that kind, whenever it was made."""
        found = next((event for event in reversed(self.events.values()) if event.kind == kind), None)
        return self.entry(found) if found else None

    def plain(self, event: TimelineEvent) -> str:
        """What its own line says, for one that changes another entry."""
        return _("[redacted]") if event.redacted else _unescaped(strip_tags(sentence(event)))

    def hides(self, event: TimelineEvent) -> bool:
        """Whether it repeats words that are hidden where they first stood."""
        first = event
        while first.kind == EventKind.CORRECTED and first.supersedes_id in self.events:
            first = self.events[first.supersedes_id]
        return bool(self._hidden(self._chain(first)))

    def _is_in(self, event: TimelineEvent) -> bool:
        return self.head is None or event.seq <= self.head

    def _chain(self, event: TimelineEvent) -> list[TimelineEvent]:
        """The event and its corrections, each correcting the one before."""
        chain = [event]
        while True:
            made = [one for one in self._changes[chain[-1].pk] if one.kind == EventKind.CORRECTED]
            if not made:
                return chain
            chain.append(made[-1])

    def _hidden(self, chain: list[TimelineEvent]) -> str:
        """What stands instead of words that were redacted, or are asked to be; nothing for others."""
        for event in chain:
            if event.redacted:
                done = [one for one in self._changes[event.pk] if one.kind == EventKind.REDACTED]
                who = done[-1].actor_label if done else ""
                return _("[redacted by %(who)s]") % {"who": who} if who else _("[redacted]")
        if any(event.pk in self._asked for event in chain):
            return _("[hidden: somebody asked to redact this entry]")
        return ""


def _told(event: TimelineEvent, corrected: TimelineEvent | None, incident: Incident) -> TimelineEvent:
    """`event` with the words and the moment of its correction; what was measured from its moment is measured again."""
    if corrected is None:
        return event
    told = copy.copy(event)
    told.occurred_at = corrected.occurred_at
    data: dict[str, Any] = dict(event.data)
    if "after_s" in data:
        data["after_s"] = (corrected.occurred_at - incident.detected_at).total_seconds()
    body = json.dumps({"data": data, "text": corrected.text})
    told._state.fields_cache = dict(event._state.fields_cache)
    told.payload = TimelinePayload(body=body, label=event.actor_label)
    return told


def described(told: Timeline, seq: int | None) -> dict[str, str]:
    """What was said of the incident after the entry `seq`; with None, what is said of it now."""
    later = [] if seq is None else [event for event in told.events.values() if event.seq > seq]
    return back(told.incident, [event for event in reversed(later) if not told.hides(event)])


_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&amp;": "&"}


def _unescaped(html: str) -> str:
    for entity, character in _ENTITIES.items():
        html = html.replace(entity, character)
    return html
