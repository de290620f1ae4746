"""Our copy of a repository as a row: when to look next, how the last look ended; and every position seen of a ref."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotfixes.git.movements import Kind
from hotfixes.git.trouble import SENTENCES, Trouble


class Mirror(models.Model):
    """One row per repository. The folder on a worker's disk can go at any time; this row and the observations stay.

    A claim marks the row with a token and moves `due_at` to the end of the lease, as for monitors: who dies loses
    nothing but that time. `asked_at`: somebody wanted a look while one was under way; the next follows at once.
    """

    class State(models.TextChoices):
        NEW = "new", _("not read yet")
        READY = "ready", _("read")
        TROUBLE = "trouble", _("cannot be read")

    repository = models.OneToOneField("products.Repository", on_delete=models.PROTECT, related_name="mirror")
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    due_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True)
    asked_at = models.DateTimeField(null=True)
    # How far a fetch is, 0–99; null while none runs.
    percent = models.PositiveSmallIntegerField(null=True)
    phase = models.CharField(max_length=12, blank=True)
    trouble = models.CharField(max_length=24, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    trouble_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    # The last look, and the last that succeeded.
    looked_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    refs = models.PositiveIntegerField(default=0)
    default_branch = models.CharField(max_length=250, blank=True)
    # What the last good look found for each product, by its id (hotfixes/observing/found.py).
    found: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    # The last delivery of its hook, right or wrong (hotfixes/hooks/receiving.py).
    hook: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mirror_due")]

    def __str__(self) -> str:
        return f"{self.repository_id}: {self.state}"

    @property
    def sentence(self) -> str:
        """What is wrong, for a tired person; empty when nothing is."""
        return str(SENTENCES[Trouble(self.trouble)]) if self.trouble else ""


class RefObservation(models.Model):
    """A branch or tag of a repository as it was when we looked: written when it changed, never changed itself.

    Git forgets: after a fast-forward nothing in it tells where a branch began. `oid` is what the ref held and `commit`
    what lies behind it; both empty when it was gone.
    """

    repository = models.ForeignKey(
        "products.Repository", on_delete=models.PROTECT, related_name="observations"
    )
    name = models.TextField()
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    oid = models.CharField(max_length=64, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["repository", "name", "-id"], name="ref_latest_first"),
            models.Index(fields=["repository", "seen_at"], name="ref_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.commit[:10]}"
