"""An alert as its source tells of it, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation import moment
from monitoring.models.alert_source import AlertSource
from monitoring.models.maintenance import Maintenance
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User


class AlertState(models.TextChoices):
    FIRING = "firing", _("Firing")
    RESOLVED = "resolved", _("Over")


# Three times Alertmanager's own repeat_interval; others repeat more often, or never.
SILENT_AFTER = timedelta(hours=12)
# What fires first, then the newest.
IN_ORDER = ("state", "-since", "-pk")
# Labels that its title and severity say already.
_KNOWN = ("alertname", "severity", "priority")


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User | AnonymousUser) -> AlertQuerySet:
        return self.filter(source__product__in=Product.objects.visible_to(user))

    def present(self) -> AlertQuerySet:
        """Of sources that are not archived, nor are their products."""
        return self.filter(source__archived_at=None, source__product__archived_at=None)

    def firing(self) -> AlertQuerySet:
        """Of sources that are listened to: of one that is off nobody knows."""
        return self.present().filter(state=AlertState.FIRING, source__enabled=True)

    def as_read(self) -> AlertQuerySet:
        """Each with what it tells at this moment: `held_until` and `silent_s`."""
        waits = AlertChange.objects.filter(alert=OuterRef("pk"), handled_at=None, held_at__isnull=False)
        windows = Maintenance.objects.of_whole(OuterRef("source__product")).holding(moment.Read())
        end = windows.order_by("-ends_at").values("ends_at")[:1]
        return self.annotate(held_end=Case(When(Exists(waits), then=Subquery(end))), read_at=moment.Read())

    def in_order(self) -> AlertQuerySet:
        return self.order_by(*IN_ORDER)


class Alert(models.Model):
    """What a source calls one thing, by `fingerprint`: one row however often it fires.

    `started_at` and `ended_at` are what the source says, or when it was heard where it says nothing or a moment to
    come (`starts_ahead`); `since` is when Nightdesk heard of the present state, `count` how often it was told that it
    fires. `group` is what the source sends together. `severity` is the source's own word. `incident` is the ref of the
    last one it is written into, put there by the app above. `ended_by` said that it is over, not its source
    (alerts.end).
    """

    source = models.ForeignKey(AlertSource, on_delete=models.PROTECT, related_name="alerts")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=AlertState)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=1000, blank=True, default="")
    severity = models.CharField(max_length=40, blank=True, default="")
    labels: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    link = models.CharField(max_length=2000, blank=True, default="")
    group = models.CharField(max_length=64, blank=True, default="")
    started_at = models.DateTimeField()
    starts_ahead = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_token = models.CharField(max_length=80, blank=True, default="")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    incident = models.CharField(max_length=24, blank=True, default="")

    # Set on the object, never stored, for whom a page is drawn (alerts.shown).
    may_end: bool = False

    objects: ClassVar[models.Manager[Alert]] = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="one_alert_per_fingerprint"),
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="alert_state_known"),
        ]
        indexes = [
            models.Index(fields=["source", "state", "-since"], name="alert_of_source"),
            models.Index(fields=["last_seen"], name="alert_old"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_firing(self) -> bool:
        return self.state == AlertState.FIRING

    @property
    def held_until(self) -> datetime | None:
        """The end of the maintenance that holds it back; told of rows that were read `as_read`."""
        end: datetime | None = vars(self).get("held_end")
        return end if self.is_firing else None

    @property
    def silent_s(self) -> float | None:
        """So long it has fired without a word of it, where that is long; told of rows that were read `as_read`."""
        read_at: datetime | None = vars(self).get("read_at")
        if not self.is_firing or read_at is None or read_at - self.last_seen < SILENT_AFTER:
            return None
        return (read_at - self.last_seen).total_seconds()

    @property
    def ended_by_name(self) -> str:
        """Who said that it is over, "" for its source."""
        return self.ended_by.signed(self.ended_token) if self.ended_by else ""

    @property
    def told_apart(self) -> str:
        """What tells it from others of its name: `instance=web1, job=shop`."""
        others = [f"{name}={text}" for name, text in self.labels.items() if name not in _KNOWN]
        return ", ".join(sorted(others)[:4])

    @property
    def incident_href(self) -> str:
        """By address: incidents lies above this app."""
        return f"/incidents/{self.incident}/" if self.incident else ""


class AlertChange(models.Model):
    """An alert began to fire, or is over: handed up as a StatusChange is. `outcome` is written by who acts on it.

    `again`: it fired already, and nobody had said that it was over: no news to an open incident that it is in. One that
    fires after one that fires and is not `again`: the source's word for its severity is another one now.
    `held_at`: since when maintenance holds it back (monitoring.maintenance.held_back). `by` said it, else its source.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=8, choices=AlertState)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.CharField(max_length=80, blank=True, default="")
    again = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=Now())
    held_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="alert_change_known"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(handled_at=None), name="alert_change_unhandled"),
            models.Index(
                fields=["alert"],
                condition=Q(handled_at=None, held_at__isnull=False),
                name="alert_change_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.state}"
