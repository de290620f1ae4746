"""The checklist of a rollback: what has to be so before, what is done, what is looked at afterwards."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotfixes.models.rollback import Rollback
from incidents.models.checklist import Ticked


class RollbackStep(Ticked):
    """One box, copied when the rollback begins, so that it reads the same for ever.

    `shown_by` names what ticks it by itself: a precondition's judge (hotfixes/rollback/preconditions), or an event;
    empty where only a person can say. `commands` have their placeholders filled in.
    """

    class Part(models.TextChoices):
        BEFORE = "before", _("Before")
        DO = "do", _("Do")
        AFTER = "after", _("Afterwards")

    rollback = models.ForeignKey(Rollback, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=8, choices=Part)
    title = models.CharField(max_length=200)
    shown_by = models.CharField(max_length=20, blank=True)
    commands: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    house = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rollback", "position"], name="one_rollback_step_per_position"),
            models.CheckConstraint(
                condition=Q(part__in=["before", "do", "after"]), name="rollback_step_part_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rollback_id} {self.position}. {self.title}"
