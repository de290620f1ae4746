"""A stretch of time in which a product, or some of its monitors, may fail without anybody being woken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import moment
from monitoring.models.monitor import Monitor
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User

type Moment = datetime | moment.Read


class Phase(models.TextChoices):
    """Where a window stands at a moment: nothing is written when it begins or ends."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Now")
    ENDED = "ended", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


class MaintenanceQuerySet(models.QuerySet["Maintenance"]):
    def visible_to(self, user: User | AnonymousUser) -> MaintenanceQuerySet:
        return self.filter(product__in=Product.objects.visible_to(user))

    def planned(self, now: Moment) -> MaintenanceQuerySet:
        return self.filter(cancelled_at=None, starts_at__gt=now)

    def holding(self, now: Moment) -> MaintenanceQuerySet:
        """From the first moment on, up to the last and without it."""
        return self.filter(cancelled_at=None, starts_at__lte=now, ends_at__gt=now)

    def over(self, now: Moment) -> MaintenanceQuerySet:
        """Ended, or cancelled before it began."""
        return self.exclude(cancelled_at=None, ends_at__gt=now)

    def of_whole(self, product: OuterRef | int) -> MaintenanceQuerySet:
        """Those of the product itself, not of chosen monitors: alerts of other tools know these only."""
        return self.filter(monitors=None, product=product)

    def covering(self, monitor: OuterRef | int, product: OuterRef | int) -> MaintenanceQuerySet:
        """Those of the monitor, by name or with the whole product that it is of."""
        return self.filter(Q(monitors=monitor) | Q(monitors=None, product=product))


class Maintenance(models.Model):
    """A window: from `starts_at` up to `ends_at`. Without `monitors` it is for the whole product, with whatever comes.

    Who set it, moved its end, ended or cancelled it is in its `acts`. What it does to targets: monitoring.maintenance.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="maintenances")
    monitors = models.ManyToManyField(Monitor, blank=True, related_name="maintenances")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    objects: ClassVar[models.Manager[Maintenance]] = MaintenanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="maintenance_ends_after_its_begin"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(cancelled_at__lte=F("starts_at")),
                name="maintenance_is_cancelled_before_its_begin",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(cancelled_at=None), name="maintenance_to_come"),
            models.Index(fields=["product", "-starts_at"], name="maintenance_of_product"),
        ]

    def __str__(self) -> str:
        return self.reason or f"{_('Maintenance')} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("maintenance:window", args=[self.pk])

    def phase(self, now: datetime) -> Phase:
        if self.cancelled_at:
            return Phase.CANCELLED
        if now < self.starts_at:
            return Phase.PLANNED
        return Phase.ACTIVE if now < self.ends_at else Phase.ENDED

    @property
    def lasts_s(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()


class MaintenanceAct(models.Model):
    """What somebody did with a window, and until when it was to last then. Only ever added."""

    class Kind(models.TextChoices):
        SET = "set", _("set it")
        MOVED = "moved", _("moved its end")
        ENDED = "ended", _("ended it")
        CANCELLED = "cancelled", _("cancelled it")

    maintenance = models.ForeignKey(Maintenance, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.signature} {self.get_kind_display()}"

    @property
    def signature(self) -> str:
        """Who did it, and by which token."""
        return self.by.signed(self.token)
