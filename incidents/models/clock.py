"""Everything timed.

Rows are started and stopped by events and swept by the database; the arithmetic is in incidents/clocks/clocks.py.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.calendar import WorkingCalendar
from incidents.clocks import clocks, stages
from incidents.models.incident import Incident, Mode
from incidents.models.timeline import TimelineEvent
from products.vocabulary import ClockKey, ClockKind, EventKind, Moment


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> Self:
        return self.filter(stopped_at=None, cancelled_at=None, waived_at=None)

    def ticking(self) -> Self:
        """Those that can still run out: the partial index `clock_due` holds exactly these."""
        return self.running().filter(breached_at=None, due_at__isnull=False, at_least=False)

    def in_time(self) -> Self:
        """Without those of incidents entered afterwards: what ran out then is known once they are told to the end."""
        return self.exclude(incident__mode=Mode.RETROSPECTIVE)

    def to_warn(self) -> Self:
        """Those of which people are still to be reminded: what the index `clock_warn` holds."""
        return self.running().filter(breached_at=None, warn_at__isnull=False)


class Clock(models.Model):
    """One run of one clock.

    `cycle` counts runs (a reopened incident, a breach that a corrected severity takes back).
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="clocks")
    subject = models.CharField(max_length=20, blank=True, default="")
    key = models.CharField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[("commitment", "commitment"), ("target", "target")])
    # The target in force, as the process words it; seconds are null for a milestone or none.
    severity = models.CharField(max_length=40)
    target = models.CharField(max_length=80)
    target_s = models.PositiveIntegerField(null=True)

    # The moment or event that starts it, as the process names it.
    start = models.CharField(max_length=60, default="detected_at")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    due_set_at = models.DateTimeField()
    # When people are reminded of it next, and the last stage (stages.STAGES) that has come: none comes twice.
    warn_at = models.DateTimeField(null=True)
    warned = models.PositiveSmallIntegerField(default=0)
    # The first seconds in which nothing can be done yet: a message that is sent a day later.
    idle_s = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(TimelineEvent, on_delete=models.PROTECT, null=True, related_name="+")
    breached_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    # A time to wait out: its end is good, and it cannot run out. `holds` are the verbs that wait for it.
    at_least = models.BooleanField(default=False)
    holds = models.JSONField(default=list)
    # What is watched by measurement (hotfixes/watch/) is over when that says so, not by the time alone; `extended_s`
    # is how much longer it takes, for nobody looked meanwhile.
    measured = models.BooleanField(default=False)
    extended_s = models.PositiveIntegerField(default=0)
    # The working hours it counts by, as they were when it started; null counts all time.
    calendar = models.JSONField(null=True)
    # [[until, severity, target], …]: which limits held before, the earliest first.
    limits_before = models.JSONField(default=list)
    # [[from, to or null], …] as ISO texts; an open pause takes due_at away until it ends.
    pauses = models.JSONField(default=list)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "subject", "key", "cycle"], name="one_clock_per_cycle"
            ),
            models.UniqueConstraint(
                fields=["incident", "subject", "key"],
                condition=Q(stopped_at=None, cancelled_at=None, waived_at=None),
                name="one_running_clock_per_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(
                    stopped_at=None,
                    breached_at=None,
                    cancelled_at=None,
                    waived_at=None,
                    at_least=False,
                    due_at__isnull=False,
                ),
                name="clock_due",
            ),
            models.Index(
                fields=["warn_at"],
                condition=Q(
                    stopped_at=None,
                    breached_at=None,
                    cancelled_at=None,
                    waived_at=None,
                    warn_at__isnull=False,
                ),
                name="clock_warn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.key}/{self.cycle}"

    @property
    def is_running(self) -> bool:
        """Of those that `ClockQuerySet.running` finds."""
        return self.stopped_at is None and self.cancelled_at is None and self.waived_at is None

    @property
    def is_ticking(self) -> bool:
        """Of those that `ClockQuerySet.ticking` finds."""
        return self.is_running and self.breached_at is None and self.due_at is not None and not self.at_least

    @property
    def is_promise(self) -> bool:
        """Its breach is told to people. That nobody has seen an incident is, whatever the process calls that clock."""
        return self.kind == ClockKind.COMMITMENT or self.key == ClockKey.ACKNOWLEDGED

    @property
    def run(self) -> clocks.Run:
        """The numbers the pure functions take."""
        return clocks.Run(
            started_at=self.started_at,
            target_s=self.target_s,
            stopped_at=self.stopped_at,
            cancelled_at=self.cancelled_at,
            breached_at=self.breached_at,
            noticed_at=self.noticed_at,
            due_set_at=self.due_set_at,
            pauses=clocks.parse_pauses(self.pauses),
            waived_at=self.waived_at,
            calendar=WorkingCalendar.from_json(self.calendar) if self.calendar else None,
            at_least=self.at_least,
            measured=self.measured,
            extended_s=self.extended_s,
        )

    def stage_at(self, percent: int) -> datetime | None:
        """When `percent` of its time are gone; None for one that cannot run out as it stands."""
        return stages.stage_at(self.run, percent, self.idle_s)

    def reading(self, now: datetime) -> clocks.Reading:
        return clocks.read(self.run, now)

    def sum(self, now: datetime) -> list[str]:
        """The clock's sum, line by line, the same in page, API and report."""
        before = [(datetime.fromisoformat(until), was, limit) for until, was, limit in self.limits_before]
        return clocks.explain(
            self.run,
            now,
            severity=self.severity,
            target=self.target,
            start=beginning(self.start),
            before=before,
        )


def beginning(start: str) -> str:
    """Why a clock started, as half a sentence."""
    if start == Moment.DETECTED_AT:
        return _("when the problem was detected")
    if start == Moment.REPORTED_AT:
        return _("when the problem was reported")
    return _("at “%(event)s”") % {"event": EventKind(start.partition(":")[0]).label}
