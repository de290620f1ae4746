"""A message that is sent again when its incident is over says so: whoever wakes up by it can sleep on."""

from django.utils.translation import gettext as _

from incidents.models import OPEN, Incident, Status
from incidents.telling.telling import RESOLVED
from notifications.meanwhile import tells
from notifications.models import Delivery
from products.vocabulary import EventKind

ENDS = (EventKind.RESOLVED, EventKind.DECLINED, EventKind.DEFERRED, EventKind.DUPLICATE_MARKED)


@tells
def over(delivery: Delivery) -> str:
    number = delivery.ref.removeprefix("INC-")
    if delivery.key == RESOLVED or not number.isdigit():
        return ""
    ended = Incident.objects.filter(number=number).exclude(status__in=OPEN).first()
    if ended is None or not _since(ended, delivery):
        return ""
    return _("%(ref)s is %(status)s meanwhile.") % {
        "ref": ended.ref,
        "status": str(Status(ended.status).label).lower(),
    }


def _since(ended: Incident, delivery: Delivery) -> bool:
    """What was written when it was over already knows it."""
    return ended.events.filter(kind__in=ENDS, recorded_at__gt=delivery.created_at).exists()
