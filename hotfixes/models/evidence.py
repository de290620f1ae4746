"""What scripts and forges told about a hotfix, as they told it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hotfixes.models.hotfix import Hotfix


class Evidence(models.Model):
    """Posted by CI or a script with a token: a claim of that token's, never more. `head`: the commit it speaks of."""

    class Kind(models.TextChoices):
        TESTS = "tests", _("tests")
        SMOKE = "smoke", _("smoke tests")
        ARTIFACT = "artifact", _("artifact")
        NOTE = "note", _("note")

    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind)
    passed = models.BooleanField(null=True)
    summary = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    data: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    head = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"{self.hotfix_id} {self.kind}"


class ForgeReading(models.Model):
    """What the forge's API said last about a hotfix; hooks are only hints to read it again."""

    hotfix = models.OneToOneField(Hotfix, on_delete=models.PROTECT, related_name="forge_reading")
    data: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    etags: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    until = models.DateTimeField(null=True)
    # What we wrote there last, where a token may write: the commit, the status, the comment's id (forges/writing.py).
    said: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.hotfix_id}: {self.read_at}"


class HookSeen(models.Model):
    """A delivery of a forge's hook that was accepted: its id makes a repeat harmless. Kept 90 days."""

    repository = models.ForeignKey("products.Repository", on_delete=models.CASCADE, related_name="hooks_seen")
    delivery = models.CharField(max_length=200)
    event = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField(blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "delivery"], name="one_delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.repository_id} {self.event} {self.delivery}"
