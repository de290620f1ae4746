"""A rollback: one product brought back to what ran before, by one of the process's options (A37–A42, K138, K139)."""

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.text import plain_text, single_line
from hotfixes.models.decision import Decision
from hotfixes.models.hotfix import Hotfix
from hotfixes.models.remedy import Remedy, RemedyQuerySet, look_due, one_open
from incidents.models import Incident


class RollbackQuerySet(RemedyQuerySet["Rollback"]):
    """Nothing of its own."""


class Rollback(Remedy):
    """`option` is the process's as it was at the start; versions are without `v`, refs are short tag names.

    `preconditions` are lists of {key, text, verdict, summary, facts, at} as they were judged last; `preview` is what it
    undoes, frozen at the decision with its digest. `hotfix`: the one it undoes, where a hotfix made it worse (A37).
    """

    PREFIX, OF_INCIDENT = "RB", "rollbacks"

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        ABANDONED = "abandoned", _("abandoned")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="rollbacks")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="rollbacks")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="rollbacks")
    hotfix = models.ForeignKey(Hotfix, on_delete=models.PROTECT, null=True, related_name="rollbacks")
    option: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    option_key = models.CharField(max_length=40, blank=True)
    from_version = models.CharField(max_length=80, blank=True)
    to_version = models.CharField(max_length=80, blank=True)
    from_ref = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    to_ref = models.CharField(max_length=250, blank=True, validators=[plain_text, single_line])
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    # When production ran the version before again, as a script, a monitor or a person said.
    back_at = models.DateTimeField(null=True)
    preconditions: "models.JSONField[list[Any], list[Any]]" = models.JSONField(default=list)
    preview: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    preview_digest = models.CharField(max_length=64, blank=True)

    objects: ClassVar[RollbackQuerySet] = RollbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        constraints = one_open("rollback", ["open", "done", "abandoned"])
        indexes = [look_due("rollback")]

    def get_absolute_url(self) -> str:
        return reverse("rollback", args=[self.ref])
