"""What was brought out where, as scripts, forges, monitors or people said it (A24, K56, K57)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text


class Deployment(models.Model):
    """One report of a deployment. `hotfix` is its public ref as text, or empty; `at` when it happened.

    `handled_at`: when what follows from it for fixes of other incidents was done, in the app above; null until then.
    """

    class Status(models.TextChoices):
        STARTED = "started", _("started")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        ROLLED_BACK = "rolled_back", _("rolled back")

    class Stage(models.TextChoices):
        """Where a store stands with it; empty for what goes to servers."""

        SUBMITTED = "submitted", _("submitted")
        IN_REVIEW = "in_review", _("in review")
        RELEASED = "released", _("released")
        HALTED = "halted", _("halted")

    class Source(models.TextChoices):
        API = "api", _("a script")
        FORGE = "forge", _("the forge")
        PERSON = "person", _("a person")
        PROBE = "probe", _("a monitor")

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="deployments")
    environment = models.ForeignKey(
        "products.Environment", on_delete=models.PROTECT, related_name="deployments"
    )
    version = models.CharField(max_length=80, validators=[plain_text])
    # What ran there before, as far as anybody had said; which of both is newer, nobody needs to tell later.
    was = models.CharField(max_length=80, blank=True)
    git_ref = models.CharField(max_length=250, blank=True, validators=[plain_text])
    hotfix = models.CharField(max_length=24, blank=True)
    status = models.CharField(max_length=12, choices=Status)
    stage = models.CharField(max_length=12, choices=Stage, blank=True)
    # How many of the users have it, in percent, as a store rolls it out; null where that has no meaning.
    percent = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=8, choices=Source)
    at = models.DateTimeField()
    url = models.URLField(max_length=1000, blank=True)
    # The forge's own id of it, so that reading it twice makes one row.
    foreign_id = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["product", "environment", "-at"], name="deployment_newest_first"),
            models.Index(fields=["id"], condition=models.Q(handled_at=None), name="deployment_unhandled"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "environment", "foreign_id", "status"],
                condition=~models.Q(foreign_id=""),
                name="one_row_per_foreign_deployment",
            ),
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__lte=100), name="percent_at_most_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.status} in {self.environment_id}"


class VersionSeen(models.Model):
    """A version that a running service itself reported, first seen `since`; a row per change.

    `source`: who asked the service, a monitor or a script. `handled_at`: when what follows from it was done, in the
    app above; null until then.
    """

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="versions_seen")
    environment = models.ForeignKey(
        "products.Environment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Where it was read: a monitor's slug and target, as text.
    where = models.CharField(max_length=200)
    version = models.CharField(max_length=80)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=Deployment.Source, default=Deployment.Source.API)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["product", "where", "-id"], name="version_seen_latest"),
            models.Index(fields=["id"], condition=models.Q(handled_at=None), name="version_seen_unhandled"),
        ]

    def __str__(self) -> str:
        return f"{self.where}: {self.version}"
