"""A hotfix: one product's fix for one incident, from the branch to the release (K20–K57)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line
from hotfixes.models.remedy import Remedy, RemedyQuerySet, look_due, one_open
from incidents.models import Incident, TimelineEvent
from products.process.schema.policy import PolicySpec
from products.vocabulary import EventKind

# These speak of the problem, whichever fix is under way.
OF_THE_INCIDENT = frozenset({
    EventKind.DECLARED, EventKind.SEVERITY_CONFIRMED, EventKind.SEVERITY_CHANGED, EventKind.DECIDED,
    EventKind.POSTMORTEM_SCHEDULED, EventKind.POSTMORTEM_PUBLISHED,
})  # fmt: skip


class HotfixQuerySet(RemedyQuerySet["Hotfix"]):
    def watched(self) -> Self:
        """Open ones, and those whose end is looked at again."""
        return self.filter(Q(status=Hotfix.Status.OPEN) | Q(verify_at__isnull=False))

    def unread(self) -> Self:
        """Those that ended before their repository was read at all: what its checks say waits for that."""
        return self.filter(status=Hotfix.Status.RELEASED, repository__mirror__good_at=None)

    def going_out(self) -> Self:
        """Open ones that are on their way to users, or there."""
        return self.open().filter(taken_back_at=None)

    def for_page(self) -> Self:
        return self.beside_incident().select_related(
            "incident__product__team", "incident__severity", "incident__process_version__process"
        )

    def beside_incident(self) -> Self:
        """As for_page, where the incident is known already and only to be set."""
        return self.select_related("product__team", "repository__mirror", "started_by")


class Hotfix(Remedy):
    """`policy` is the product's as it was at the start: later edits change nothing that runs.

    `branch` and `base_tag` are short names, empty for what the policy names; `version`s without `v`.
    """

    PREFIX, OF_INCIDENT = "HF", "hotfixes"

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        RELEASED = "released", _("released")
        ABANDONED = "abandoned", _("abandoned")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="hotfixes")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="hotfixes")
    repository = models.ForeignKey(
        "products.Repository", on_delete=models.PROTECT, null=True, related_name="hotfixes"
    )
    policy = models.JSONField()
    # What the tags of the product begin with ({product}), and which part of a monorepo it is.
    called = models.CharField(max_length=80)
    component = models.CharField(max_length=60, blank=True)
    # As long as what they are read from may be: deployments, and the version that an incident names.
    old_version = models.CharField(max_length=80, blank=True)
    new_version = models.CharField(max_length=80, blank=True)
    base_tag = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    branch = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    slug = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    # Since when users are without it, because another incident's rollback brought back what ran before it; null once it
    # runs again: hotfixes/deployments/taken_back.py. It stays on what a new hotfix has taken the place of.
    taken_back_at = models.DateTimeField(null=True)
    # Up to which entry of its incident's timeline words without a name speak of an earlier one; 0 without one.
    begun_seq = models.PositiveIntegerField(default=0)
    # When the incident was closed; and until when what was found then is looked at again: lifecycle/ending.py.
    closed_at = models.DateTimeField(null=True)
    verify_at = models.DateTimeField(null=True)
    # What the last round found beside the checks: lists of {key, verdict, summary, …}, and who wrote the fix.
    preflight: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    guard: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    authors: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    lease_token = models.UUIDField(null=True)
    looked_at = models.DateTimeField(null=True)
    # Up to which entry the incident's timeline was known then; with a later one it is judged again.
    judged_seq = models.PositiveIntegerField(default=0)

    objects: ClassVar[HotfixQuerySet] = HotfixQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        constraints = one_open("hotfix", ["open", "released", "abandoned"])
        indexes = [look_due("hotfix")]

    def get_absolute_url(self) -> str:
        return reverse("hotfix", args=[self.ref])

    @property
    def is_going_out(self) -> bool:
        return self.is_open and self.taken_back_at is None

    def is_meant(self, event: TimelineEvent) -> bool:
        """Whether an entry of its incident's timeline speaks of it: by its name, or by none while it was under way."""
        about = "" if event.redacted else str(event.data.get("hotfix") or "")
        if about:
            return about == self.ref
        gone = self.status == self.Status.ABANDONED and self.ended_at and event.recorded_at > self.ended_at
        return (event.seq > self.begun_seq and not gone) or event.kind in OF_THE_INCIDENT

    def was_out(self) -> bool:
        """Whether it was ever said or shown that users have it."""
        return EventKind.DEPLOYED in self._out(EventKind.DEPLOYED)

    def is_out(self) -> bool:
        """Whether that was the last word, and nothing takes it back since."""
        told = self._out(
            EventKind.DEPLOYED, EventKind.DEPLOY_FAILED, EventKind.ROLLED_BACK, EventKind.TAKEN_BACK
        )
        return told[-1:] == [EventKind.DEPLOYED]

    def _out(self, *kinds: str) -> list[str]:
        rows = self.incident.events.filter(kind__in=kinds, seq__gt=self.begun_seq).select_related("payload")
        return [event.kind for event in rows.order_by("seq") if self.is_meant(event)]

    @property
    def rules(self) -> PolicySpec:
        """The pinned policy, read."""
        return PolicySpec.model_validate(self.policy)

    @property
    def known(self) -> dict[str, Any]:
        """What the policy's placeholders stand for."""
        return {"product": self.called, "old": self.old_version, "new": self.new_version, "slug": self.slug}
