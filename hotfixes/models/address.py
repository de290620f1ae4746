"""Where a product's releases can be had, for each way back that needs to know."""

from django.conf import settings
from django.db import models

from foundation.text import plain_text, single_line


class ReleaseAddress(models.Model):
    """The address of a release with `{target}` for its number, for one way back (`option`, its key in the process).

    A process is for many products, so what is the product's own is kept with it; it goes before the process's text.
    """

    product = models.ForeignKey(
        "products.Product", on_delete=models.PROTECT, related_name="release_addresses"
    )
    option = models.CharField(max_length=64)
    address = models.CharField(max_length=500, validators=[plain_text, single_line])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "release addresses"
        constraints = [
            models.UniqueConstraint(fields=["product", "option"], name="one_release_address_per_way_back"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.option}: {self.address}"
