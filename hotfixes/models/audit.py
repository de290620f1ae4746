"""An audit that a person asked for: what is to be read, how far it is, and what was found."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Actor, teams_of
from accounts.models import User
from foundation.text import plain_text
from hotfixes.git.trouble import SENTENCES, Trouble

MOST_TAGS = 50


class AuditRunQuerySet(models.QuerySet["AuditRun"]):
    def visible_to(self, user: Actor) -> Self:
        """One's own, and those that were made for one of one's teams."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(Q(by=user) | Q(team__in=teams_of(user)))

    def under_way(self) -> Self:
        return self.filter(state__in=AuditRun.UNDER_WAY)


class AuditRun(models.Model):
    """A claim marks the row with a token and moves `due_at` to the end of the lease, as for mirrors; `due_at` is empty
    once it is over. `token` is sealed and forgotten then. One person has one under way.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    UNDER_WAY = (State.WAITING, State.RUNNING)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="audits")
    # Whose people see it besides who asked; null for nobody.
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="audits")
    url = models.CharField(max_length=500)
    username = models.CharField(max_length=100, blank=True, validators=[plain_text])
    token = models.TextField(blank=True)
    version = models.ForeignKey("products.ProcessVersion", on_delete=models.PROTECT, related_name="+")
    # Words of the pattern of tags, and another pattern than the process's.
    product = models.CharField(max_length=60, blank=True, validators=[plain_text])
    tag = models.CharField(max_length=200, blank=True, validators=[plain_text])
    limit = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_TAGS)]
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(null=True, db_default=Now())
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=12, blank=True)
    trouble = models.CharField(max_length=24, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[AuditRunQuerySet] = AuditRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["due_at"], name="audit_due", condition=Q(due_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(state__in=["waiting", "running"]), name="one_audit_under_way"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], done_at=None)
                | Q(state__in=["done", "failed", "cancelled"], done_at__isnull=False, token="", due_at=None),
                name="audit_over_forgets",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        return reverse("audit", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def sentence(self) -> str:
        """What went wrong, for a tired person; empty when nothing did."""
        if not self.trouble:
            return ""
        known: dict[str, Any] = {str(key): said for key, said in SENTENCES.items()}
        return str(known.get(self.trouble, SENTENCES[Trouble.UNKNOWN]))
