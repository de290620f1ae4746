"""What a decider asked before deciding, and the answer. The words are the timeline's alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models import Incident


class Question(models.Model):
    """Asked on the decision card, of `to` or, without one, of whoever leads; answered at most once."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="questions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Which unknown of the card it is about, by its key; empty: something else.
    about = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    event = models.OneToOneField("incidents.TimelineEvent", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answer = models.OneToOneField(
        "incidents.TimelineEvent", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer=None)
                | Q(answered_at__isnull=False, answer__isnull=False),
                name="answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: question {self.pk}"
