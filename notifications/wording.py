"""What a message says beyond its own words: how late it is and why, and the older ones that it carries."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from notifications import links
from notifications.claim import Claim
from notifications.models import Audience, Delivery
from notifications.parcel import Parcel
from notifications.queue import public
from notifications.slack import threads

LATE = timedelta(minutes=2)
MANY_MINUTES = 600


def parcel(claimed: Claim, config: dict[str, str]) -> Parcel:
    """What goes out, with links signed now."""
    delivery = claimed.delivery
    return Parcel(
        uid=str(delivery.uid),
        about="" if _for_users(delivery) else delivery.about,
        key=delivery.key,
        subject=delivery.subject,
        body="\n".join(
            part for part in (_late(claimed), delivery.body, _carried(delivery, claimed.carried)) if part
        ),
        rank=delivery.rank,
        at=delivery.created_at,
        url=public(delivery.path),
        links=links.make(delivery),
        address=_address(delivery),
        config=config,
        press=threads.press_of(delivery),
        thread=claimed.thread,
    )


def _address(delivery: Delivery) -> str:
    """A person's as it is now: the mailbox of before may be somebody else's."""
    return delivery.user.email if delivery.user and delivery.address else delivery.address


def told(delivery: Delivery) -> Parcel:
    """What was told by `delivery`, once more: for the room that has it, without anything that acts."""
    carried = list(Delivery.objects.filter(carrier=delivery).order_by("pk"))
    return Parcel(
        uid=str(delivery.uid),
        about="" if _for_users(delivery) else delivery.about,
        key=delivery.key,
        subject=delivery.subject,
        body="\n".join(part for part in (delivery.body, _carried(delivery, carried)) if part),
        rank=delivery.rank,
        at=delivery.created_at,
        url=public(delivery.path),
    )


def _late(claimed: Claim) -> str:
    """`Delayed 14 min: the mail server did not answer.`"""
    late = claimed.attempt.started_at - claimed.since
    if late <= LATE or _for_users(claimed.delivery):
        return ""
    said = claimed.why or _("Nightdesk was not running, or busy.")
    # A sentence of ours behind a colon; what begins with a name or a number stays as it is.
    why = said[0].lower() + said[1:] if said[1:2].islower() and not said.startswith("Nightdesk") else said
    minutes = int(late.total_seconds() // 60)
    if minutes < MANY_MINUTES:
        return _("Delayed %(minutes)s min: %(why)s") % {"minutes": minutes, "why": why}
    return _("Delayed %(hours)s h: %(why)s") % {"hours": minutes // 60, "why": why}


def _for_users(delivery: Delivery) -> bool:
    """What went wrong on the way is ours alone, and so is what we call the incident."""
    channel = delivery.channel
    return channel is not None and channel.audience == Audience.USERS


def _carried(delivery: Delivery, carried: Sequence[Delivery]) -> str:
    if not carried:
        return ""
    zone = ZoneInfo(delivery.team.time_zone)
    head = _("Not told before:")
    lines = [f"{one.created_at.astimezone(zone):%H:%M %Z} {one.subject}" for one in carried]
    return "\n".join([head, *lines])
