"""Which deliveries a person may know of, beyond their role in the team.

What an incident is, and that one is private, only the app above knows: it adds a filter here when it starts.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import Delivery

type Filter = Callable[[User, QuerySet[Delivery]], QuerySet[Delivery]]
_filters: list[Filter] = []


def filtered(narrow: Filter) -> Filter:
    """Registers `narrow`, which takes away the rows that a person may not know of."""
    if narrow not in _filters:
        _filters.append(narrow)
    return narrow


def seen_by(user: User, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of `rows` that no filter keeps from `user`."""
    for narrow in _filters:
        rows = narrow(user, rows)
    return rows


def sees(user: User, delivery: Delivery) -> bool:
    return seen_by(user, Delivery.objects.filter(pk=delivery.pk)).exists()
