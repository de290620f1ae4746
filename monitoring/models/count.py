"""What a monitor counted, look by look."""

from django.db import models
from django.db.models import Q


class Count(models.Model):
    """Looks in a row that read the same number: from the first at `since` to the last at `until`.

    `number` is of the `over_s` seconds before each look; 0: of all time. `reach_s`: how far two looks may be apart for
    what lies between them to be known. `asked` tells questions apart (a digest of address and expectation): a number
    says nothing beside one that was asked for otherwise.
    """

    target = models.ForeignKey("monitoring.Target", on_delete=models.PROTECT, related_name="counts")
    what = models.CharField(max_length=12)
    number = models.FloatField()
    over_s = models.PositiveIntegerField(default=0)
    reach_s = models.PositiveIntegerField()
    asked = models.CharField(max_length=16)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=["errors", "user_reports"]), name="count_kind_known"),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="count_ends_after_its_begin"
            ),
        ]
        indexes = [models.Index(fields=["target", "until"], name="count_of_target")]

    def __str__(self) -> str:
        return f"{self.number:g} {self.what} of {self.target_id} until {self.until}"
