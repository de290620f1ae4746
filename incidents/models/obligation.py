"""A message that somebody owes: whose it is, from when on, and how far it has come (K65–K77, K84, K85, C11, C17).

What is owed follows from the story (incidents/messages/shown.py); these rows are what can be found of it in one query,
also when the incident is closed.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from incidents.models.incident import Incident


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def due(self, now: datetime) -> Self:
        return self.open().filter(due_at__lte=now)

    def visible_to(self, user: User) -> Self:
        return self.filter(incident__in=Incident.objects.visible_to(user))


class Obligation(models.Model):
    """`cycle` is the number of the event that asks for it: a new deployment owes anew. `owner` has the role, or stands
    in for it; null: nobody does. `outcome` is "sent" or "moot". `look_at` is when the sweep looks next.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="obligations")
    message = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    cycle = models.PositiveIntegerField()
    role = models.CharField(max_length=80, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    late_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    told_due_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)

    objects: ClassVar[ObligationQuerySet] = ObligationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "message", "cycle"], name="owed_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="")
                | Q(done_at__isnull=False, outcome__in=["sent", "moot"], look_at=None),
                name="obligation_ends_whole",
            ),
            models.CheckConstraint(
                condition=Q(late_at__gte=models.F("due_at")), name="obligation_late_after_due"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="obligation_look_due"),
            models.Index(fields=["owner", "due_at"], condition=Q(done_at=None), name="obligation_owed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.message}.{self.cycle}"

    def get_absolute_url(self) -> str:
        return reverse("message", args=[self.incident.ref, self.message])
