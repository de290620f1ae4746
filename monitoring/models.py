"""What is watched and how it looks: fields, constraints and reads. Writes live in the verbs and in the sweep."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text
from monitoring.reasons import said
from monitoring.states import RANK, State
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User

DAY = 86_400
FIRST_LOOK = datetime.timedelta(minutes=2)


class Kind(models.TextChoices):
    """How a monitor looks: each is one file of monitoring/probes."""

    HTTP = "http", _("An address that answers")
    SUMMARY = "summary", _("A summary of several targets (JSON)")
    HEARTBEAT = "heartbeat", _("A script that reports in")
    FILE = "file", _("Files: that they are there, and what they hold")


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

    def unsure(self, now: datetime.datetime) -> MonitorQuerySet:
        """Those of which nobody can tell how they are: something of them was not seen, or not lately.

        Not those that were added a moment ago and wait for their first look.
        """
        present = Target.objects.filter(monitor=models.OuterRef("pk"), archived_at=None)
        unseen = present.filter(Q(state=State.UNKNOWN) | Q(fresh_until__lt=now))
        young = Q(looked_at=None, created_at__gt=now - FIRST_LOOK)
        return self.filter(models.Exists(unseen) | ~models.Exists(present)).exclude(young)

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
                condition=~Q(target="") | ~Q(kind="http"), name="monitor_has_an_address_or_waits"
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
        """How long a good look of ours may be believed: twice the interval and a minute (EVIDENCE.md §1)."""
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


class ClockTimestamp(Func):
    """PostgreSQL's wall clock at this moment."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


# What may be said of a target now: its state while that is believed, else unknown (monitoring.shown, in SQL).
SHOWN = Case(When(fresh_until__lt=ClockTimestamp(), then=Value(State.UNKNOWN)), default=F("state"))
WORST = Case(
    When(fresh_until__lt=ClockTimestamp(), then=Value(RANK[State.UNKNOWN])),
    *(When(state=state, then=Value(rank)) for state, rank in RANK.items()),
    default=Value(9),
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
        """Those that still claim a state although their last good look is too old to be believed."""
        return self.filter(archived_at=None, fresh_until__lt=now).exclude(state=State.UNKNOWN)

    def down(self) -> TargetQuerySet:
        """Those that are down, as far as can be told now."""
        return self.present().filter(state=State.DOWN).shown_in([State.DOWN])


class Target(models.Model):
    """One thing with a state: `http` has exactly one, a summary as many as it lists (DECISIONS.md 9).

    `state` is what Nightdesk says now; `settled` is the last state it was sure of ("" before the first),
    which a time of not knowing does not wipe out: a target that was down before a gap must pass
    `recover_after` looks to be up after it. `seen` is what the last look said (unknown when it said nothing),
    with its `code`, `detail` and `latency_ms`; `fails` and `oks` count consecutive looks worse and better
    than `settled`. `checked_at` is the moment the data is of (the file's own time, if it tells one),
    `fresh_until` the moment until which it is believed. `uptime_percent` is what a summary claims about
    itself, never what Nightdesk measured.
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
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Target]] = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "key"], name="one_target_per_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="target_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.UNKNOWN) | Q(state=F("settled"), fresh_until__isnull=False),
                name="target_claims_only_what_was_seen",
            ),
        ]
        indexes = [
            models.Index(
                fields=["fresh_until"],
                condition=~Q(state=State.UNKNOWN) & Q(archived_at=None),
                name="target_goes_stale",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.monitor.name

    @property
    def said(self) -> str:
        """What the last look saw, in words."""
        return said(self.detail, self.code)


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
