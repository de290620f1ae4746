"""What people were reminded of: the stages of clocks that have come."""

from django.db import models
from django.db.models import Q

from incidents.models.clock import Clock


class Reminder(models.Model):
    """A stage of a clock's run that has come. Once, whatever dies or happens twice: the constraint decides.

    `about` is the message that says so (notifications), shared by clocks that come to the same stage at once; empty
    where nobody was to be told, or a later stage had come by the time anybody looked.
    """

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="reminders")
    stage = models.PositiveSmallIntegerField()
    # When it was to come, when it was noticed, and when the clock was to run out then.
    at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    about = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "stage"], name="reminded_once")]
        indexes = [models.Index(fields=["about"], condition=~Q(about=""), name="reminder_told")]

    def __str__(self) -> str:
        return f"{self.clock} {self.stage} %"
