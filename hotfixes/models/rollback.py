"""A rollback: one product brought back to what ran before, by one of the process's options (A37–A42, K138, K139)."""

import re
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from foundation.text import plain_text, single_line
from hotfixes.models.decision import Decision
from hotfixes.models.hotfix import Hotfix
from incidents.models import Incident

REF = re.compile(r"RB-([1-9][0-9]{0,17})", re.IGNORECASE)


class RollbackQuerySet(models.QuerySet["Rollback"]):
    def visible_to(self, user: User) -> Self:
        """Those of the incidents that `user` may see."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(status=Rollback.Status.OPEN)

    def by_ref(self, ref: str) -> "Rollback":
        """The rollback named RB-n, in any case. Raises Rollback.DoesNotExist, for a malformed ref too."""
        match = REF.fullmatch(ref)
        if not match:
            raise Rollback.DoesNotExist(ref)
        return self.get(number=int(match[1]))


class Rollback(models.Model):
    """`option` is the process's as it was at the start; versions are without `v`, refs are short tag names.

    `preconditions` are lists of {key, text, verdict, summary, facts, at} as they were judged last; `preview` is what it
    undoes, frozen at the decision with its digest. `hotfix`: the one it undoes, where a hotfix made it worse (A37).
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        ABANDONED = "abandoned", _("abandoned")

    number = models.PositiveBigIntegerField(unique=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="rollbacks")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="rollbacks")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="rollbacks")
    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, null=True, related_name="rollbacks")
    option: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    option_key = models.CharField(max_length=40, blank=True)
    from_version = models.CharField(max_length=40, blank=True)
    to_version = models.CharField(max_length=40, blank=True)
    from_ref = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    to_ref = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # When production ran the version before again, as a script, a monitor or a person said.
    back_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    preconditions: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    preview: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    preview_digest = models.CharField(max_length=64, blank=True)
    look_at = models.DateTimeField(null=True)

    objects: ClassVar[RollbackQuerySet] = RollbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "product"],
                condition=Q(status="open"),
                name="one_open_rollback_per_product",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "done", "abandoned"]), name="rollback_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="rollback_look_due")
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("rollback", args=[self.ref])

    @property
    def ref(self) -> str:
        return f"RB-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN
