"""What going back would undo, as a worker read it in its copy; and whether what one goes back to can still be had."""

from typing import Any

from django.db import models
from django.db.models import Q

from foundation.text import plain_text, single_line


class Preview(models.Model):
    """From one release of a product back to another, by short tag names; the last answer with its sha256.

    `data` is what hotfixes/preview/reading.py answers, {} before the first look; `trouble` says why the last look gave
    none. `commits` are what the refs named then: a moved tag makes it old.
    """

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="previews")
    from_ref = models.CharField(max_length=250, validators=[plain_text, single_line])
    to_ref = models.CharField(max_length=250, validators=[plain_text, single_line])
    from_commit = models.CharField(max_length=64, blank=True)
    to_commit = models.CharField(max_length=64, blank=True)
    data: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    # When a worker reads it next; null while nobody asks.
    look_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "from_ref", "to_ref"], name="one_preview_per_way_back"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="preview_look_due")
        ]

    def __str__(self) -> str:
        return f"{self.from_ref} → {self.to_ref}"


class Download(models.Model):
    """An address where a release can be had, and what a HEAD there said last. `status` 0: no answer (`trouble`)."""

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="downloads")
    url = models.CharField(max_length=1000, validators=[plain_text, single_line])
    status = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveBigIntegerField(null=True)
    trouble = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    looked_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "url"], name="one_download_per_address"),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="download_look_due")
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.status}"
