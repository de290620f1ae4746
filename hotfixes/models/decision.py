"""What was decided about an incident, with the facts that were shown (K138). What the remedy does comes later."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text
from hotfixes.models.spoken import with_words
from incidents.lifecycle.described import as_of
from incidents.models import RedactionRequest, TimelineEvent
from products.vocabulary import EventKind


class Choice(models.TextChoices):
    HOTFIX = "hotfix", _("Hotfix")
    ROLLBACK = "rollback", _("Rollback")
    MITIGATE = "mitigate", _("Contain it first")
    DEFER = "defer", _("Leave it for a release")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        """Those that no later one replaces; whether it was opened again since, decide.standing looks at."""
        return self.filter(superseded_at=None)

    def in_force(self) -> Self:
        """Those that count now: no later one replaces them, and the incident was not opened again since."""
        return self.standing().exclude(self.opened_again())

    @staticmethod
    def opened_again() -> Exists:
        """Whether its incident was opened again since."""
        return Exists(
            TimelineEvent.objects.filter(
                incident=OuterRef("incident"),
                kind=EventKind.REOPENED,
                recorded_at__gt=OuterRef("event__recorded_at"),
            )
        )

    def with_words(self) -> Self:
        """With who decided and why, unless somebody asked to redact it."""
        asked = RedactionRequest.objects.filter(event=OuterRef("event"), settled_at=None)
        return self.select_related("by", "event__payload").annotate(hidden=Exists(asked))


class Decision(models.Model):
    """One decision. Of an incident at most one stands; a later one names the one it replaces.

    `facts` are what was shown, `digest` their sha256, which the event `decided` carries into the timeline's chain.
    """

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    choice = models.CharField(max_length=10, choices=Choice)
    # The process's rollback option, by key and as it was called then.
    option = models.CharField(max_length=40, blank=True)
    option_title = models.CharField(max_length=200, blank=True)
    # The release that a deferral waits for.
    to = models.CharField(max_length=80, blank=True, validators=[plain_text])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # In which role, and by which right: listed, deputy, manager, or as administrator.
    role = models.CharField(max_length=80)
    right = models.CharField(max_length=12)
    token = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    event = models.OneToOneField("incidents.TimelineEvent", on_delete=models.PROTECT, related_name="decision")
    superseded_at = models.DateTimeField(null=True)
    # Taken without the role, because nobody who has it could be reached: loud wherever it is shown.
    emergency = models.BooleanField(default=False)
    # When it is to be looked at again; null once it was, or when nobody asked.
    revisit_at = models.DateTimeField(null=True)
    # When whoever decided was told that it is time; null: not yet.
    revisit_told_at = models.DateTimeField(null=True)

    objects: ClassVar[DecisionQuerySet] = DecisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="one_decision_per_number"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(superseded_at=None), name="one_standing_decision"
            ),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="decision_choice_known"),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("at")), name="superseded_later"
            ),
        ]
        indexes = [
            models.Index(
                fields=["revisit_at"],
                condition=Q(revisit_at__isnull=False, revisit_told_at=None, superseded_at=None),
                name="decision_revisit_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident} #{self.number}: {self.choice}"

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.incident.ref, self.number])

    @property
    def reason(self) -> str:
        """The words of its entry on the timeline: redacted there, they are gone here. Read it `with_words`."""
        return "" if getattr(self, "hidden", False) else self.event.text

    @property
    def shown(self) -> dict[str, Any]:
        """The facts as they were shown, with what was said of the incident then."""
        return {**with_words(self.incident, self.facts), **as_of(self.incident, self.event.seq)}

    @property
    def words(self) -> str:
        """`Rollback: Deploy the tag before again`."""
        more = self.option_title or self.to
        return f"{self.get_choice_display()}: {more}" if more else str(self.get_choice_display())
