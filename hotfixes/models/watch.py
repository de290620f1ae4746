"""The watch after a deployment: what was seen, minute by minute, and what people and scripts counted (K60–K64, K98)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text
from incidents.models import Incident


class Watch(models.Model):
    """One watch of one remedy (`HF-3`, `RB-1`, or empty: of the incident).

    Samples count from `kept_from`, the deployment; the `least_s` seconds count from `counts_from`, null until that has
    happened (C3: the smoke tests). `coverage` is percent of that time, `max_gap` intervals of a monitor. `facts` are
    what it found when it ended. Restarting it counts `counts_from` anew and `restarts` up.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        MET = "met", _("finished")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="watches")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="watches")
    remedy = models.CharField(max_length=24, blank=True)
    kept_from = models.DateTimeField()
    counts_from = models.DateTimeField(null=True)
    least_s = models.PositiveIntegerField()
    coverage = models.PositiveSmallIntegerField(default=95)
    max_gap = models.PositiveSmallIntegerField(default=3)
    watcher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    restarts = models.PositiveSmallIntegerField(default=0)
    # How much longer gaps have made it, as it was told last; the page computes it anew.
    extended_s = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # After it was met: until when a relapse is still looked for.
    look_until = models.DateTimeField(null=True)
    facts: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    look_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "product", "remedy"],
                condition=Q(state="running"),
                name="one_running_watch_per_remedy",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "met", "failed", "stopped"]), name="watch_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="watch_look_due")
        ]

    def __str__(self) -> str:
        return f"{self.remedy or self.incident_id}: {self.state}"


class WatchSample(models.Model):
    """What one look of one monitor's target said while it was watched. A look that could not see is no good one."""

    class Verdict(models.TextChoices):
        GOOD = "good", _("good")
        BAD = "bad", _("bad")
        UNKNOWN = "unknown", _("can't tell")

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="samples")
    target = models.ForeignKey("monitoring.Target", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    # A confirmed failure: the monitor itself had failed often enough to say "down".
    confirmed = models.BooleanField(default=False)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["watch", "target", "at"], name="one_sample_per_look"),
        ]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.target_id} {self.at}: {self.verdict}"


class Tally(models.Model):
    """Errors or users' reports counted over a time, by a person, a script or a source; never a sum of two sources."""

    class Kind(models.TextChoices):
        ERRORS = "errors", _("errors")
        USER_REPORTS = "user_reports", _("users' reports")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tallies")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    remedy = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    # Where it was counted, in words: "Sentry", "support inbox".
    source = models.CharField(max_length=80, blank=True, validators=[plain_text])
    url = models.URLField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "tallies"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["errors", "user_reports"]), name="tally_kind_known"),
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="tally_ends_after_begin"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} of {self.remedy or self.incident_id}"


class SmokeTick(models.Model):
    """What a person tried right after the deployment and how it went (K58–K60). The words are the timeline's alone."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="ticks")
    # The key of the process's smoke item.
    item = models.CharField(max_length=40)
    passed = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.item}: {'passed' if self.passed else 'failed'}"
