"""What became of a target, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.monitor import Monitor
from monitoring.models.target import Target
from monitoring.reasons import said
from monitoring.states import State
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def visible_to(self, user: User | AnonymousUser) -> StatusChangeQuerySet:
        return self.filter(target__monitor__product__in=Product.objects.visible_to(user))

    def unhandled(self) -> StatusChangeQuerySet:
        """What incidents has not looked at yet, in the order it happened; claim with
        `select_for_update(skip_locked=True)`.
        """
        return self.filter(handled_at=None).order_by("pk")

    def of(self, monitor: Monitor) -> StatusChangeQuerySet:
        return self.filter(target__monitor=monitor).select_related("target").order_by("-at", "-pk")


class StatusChange(models.Model):
    """A target changed its state: kept for ever, for downtime is computed from these.

    `at` is when it became so (a gap is noticed later than it began), `recorded_at` when it was written.
    `handled_at` and `outcome` (a word or a ref such as INC-42) are written by whoever acts on it, in the app
    above.
    """

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="changes")
    was = models.CharField(max_length=12, choices=State)
    state = models.CharField(max_length=12, choices=State)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=400, blank=True, default="")
    handled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=80, blank=True, default="")

    objects: ClassVar[models.Manager[StatusChange]] = StatusChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("state")), name="change_changes_something"),
            models.CheckConstraint(
                condition=Q(was__in=State.values) & Q(state__in=State.values), name="change_states_known"
            ),
        ]
        indexes = [
            models.Index(fields=["target", "-at", "-id"], name="change_by_target"),
            models.Index(fields=["id"], condition=Q(handled_at=None), name="change_unhandled"),
        ]

    def __str__(self) -> str:
        return f"{self.was} → {self.state}"

    @property
    def said(self) -> str:
        """Why, in words."""
        return said(self.detail, self.code)

    @property
    def outcome_href(self) -> str:
        """The page of the incident that `outcome` names, "" for any other word. By address: incidents lies
        above this app.
        """
        return f"/incidents/{self.outcome}/" if self.outcome.startswith("INC-") else ""
