"""What is known of each check of a hotfix, and what people said of it. No verdict is edited."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from hotfixes.models.hotfix import Hotfix
from products.vocabulary import Verdict


class CheckResult(models.Model):
    """One answer of a check, kept as it was; the one without `superseded_at` is what is known now.

    A new row is written when the answer changes. `observed_at`: since when it reads so; `looked_at`: when it was
    judged last.
    """

    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, related_name="results")
    key = models.CharField(max_length=40)
    verdict = models.CharField(max_length=8, choices=Verdict)
    summary = models.TextField()
    proof = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    next_text = models.TextField(blank=True)
    next_commands = models.JSONField(default=list)
    observed_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    # Whether the timeline tells of it: not being able to look is shown, and is no news of the fix.
    told = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["hotfix", "key"], condition=Q(superseded_at=None), name="one_answer_per_check"
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.hotfix_id} {self.key}: {self.verdict}"


class Said(models.Model):
    """A person's word about a check; the words themselves are the event's alone, so that redacting it leaves none."""

    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, related_name="%(class)ss")
    key = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    # What the check said at that moment, and the digest of it.
    verdict = models.CharField(max_length=8, choices=Verdict)
    digest = models.CharField(max_length=64)
    event = models.OneToOneField("incidents.TimelineEvent", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["pk"]


class Override(Said):
    """Somebody goes on although the check does not say PASS. `second`: who agreed, where the process wants two."""

    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    needs_second = models.BooleanField(default=False)

    class Meta(Said.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["hotfix", "key"], condition=Q(withdrawn_at=None), name="one_override_per_check"
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=models.F("by")), name="second_is_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hotfix_id} {self.key} overridden"


class Attestation(Said):
    """Somebody says that it is so, with words, a link or a file in the event."""

    url = models.URLField(max_length=1000, blank=True)

    class Meta(Said.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.hotfix_id} {self.key} attested"
