"""An approval given in Nightdesk, where no forge keeps one. Four eyes are the database's rule."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hotfixes.models.hotfix import Hotfix


class Approval(models.Model):
    """`by` has read the change up to `head` and approves it; a later head has none.

    `requested_by` is who asked for the review, or who started the hotfix. `digest` is of what was shown: head, base,
    files and lines, kept in the event.
    """

    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, related_name="approvals")
    head = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    event = models.OneToOneField("incidents.TimelineEvent", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(requested_by=None) | ~Q(requested_by=F("by")), name="approver_is_somebody_else"
            ),
            models.CheckConstraint(condition=~Q(head=""), name="approval_names_a_head"),
            models.UniqueConstraint(
                fields=["hotfix", "head", "by"],
                condition=Q(withdrawn_at=None),
                name="one_approval_per_head_and_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hotfix_id} {self.head[:8]} approved"
