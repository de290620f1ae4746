"""What hotfixes and rollbacks have in common: a number that people say, one of a product under way, how they end."""

import re
from typing import Any, ClassVar, Self, TypeVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from incidents.models import Incident
from incidents.sight import reader_of

OPEN = "open"
R = TypeVar("R", bound="Remedy")


class RemedyQuerySet(models.QuerySet[R]):
    def visible_to(self, user: User) -> Self:
        """Those of the incidents that `user` may see."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(status=OPEN)

    def by_ref(self, ref: str) -> R:
        """The one of this name (HF-n, RB-n), in any case. Raises DoesNotExist, for a malformed ref too."""
        return self.get(number=self._number_of(ref))

    def in_sight(self, ref: str, user: User) -> R:
        """The same for one person, as `incidents.sight.in_sight` finds incidents: raises ObjectDoesNotExist."""
        named = {f"{self.model.OF_INCIDENT}__number": self._number_of(ref)}
        known = reader_of(user, Incident.objects.filter(**named))
        found = self.by_ref(ref)
        known(found.incident)  # type: ignore[attr-defined]
        return found

    def _number_of(self, ref: str) -> int:
        number = self.model.number_of(ref)
        if number is None:
            raise self.model.DoesNotExist(ref)
        return number


class Remedy(models.Model):
    """`look_at`: when the worker judges it next, null for when something happens. Its incident, its product and the
    `status` are the classes' own, for their names differ.
    """

    PREFIX: ClassVar[str]
    OF_INCIDENT: ClassVar[str]  # what its incident calls them
    status: Any

    number = models.PositiveBigIntegerField(unique=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref

    @classmethod
    def number_of(cls, ref: str) -> int | None:
        """Of what people write, in any case; None for what names none."""
        match = re.fullmatch(rf"{cls.PREFIX}-([1-9][0-9]{{0,17}})", ref, re.IGNORECASE)
        return int(match[1]) if match else None

    @property
    def ref(self) -> str:
        return f"{self.PREFIX}-{self.number}"

    @property
    def is_open(self) -> bool:
        return cast("bool", self.status == OPEN)

    @property
    def is_going_out(self) -> bool:
        """On its way to users, or there."""
        return self.is_open


def one_open(name: str, statuses: list[str]) -> list[models.BaseConstraint]:
    """One of an incident's product is under way, and each stands somewhere. `name`: of the table's rows."""
    return [
        models.UniqueConstraint(
            fields=["incident", "product"], condition=Q(status=OPEN), name=f"one_open_{name}_per_product"
        ),
        models.CheckConstraint(condition=Q(status__in=statuses), name=f"{name}_status_known"),
    ]


def look_due(name: str) -> models.Index:
    return models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name=f"{name}_look_due")
