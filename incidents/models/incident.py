"""What is broken, for whom, how bad, and who works on it.

The story itself is the timeline; these columns are its present state.
"""

import re
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import teams_of
from accounts.models import User
from foundation import moment
from foundation.text import plain_text, single_line
from products.models import ProcessVersion
from products.vocabulary import CONTAINED

REF = re.compile(r"INC-([1-9][0-9]{0,17})", re.IGNORECASE)


class Status(models.TextChoices):
    TRIAGE = "triage", _("Triage")
    ACTIVE = "active", _("Active")
    MONITORING = "monitoring", CONTAINED
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    DEFERRED = "deferred", _("Deferred")
    DUPLICATE = "duplicate", _("Duplicate")


# Somebody still has to do something.
OPEN = (Status.TRIAGE, Status.ACTIVE, Status.MONITORING)


class Mode(models.TextChoices):
    LIVE = "live", _("Live")
    DRILL = "drill", _("Drill")
    RETROSPECTIVE = "retrospective", _("Retrospective")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> Self:
        """The only gate for lists, search and counts.

        Teammates see their team's, a private one only if they take part.
        """
        taking_part = Participant.objects.filter(incident=models.OuterRef("pk"), user=user.pk)
        return self.filter(Q(private=False) | models.Exists(taking_part), product__team__in=teams_of(user))

    def read_by(self, user: User) -> Self:
        """Those visible to `user`, each knowing it: whether they may act on one asks the database nothing more."""
        return self.visible_to(user).annotate(reader=models.Value(user.pk))

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def real(self) -> Self:
        """What counts: neither drills nor what was entered afterwards."""
        return self.filter(mode=Mode.LIVE)

    def worst_first(self) -> Self:
        """Real ones before drills; the most severe, then the one whose clock runs out first, then the oldest."""
        return self.alias(
            unreal=models.Case(models.When(mode=Mode.LIVE, then=0), default=1),
            next_due=models.Min(
                "clocks__due_at", filter=Q(clocks__stopped_at=None, clocks__cancelled_at=None)
            ),
        ).order_by("unreal", "severity__rank", F("next_due").asc(nulls_last=True), "declared_at", "pk")

    def for_page(self) -> Self:
        return self.select_related(
            "product__team",
            "severity",
            "process_version__process",
            "environment",
            "lead",
            "declared_by",
            "target__monitor",
            "duplicate_of",
        )

    def for_list(self) -> Self:
        """Many of them, with what lines of a list speak of. Versions of processes are long: each is read once."""
        versions = models.Prefetch("process_version", ProcessVersion.objects.defer("text"))
        return self.select_related("product__team", "severity").prefetch_related(versions)

    def by_ref(self, ref: str) -> "Incident":
        """The incident named INC-n, in any case. Raises Incident.DoesNotExist, for a malformed ref too."""
        return self.get(number=number_of(ref))


def number_of(ref: str) -> int:
    """n of INC-n, in any case. Raises Incident.DoesNotExist for a malformed one."""
    match = REF.fullmatch(ref)
    if not match:
        raise Incident.DoesNotExist(ref)
    return int(match[1])


