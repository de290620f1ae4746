"""Asking for a look. Git and forges are read by workers only: what happens elsewhere writes a moment and rings."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Least

from foundation import moment
from hotfixes.models import Hotfix, Mirror
from monitoring.announce import wake
from products.models import Repository


def ask(*hotfixes: Hotfix, at: datetime | None = None) -> None:
    """Judge these again, at once or (`at`) later: with what is known of the repository by then."""
    when = at or moment.now()
    keys = [hotfix.pk for hotfix in hotfixes]
    Hotfix.objects.filter(pk__in=keys).filter(Q(look_at=None) | Q(look_at__gt=when)).update(
        look_at=when, lease_token=None
    )
    wake()


def ask_all(hotfixes: Iterable[Hotfix]) -> None:
    ask(*hotfixes)


def fetch(repository: Repository) -> None:
    """Look at the other side now: a hook said that something has changed there, or a person wants to know.

    While a look is under way the next one follows it; any number of hints ask for one look.
    """
    now = moment.now()
    mirror, made = Mirror.objects.get_or_create(repository=repository, defaults={"due_at": now})
    if not made:
        # One statement: between two of them a look could end, and the hint would be lost with it.
        held = Q(lease_token__isnull=False)
        Mirror.objects.filter(pk=mirror.pk).update(
            due_at=Case(When(held, then=F("due_at")), default=Least(F("due_at"), now)),
            asked_at=Case(When(held, then=Value(now)), default=None),
        )
    wake()
