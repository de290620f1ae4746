"""One-tap links: signed, for one delivery and one verb, 60 minutes from the moment the message was sent.

The token names a delivery, and through it one recipient and one incident: whoever holds it can do this one thing
in that name, nothing else. What it does is the app's above (`/l/<token>`).
"""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Delivery
from notifications.parcel import Link
from notifications.queue import ACKNOWLEDGE, CANNOT, public

VALID_S = 60 * 60
SALT = "notifications.links"

# Shows the card; what it decides asks who it is (hotfixes/decision/).
DECIDE = "decide"
LABELS: dict[str, Promise] = {
    ACKNOWLEDGE: _("Acknowledge"),
    CANNOT: _("Can't, next person"),
    DECIDE: _("Look and decide"),
    # Of the reminder of a status update (incidents/messages/rhythm.py).
    "send_update": _("Send the update"),
    "snooze_update": _("Remind in 15 min"),
    "stop_updates": _("Stop reminding"),
}


class LinkOver(Exception):
    """Signed by us, and too old. `path` is the page that it was about."""

    def __init__(self, path: str) -> None:
        super().__init__("over")
        self.path = path


class NoLink(Exception):
    """Not a link of ours."""


@dataclass(frozen=True)
class Tap:
    """What a link stands for."""

    delivery: Delivery
    verb: str


def make(delivery: Delivery) -> tuple[Link, ...]:
    """The links of a message that is about to be sent."""
    return tuple(
        Link(verb, str(LABELS[verb]), public(reverse("tap", args=[token(delivery, verb)])))
        for verb in delivery.offers
        if verb in LABELS
    )


def token(delivery: Delivery, verb: str) -> str:
    return signing.dumps([delivery.pk, verb], salt=SALT)


def read(text: str) -> Tap:
    """Raises LinkOver or NoLink."""
    try:
        return _found(signing.loads(text, salt=SALT, max_age=VALID_S))
    except signing.SignatureExpired as error:
        # Our own signature, so the page may be named: who opens it signs in there.
        raise LinkOver(_found(signing.loads(text, salt=SALT)).delivery.path) from error
    except signing.BadSignature as error:
        raise NoLink from error


def _found(named: object) -> Tap:
    match named:
        case [int(pk), str(verb)]:
            delivery = Delivery.objects.select_related("user", "team").filter(pk=pk).first()
            if delivery and verb in delivery.offers:
                return Tap(delivery, verb)
    raise NoLink
