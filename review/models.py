"""The report of an incident: what people add to what the timeline knows. The evidence itself is never copied here.

A report exists for every incident; a row is made by the first thing that somebody writes, plans or reviews.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line

PERSON = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    IN_PROGRESS = "in_progress", _("In progress")
    REVIEWED = "reviewed", _("Reviewed")


class Postmortem(models.Model):
    """`snapshot` is what was reviewed, without the timeline's own words (review/evidence.py); `digest` is its sha256,
    which the event `postmortem_published` carries into the timeline's chain.
    """

    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="postmortem")
    state = models.CharField(max_length=12, choices=State, default=State.IN_PROGRESS)
    # The meeting; who comes and where is said by its entry on the timeline alone, where it can be redacted.
    meets_at = models.DateTimeField(null=True)
    scheduled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    scheduled_at = models.DateTimeField(null=True)

    reviewed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    event = models.ForeignKey(
        "incidents.TimelineEvent", on_delete=models.PROTECT, null=True, related_name="+"
    )
    snapshot = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="postmortem_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.REVIEWED)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, snapshot__isnull=False)
                & ~Q(digest=""),
                name="postmortem_reviewed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="postmortem_by_state")]

    def __str__(self) -> str:
        return f"{self.incident}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("postmortem", args=[self.incident.ref])

    @property
    def is_reviewed(self) -> bool:
        return self.state == State.REVIEWED


class Answer(models.Model):
    """One wording of the answer to one question; the highest `number` counts, the earlier ones stay readable."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=20_000, blank=True, validators=[plain_text])
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key", "number"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "key", "number"], name="one_answer_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.postmortem_id} {self.key}/{self.number}"


class ActionKind(models.TextChoices):
    TEST = "test", _("Test")
    CI = "ci", _("CI")
    MONITORING = "monitoring", _("Monitoring")
    DOCS = "docs", _("Docs")
    PROCESS = "process", _("Process")
    OTHER = "other", _("Other")


class ActionState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class ActionItem(models.Model):
    """Something to do so that it does not happen again. `revision` counts changes: the next one names what it saw."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300, validators=[plain_text, single_line])
    kind = models.CharField(max_length=12, choices=ActionKind)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    state = models.CharField(max_length=8, choices=ActionState, default=ActionState.OPEN)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Who called it done or dropped it, when, and for a dropped one why.
    settled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, validators=[plain_text])

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["postmortem", "number"], name="one_action_per_number"),
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="action_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ActionKind.values), name="action_kind_known"),
            models.CheckConstraint(
                condition=~Q(state=ActionState.DROPPED) | ~Q(reason=""), name="action_dropped_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_at__gte=F("at")), name="action_settled_later"
            ),
        ]
        indexes = [
            models.Index(fields=["due", "id"], condition=Q(state="open"), name="action_open_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.postmortem_id} #{self.number}: {self.text}"

    @property
    def is_open(self) -> bool:
        return self.state == ActionState.OPEN
