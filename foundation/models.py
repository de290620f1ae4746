"""Rows that belong to no domain: counters for public refs, keys that make a resend harmless."""

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
