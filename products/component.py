"""The parts of a product that are built and delivered by themselves (A43): the app, the backend, an image."""

from django.db import models

from foundation.text import plain_text


class Component(models.Model):
    """`slug` is the key by which the process speaks of it (rollback options, version files); `name` is for people."""

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="components")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80, validators=[plain_text])
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "slug"], name="one_component_per_slug"),
        ]

    def __str__(self) -> str:
        return self.name
