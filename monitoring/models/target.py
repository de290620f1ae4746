"""What a monitor sees: one thing with a state each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast, Now

from monitoring.models.monitor import Monitor
from monitoring.reasons import said
from monitoring.states import RANK, State
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User


class ClockTimestamp(Func):
    """PostgreSQL's wall clock at this moment."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


# What may be said of a target now: its state while that is believed, else unknown (monitoring.shown, in SQL). What
# was in maintenance and is no more is what it was settled to be, if the last look saw the same.
SHOWN = Case(
    When(maintenance_until__gt=ClockTimestamp(), then=Value(State.MAINTENANCE)),
    When(fresh_until__lt=ClockTimestamp(), then=Value(State.UNKNOWN)),
    When(state=State.MAINTENANCE, seen=F("settled"), then=F("settled")),
    When(state=State.MAINTENANCE, then=Value(State.UNKNOWN)),
    default=F("state"),
    output_field=models.CharField(),
)
WORST = Func(
    Value(list(RANK), output_field=ArrayField(models.TextField())),
    Cast(SHOWN, models.TextField()),
    function="array_position",
    output_field=models.IntegerField(),
)


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User | AnonymousUser) -> TargetQuerySet:
        return self.filter(monitor__product__in=Product.objects.visible_to(user))

    def present(self) -> TargetQuerySet:
        """Those that still exist, of monitors and products that still exist."""
        return self.filter(archived_at=None, monitor__archived_at=None, monitor__product__archived_at=None)

    def worst_first(self) -> TargetQuerySet:
        return self.order_by(WORST, "since", "pk")

    def shown_in(self, states: Iterable[str]) -> TargetQuerySet:
        """Those of which one of `states` may be said now."""
        return self.alias(shown=SHOWN).filter(shown__in=list(states))

    def worst_of_each(self) -> TargetQuerySet:
        """One target per monitor: the worst, of equals the one that has been so for longest."""
        return self.order_by("monitor_id", WORST, "since", "pk").distinct("monitor_id")

    def stale(self, now: datetime.datetime) -> TargetQuerySet:
        """Those that still claim a state although their last good look is too old to be believed, or maintenance
        although that is over.
        """
        believed = Q(fresh_until__lt=now, maintenance_until=None) & ~Q(state=State.UNKNOWN)
        return self.filter(believed | Q(maintenance_until__lte=now), archived_at=None)

    def down(self) -> TargetQuerySet:
        """Those that are down, as far as can be told now."""
        return self.present().filter(state=State.DOWN).shown_in([State.DOWN])


class Target(models.Model):
    """One thing with a state: `http` has exactly one, a summary as many as it lists.

    `state` is what Nightdesk says now; `settled` is the last state it was sure of ("" before the first),
    which a time of not knowing does not wipe out: a target that was down before a gap must pass
    `recover_after` looks to be up after it. `seen` is what the last look said (unknown when it said nothing),
    with its `code`, `detail` and `latency_ms`; `fails` and `oks` count consecutive looks worse and better
    than `settled`. `checked_at` is the moment the data is of (the file's own time, if it tells one),
    `fresh_until` the moment until which it is believed. `uptime_percent` is what a summary claims about
    itself, never what Nightdesk measured. `maintenance_until` is the end of the maintenance that it is in.
    """

    monitor = models.ForeignKey(Monitor, on_delete=models.PROTECT, related_name="targets")
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.UNKNOWN)
    settled = models.CharField(max_length=12, blank=True, default="")
    seen = models.CharField(max_length=12, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField(db_default=Now())
    fails = models.PositiveIntegerField(default=0)
    oks = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    fresh_until = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=400, blank=True, default="")
    latency_ms = models.FloatField(null=True)
    uptime_percent = models.FloatField(null=True)
    maintenance_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Target]] = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "key"], name="one_target_per_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="target_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[State.UNKNOWN, State.MAINTENANCE])
                | Q(state=F("settled"), fresh_until__isnull=False),
                name="target_claims_only_what_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MAINTENANCE, maintenance_until__isnull=False)
                | (~Q(state=State.MAINTENANCE) & Q(maintenance_until=None)),
                name="target_in_maintenance_until_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["fresh_until"],
                condition=~Q(state=State.UNKNOWN) & Q(archived_at=None),
                name="target_goes_stale",
            ),
            models.Index(
                fields=["maintenance_until"],
                condition=Q(maintenance_until__isnull=False),
                name="target_leaves_maintenance",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.monitor.name

    @property
    def said(self) -> str:
        """What the last look saw, in words."""
        return said(self.detail, self.code)
