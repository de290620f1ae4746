"""Who is asked next to acknowledge, for a page of many incidents: a few queries however many of them wait."""

import functools
import operator
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from incidents import glance
from incidents.models import Incident, Mode, TimelineEvent
from incidents.telling import escalation, recipients
from incidents.telling.escalation import Next
from notifications.models import Delivery
from notifications.queue import CANNOT
from products.models import Contact
from products.vocabulary import EventKind


def next_of(incidents: Sequence[Incident], now: datetime) -> dict[int, Next]:
    """By the primary key of each; private ones tell it on their own page alone. Within an overview with clocks."""
    waiting = [one for one in incidents if _waits(one)]
    if not waiting:
        return {}
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(product__in={one.product_id for one in waiting}).select_related(
        "user"
    ):
        contacts[contact.product_id].append(contact)
    again = TimelineEvent.objects.filter(incident__in=waiting, kind=EventKind.REOPENED).order_by("seq")
    reopened = {event.incident_id: event for event in again}
    cannot = _declined([one.ref for one in waiting])
    found = {}
    for one in waiting:
        glance.keep(one, "contacts", contacts[one.product_id])
        glance.keep(one, glance.REOPENED, reopened.get(one.pk))
        opened = recipients.opened_at(one)
        out = {who for who, at in cannot.get(one.ref, ()) if at >= opened}
        found[one.pk] = escalation.next_to_wake(one, now, out=out)
    return {key: each for key, each in found.items() if each}


def _waits(incident: Incident) -> bool:
    live = incident.is_open and incident.mode == Mode.LIVE
    return live and incident.acknowledged_at is None and not incident.private


def _declined(refs: list[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Of each, who (the recipient's key) has said when that they cannot take it."""
    about = functools.reduce(operator.or_, (Q(about__startswith=f"{ref}/") for ref in refs))
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for one in Delivery.objects.filter(about, answer=CANNOT).only("about", "recipient", "answered_at"):
        if one.answered_at:
            found[one.about.partition("/")[0]].append((one.recipient, one.answered_at))
    return found
