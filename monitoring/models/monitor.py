"""A monitor, and the door through which scripts push to it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text
from monitoring.reasons import said
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User

DAY = 86_400


class Kind(models.TextChoices):
    """How a monitor looks: each is one file of monitoring/probes."""

    HTTP = "http", _("An address that answers")
    SUMMARY = "summary", _("A summary of several targets (JSON)")
    HEARTBEAT = "heartbeat", _("A script that reports in")
    FILE = "file", _("Files: that they are there, and what they hold")
    SOAK = "soak", _("A soak test: a log that must go on growing")
    PROMETHEUS = "prometheus", _("A number that Prometheus knows")


class MonitorQuerySet(models.QuerySet["Monitor"]):
    def visible_to(self, user: User | AnonymousUser) -> MonitorQuerySet:
        """Those of the products that `user` may see."""
        return self.filter(product__in=Product.objects.visible_to(user))

    def present(self) -> MonitorQuerySet:
        """Not archived, nor is the product."""
        return self.filter(archived_at=None, product__archived_at=None)

    def watched(self) -> MonitorQuerySet:
        """Those that are looked at, as monitoring.claim takes them."""
        return self.present().filter(enabled=True)

    def named(self, words: str) -> MonitorQuerySet:
        """Those with `words` in the name, the address or the product's name."""
        matches = Q(name__icontains=words) | Q(target__icontains=words) | Q(product__name__icontains=words)
        return self.filter(matches) if words else self


class Monitor(models.Model):
    """One thing that Nightdesk looks at again and again; what it sees there are the monitor's targets.

    Scheduling: a monitor is due when `due_at` has passed. Claiming it writes `lease_token` and moves `due_at`
    to the end of the lease, so one index answers both "what is due" and "whose prober died"
    (monitoring.claim). `looked_at`, `code`, `detail`, `latency_ms` tell of the last look as a whole; `kept`
    is the first 4 KB of the last bad input.
    """

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="monitors", verbose_name=_("product")
    )
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[plain_text])
    kind = models.CharField(max_length=12, choices=Kind)
    target = models.CharField(_("address"), max_length=2000, blank=True, validators=[plain_text])
    interval_s = models.PositiveIntegerField(_("look every"), default=60)
    retry_s = models.PositiveIntegerField(_("look again after a failure"), default=10)
    fail_after = models.PositiveSmallIntegerField(_("failures until it counts"), default=3)
    recover_after = models.PositiveSmallIntegerField(_("good looks until it is over"), default=2)
    expect: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=str, blank=True)
    opens_incident = models.BooleanField(_("open an incident when it goes down"), default=True)
    severity = models.CharField(_("severity"), max_length=40, blank=True, default="", validators=[plain_text])
    enabled = models.BooleanField(_("watch it"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    due_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    code = models.CharField(max_length=40, blank=True, default="", editable=False)
    detail = models.CharField(max_length=400, blank=True, default="", editable=False)
    latency_ms = models.FloatField(null=True, blank=True, editable=False)
    # When a script last pushed, and since when it could have: an hour in which Nightdesk was off is nobody's fault.
    pushed_at = models.DateTimeField(null=True, blank=True, editable=False)
    listening_since = models.DateTimeField(null=True, blank=True, editable=False)
    kept = models.TextField(blank=True, default="", editable=False)
    kept_code = models.CharField(max_length=40, blank=True, default="", editable=False)
    kept_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager[Monitor]] = MonitorQuerySet.as_manager()

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        constraints = [
            models.CheckConstraint(condition=Q(interval_s__range=(1, DAY)), name="monitor_interval_1s_to_1d"),
            models.CheckConstraint(condition=Q(retry_s__range=(1, DAY)), name="monitor_retry_1s_to_1d"),
            models.CheckConstraint(
                condition=Q(fail_after__range=(1, 100)), name="monitor_fail_after_1_to_100"
            ),
            models.CheckConstraint(
                condition=Q(recover_after__range=(1, 100)), name="monitor_recover_after_1_to_100"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="monitor_kind_known"),
            models.CheckConstraint(
                condition=~Q(target="") | ~Q(kind__in=["http", "prometheus"]),
                name="monitor_has_an_address_or_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(enabled=True, archived_at=None), name="monitor_due"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("monitoring:monitor", args=[self.slug])

    @property
    def waits(self) -> bool:
        """Nightdesk does not look: a script pushes to it (monitoring.push)."""
        return not self.target

    @property
    def is_watched(self) -> bool:
        return self.enabled and self.archived_at is None and self.product.archived_at is None

    @property
    def said(self) -> str:
        """What the last look saw, in words."""
        return said(self.detail, self.code)

    @property
    def kept_said(self) -> str:
        """What was wrong with the input that is kept, in words."""
        return said("", self.kept_code)

    @property
    def fresh_for(self) -> datetime.timedelta:
        """How long a good look of ours may be believed: twice the interval and a minute."""
        return datetime.timedelta(seconds=2 * self.interval_s + 60)

    @property
    def again_s(self) -> int:
        """Seconds between looks while a failure is confirmed: a regular look may come first."""
        return min(self.retry_s, self.interval_s)

    @property
    def watched_until(self) -> datetime.datetime | None:
        """Until when Nightdesk can say that it watched; None before the first look."""
        return self.looked_at + self.fresh_for if self.looked_at else None


class Receiver(models.Model):
    """The door through which scripts push to a monitor: its random key, and what came through it last.

    The key is found by its digest; sealed it is kept too, so that its line can be copied from the page again.
    """

    monitor = models.OneToOneField(Monitor, on_delete=models.PROTECT, related_name="receiver")
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    size = models.PositiveIntegerField(null=True)
    head = models.TextField(blank=True, default="")
    files: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return str(self.monitor)
