"""The append-only story.

Database triggers (the squashed migration) number, stamp, chain and guard these rows; see docs/timeline.md for the
rules.
"""

import json
import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from incidents.models.incident import Incident, number_of
from products.vocabulary import EventKind

# Of these figures of thousands of incidents are made: an index of their own holds all that is asked of them.
MILESTONES = (
    EventKind.MITIGATED, EventKind.DECIDED, EventKind.RESOLVED, EventKind.REOPENED, EventKind.DECLINED,
    EventKind.DEFERRED, EventKind.CORRECTED,
)  # fmt: skip
# What in the data of an event may name another incident.
NAMING = ("of", "duplicate", "taken_back_by")


def _ref(word: object) -> str:
    found = word.get("incident") if isinstance(word, dict) else word
    return found if isinstance(found, str) and found.startswith("INC-") else ""


class TimelineEvent(models.Model):
    """One fact.

    `seq`, `recorded_at`, `canonical`, `prev_hash` and `hash` are the trigger's; what a writer puts there is
    overwritten.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField(db_default=0)
    kind = models.CharField(max_length=30, choices=EventKind)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=40)
    subject = models.CharField(max_length=20, blank=True, default="")
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    payload_digest = models.CharField(max_length=64)
    canonical = models.TextField(db_default="")
    prev_hash = models.CharField(max_length=64, db_default="")
    hash = models.CharField(max_length=64, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "seq"], name="timeline_gapless")]
        indexes = [
            models.Index(
                fields=["incident", "seq"],
                include=["id", "kind", "occurred_at", "recorded_at", "supersedes"],
                condition=models.Q(kind__in=MILESTONES),
                name="timeline_milestones",
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.seq} {self.kind}"

    @property
    def redacted(self) -> bool:
        return not hasattr(self, "payload")

    @property
    def text(self) -> str:
        if self.redacted:
            return ""
        text = self.payload.text
        # The note that the verb wrote, which says no more than this.
        return re.sub(rf"{self.kept_back}\b", _("A private incident"), text) if self.kept_back else text

    @property
    def data(self) -> dict[str, Any]:
        if self.redacted:
            return {}
        data = self.payload.data
        if not self.kept_back:
            return data
        return {key: type(word)() if key in NAMING else word for key, word in data.items()}

    @cached_property
    def kept_back(self) -> str:
        """The incident that it names, where that one is private by now: no reader of this timeline hears its number."""
        if self.redacted or '"INC-' not in self.payload.body:
            return ""
        data = self.payload.data
        named = next((_ref(data[key]) for key in NAMING if key in data), "")
        if not named:
            return ""
        private = Incident.objects.filter(private=True, number=number_of(named)).exclude(pk=self.incident_id)
        return named if private.exists() else ""

    @property
    def actor_label(self) -> str:
        """The name as then known; once the words are destroyed, the person's present one: who it was stays."""
        if not self.redacted:
            return self.payload.label
        return str(self.actor) if self.actor else ""


class TimelinePayload(models.Model):
    """Free text and data of an event, apart from the chain so that it can be destroyed while the chain still verifies.

    `body` is canonical JSON {"data": …, "text": …}; the event keeps sha256(salt ‖ body). `label` is the
    actor's name as then known, outside the digest.
    """

    event = models.OneToOneField(
        TimelineEvent, on_delete=models.PROTECT, primary_key=True, related_name="payload"
    )
    salt = models.CharField(max_length=32)
    body = models.TextField()
    label = models.CharField(max_length=200, blank=True)

    @property
    def text(self) -> str:
        return str(json.loads(self.body)["text"])

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.body)["data"])


class TimelineLine(models.Model):
    """The event as rendered HTML.

    A cache, never part of the hash, the same bytes for every reader.
    """

    event = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, related_name="lines")
    language = models.CharField(max_length=10, default="en")
    template_version = models.PositiveSmallIntegerField()
    html = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "language"], name="one_line_per_language")]


class RedactionRequest(models.Model):
    """Redacting takes two.

    One asks (the text is hidden at once), another one confirms (it is destroyed) or declines (it shows
    again).
    """

    event = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, related_name="redaction_requests")
    reason = models.TextField(max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(null=True)
    # A team of one has no second person; the record says so instead of pretending.
    alone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=models.Q(settled_at=None), name="one_open_redaction_request"
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by=None)
                | models.Q(alone=True)
                | models.Q(confirmed=False)
                | ~models.Q(settled_by=models.F("asked_by")),
                name="redaction_needs_a_second_person",
            ),
        ]
