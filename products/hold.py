"""What is put right first: while a row of a product is not free, its other releases wait (K55)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> "HoldQuerySet":
        return self.filter(free_at=None)


class Hold(models.Model):
    """`remedy` ("HF-3", "RB-1") of `incident` ("INC-42") goes first; both as text, for they live in apps above.

    One row per remedy, for ever: that it was told once is what its row says. `private`: as its incident is.
    """

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="holds")
    remedy = models.CharField(_("remedy"), max_length=24, unique=True)
    incident = models.CharField(max_length=24)
    private = models.BooleanField(default=False)
    since = models.DateTimeField()
    free_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["product"], condition=models.Q(free_at=None), name="hold_standing")]

    def __str__(self) -> str:
        return f"{self.remedy} first"
