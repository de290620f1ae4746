"""The boxes of a process on one incident, and steps that a person ticked.

What a box says is copied when the incident starts, so that it reads the same for ever. Writes are in
incidents/work/checklist.py.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.timeline import TimelineEvent


class Box(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")
    NOT_NEEDED = "not_needed", _("not needed")


class Ticked(models.Model):
    """A state with who, when, and the event that is its record.

    What was said with it is the event's alone, so that redacting the event leaves no copy.
    """

    state = models.CharField(max_length=10, choices=Box, default=Box.OPEN)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)
    done_by_event = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state == Box.OPEN

    @property
    def said(self) -> str:
        """The words that came with it: what shows it, or why it is not needed."""
        return self.done_by_event.text if self.done_by_event else ""

    @property
    def url(self) -> str:
        return str(self.done_by_event.data.get("url", "")) if self.done_by_event else ""


class ChecklistItem(Ticked):
    """One box, `position` from 1 in the source's order (K100–K116). `subject`: a remedy's ref such as HF-7, if any."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="checklist")
    subject = models.CharField(max_length=20, blank=True, default="")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    check_key = models.CharField(max_length=40, blank=True, default="")
    step = models.CharField(max_length=40, blank=True, default="")
    # The events that tick it, as the process names them.
    done_on: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "subject", "position"], name="one_box_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class StepMark(Ticked):
    """A step of the process that a person called done or not needed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="step_marks")
    subject = models.CharField(max_length=20, blank=True, default="")
    key = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "subject", "key"], name="one_mark_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


FRESH: dict[str, Any] = {"state": Box.OPEN, "done_by": None, "done_at": None, "done_by_event": None}
