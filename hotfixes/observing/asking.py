"""Asking for a look. Git and forges are read by workers only: what happens elsewhere writes a moment and rings."""

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Least

from foundation import moment
from hotfixes.models import Hotfix, Mirror
from monitoring.announce import wake
from products.models import Repository


def ask(*hotfixes: Hotfix) -> None:
    """Judge these again: with what is known of the repository by then."""
    when = moment.now()
    keys = [hotfix.pk for hotfix in hotfixes]
    # A round that is under way may not know of it: whatever it finds is judged again, even behind the lease's end.
    Hotfix.objects.filter(pk__in=keys).update(
        look_at=Least(Coalesce(F("look_at"), Value(when)), Value(when)), lease_token=None
    )
    wake()


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
