"""Rows that belong to no domain: counters for public refs, keys that make a resend harmless, signs of life, files."""

from django.db import models
from django.db.models.functions import Now


class RefCounter(models.Model):
    """The last number given out per kind of ref (INC, HF, RB). Never re-used; gaps are allowed."""

    kind = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)


class IdempotencyKey(models.Model):
    """One answered request: the same key again gets the same answer, with another body it is refused."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    answer = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["at"], name="idempotency_by_age")]


class Heartbeat(models.Model):
    """A loop of a process, as foundation/pulse.py last wrote it down.

    `beat_at` is the loop's own last turn, `pulse_at` the process's. `silent_since`: work is under way there that
    has shown no sign since then. `progress` counts what is done. `figures` is more that the process tells of itself.
    """

    name = models.CharField(max_length=20)
    process = models.CharField(max_length=20)
    role = models.CharField(max_length=10)
    label = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    pulse_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    silent_since = models.DateTimeField(null=True)
    progress = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "name"], name="one_heartbeat_per_loop")]

    def __str__(self) -> str:
        return f"{self.name} of {self.label}"


class Blob(models.Model):
    """A file that somebody handed in. Who may have it, the row it hangs on says; `type` is what its bytes are."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    bytes = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.type} {self.sha256[:12]}"