class Incident(models.Model):
    number = models.PositiveBigIntegerField(unique=True)
    title = models.CharField(max_length=200, validators=[plain_text, single_line])
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="incidents")
    environment = models.ForeignKey("products.Environment", on_delete=models.PROTECT, null=True, blank=True)
    process_version = models.ForeignKey("products.ProcessVersion", on_delete=models.PROTECT)
    severity = models.ForeignKey("products.Severity", on_delete=models.PROTECT)
    status = models.CharField(max_length=12, choices=Status)
    mode = models.CharField(max_length=14, choices=Mode, default=Mode.LIVE)
    private = models.BooleanField(default=False)

    impact = models.TextField(max_length=4000, blank=True, validators=[plain_text])
    workaround = models.TextField(max_length=4000, blank=True, validators=[plain_text])
    users_affected = models.PositiveBigIntegerField(null=True, blank=True)
    users_estimated = models.BooleanField(default=False)
    users_source = models.CharField(max_length=200, blank=True, validators=[plain_text])
    security = models.BooleanField(default=False)
    data_loss = models.BooleanField(default=False)
    affected_version = models.CharField(max_length=80, blank=True, validators=[plain_text])

    detected_at = models.DateTimeField()
    # When somebody or something told us; null: nobody has said, and what counts from it counts from the detection.
    reported_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    # When a remedy was begun: a hotfix or a rollback.
    remedy_at = models.DateTimeField(null=True)
    # The release that a deferred one waits for, and what a duplicate is one of.
    deferred_to = models.CharField(max_length=80, blank=True, default="", validators=[plain_text])
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # The monitored target whose outage opened it; the database keeps at most one open incident per target.
    target = models.ForeignKey(
        "monitoring.Target", on_delete=models.PROTECT, null=True, related_name="incidents"
    )

    # When to look next for a needed role that nobody has taken (incidents/roles/vacancies.py).
    roles_due_at = models.DateTimeField(null=True)
    # When the next status update is due, and when somebody is reminded of it (incidents/messages/rhythm.py); null:
    # nobody asks.
    update_due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)

    # Where no clock says when the next one is asked to acknowledge it (incidents/telling/escalation.py): when, and how
    # many have been.
    escalate_at = models.DateTimeField(null=True)
    escalated = models.PositiveSmallIntegerField(default=0)

    # The head of the timeline's chain, moved by the database's trigger: a cut tail cannot go unnoticed,
    # and pages are keyed by it.
    timeline_seq = models.PositiveIntegerField(default=0)
    timeline_hash = models.CharField(max_length=64, blank=True, default="")

    objects: ClassVar[IncidentQuerySet] = IncidentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(status__in=OPEN), name="one_open_incident_per_target"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="incident_status_known"),
            models.CheckConstraint(
                condition=Q(detected_at__lte=F("declared_at")), name="detected_before_declared"
            ),
            models.CheckConstraint(condition=~Q(duplicate_of=F("pk")), name="no_duplicate_of_itself"),
            models.CheckConstraint(
                condition=~Q(status=Status.DUPLICATE) | Q(duplicate_of__isnull=False),
                name="duplicate_of_something",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DEFERRED) | ~Q(deferred_to=""), name="deferred_to_a_release"
            ),
        ]
        indexes = [
            models.Index(fields=["-declared_at", "-id"], name="incident_newest_first"),
            models.Index(fields=["product", "status"], name="incident_by_product"),
            models.Index(
                fields=["roles_due_at"],
                condition=Q(status__in=OPEN, roles_due_at__isnull=False),
                name="incident_roles_due",
            ),
            models.Index(
                fields=["escalate_at"],
                condition=Q(status__in=OPEN, acknowledged_at=None, escalate_at__isnull=False),
                name="incident_escalate",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(status__in=OPEN, remind_at__isnull=False),
                name="incident_remind_due",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("incident", args=[self.ref])

    def read_again(self, *, severity: models.Model | None = None) -> datetime:
        """As its row is now, with what verbs ask about; returns the database's time as it was read. Versions of a
        process and their severities never change: those that are known already are not read anew, nor is `severity`.
        """
        cache = self._state.fields_cache
        known = {name: cache.get(name) for name in ("process_version", "severity")}
        known["severity"] = severity or known["severity"]
        wanted = [name for name, row in known.items() if row is None]
        rows = Incident.objects.select_related("product__team", *wanted).annotate(read_at=moment.Read())
        if "process_version" in wanted:
            rows = rows.defer("process_version__text")  # long, and verbs go by the document
        fresh = rows.get(pk=self.pk)
        for column in self._meta.concrete_fields:
            setattr(self, column.attname, getattr(fresh, column.attname))
        self._prefetched_objects_cache: dict[str, Any] = {}
        cache.clear()
        cache.update(fresh._state.fields_cache)
        for name, row in known.items():
            if row is not None and row.pk == getattr(self, f"{name}_id"):
                setattr(self, name, row)
        read_at: datetime = fresh.__dict__["read_at"]
        return read_at

    def put_down(self, **columns: Any) -> None:
        """Sets columns of the row, which the caller holds and has read since; nothing is written that stands there."""
        new = {name: value for name, value in columns.items() if getattr(self, name) != value}
        for name, value in new.items():
            setattr(self, name, value)
        if new:
            Incident.objects.filter(pk=self.pk).update(**new)

    @property
    def ref(self) -> str:
        return f"INC-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Assignment(models.Model):
    """Who holds a role of the process on this incident; "lead" exists in every process.

    History stays as rows.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    # Who gave it, and what they said with it; null for what was taken before this was kept.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)
    # Taken by an administrator who is not listed for a role that decides.
    break_glass = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "role"], condition=Q(until=None), name="one_holder_per_role"
            ),
        ]


class Participant(models.Model):
    """Who may see a private incident; for others, who took part."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="participates_once")]
