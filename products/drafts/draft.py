"""A text of a process that is being written: kept until somebody publishes or discards it."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ProcessDraftQuerySet(models.QuerySet["ProcessDraft"]):
    def open(self) -> "ProcessDraftQuerySet":
        """Neither published nor discarded."""
        return self.filter(published=None, discarded_at=None)


class ProcessDraft(models.Model):
    """The next text of the process `key`, which may not exist yet. It may be broken; incidents never see it.

    `base` is the version it was begun from and lastly compared with. `guesses` is what an import of Markdown took
    things for: [{line, path, said, source_line, seen_by}], `seen_by` the name of who has looked at it, else null.
    """

    key = models.SlugField(max_length=40)
    base = models.ForeignKey("products.ProcessVersion", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    guesses = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    # Who last changed the text, and when: somebody else publishes it.
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(db_default=Now())
    published = models.OneToOneField(
        "products.ProcessVersion", on_delete=models.PROTECT, null=True, related_name="draft"
    )
    discarded_at = models.DateTimeField(null=True)

    objects = ProcessDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(published=None, discarded_at=None),
                name="one_open_draft_per_process",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.key}"

    @property
    def sha256(self) -> str:
        """Of the text, to tell whether somebody has saved another one meanwhile."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def unseen(self) -> int:
        """How many guesses nobody has looked at."""
        return sum(not guess.get("seen_by") for guess in self.guesses)
