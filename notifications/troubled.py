"""Open pages hear when a message begins not to arrive, and when it has arrived after all.

What a message is about, only the app above knows: it registers a listener when it starts. Of many that fail or recover
together by one way the first and the last are told, not each: open pages fetch anew for it.
"""

from collections.abc import Callable

from django.db.models import Q

from notifications.models import Delivery, DeliveryQuerySet

type Listener = Callable[[str], None]
_listeners: list[Listener] = []


def listening(listener: Listener) -> Listener:
    """Registers `listener`, which is given the ref (`INC-42`), in the transaction that marks the message."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def begun(delivery: Delivery) -> None:
    """It was refused, given up, or does not get through."""
    if not _others(delivery).exists():
        _tell(delivery.ref)


def over(delivery: Delivery) -> None:
    """It arrived. What others are sending just now says so itself."""
    if not _others(delivery).filter(lease_until=None).exists():
        _tell(delivery.ref)


def _others(delivery: Delivery) -> DeliveryQuerySet:
    in_vain = Q(refused_at__isnull=False) | Q(stuck_at__isnull=False)
    same = Delivery.objects.waiting().about(delivery.ref).filter(in_vain, lane=delivery.lane)
    return same.exclude(pk=delivery.pk)


def _tell(ref: str) -> None:
    for listener in _listeners:
        listener(ref)
