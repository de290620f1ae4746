"""Which channels a message or an update may go to, and how it reads there (K136).

Users read what is written for them and nothing else: no ref, no link to a page that they cannot open. What is for users
may be read inside as well, and says so. A private incident goes to no channel: its people tell others by hand, as they
do of what was entered afterwards.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from incidents.models import Incident, Mode
from notifications import queue
from notifications.models import Audience, Channel, Delivery, State
from notifications.preview import Preview, preview
from notifications.queue import Message, Recipient

# Whatever waits in a lane beside it goes first: it is read by people who are not asked to do anything.
RANK = 3


@dataclass(frozen=True)
class Letter:
    """What is to be read: `title` becomes the subject. `for_users`: it is written for them."""

    title: str
    text: str
    for_users: bool

    def to(self, incident: Incident, audience: str) -> Message:
        """As it goes to channels of that audience."""
        if audience == Audience.USERS:
            subject = f"{incident.product}: {self.title}"
            return Message(subject, self.text, audience=Audience.USERS)
        subject = f"{incident.ref} {incident.product}: {self.title}"
        text = f"{_('Users are told:')}\n{self.text}" if self.for_users else self.text
        return Message(subject, text, path=incident.get_absolute_url())


@dataclass(frozen=True)
class Room:
    """A channel that fits. `told`: its delivery in this round, if there is one."""

    channel: Channel
    preview: Preview
    told: Delivery | None = None

    @property
    def users(self) -> bool:
        return bool(self.channel.audience == Audience.USERS)

    @property
    def had_it(self) -> bool:
        """It has gone there, or is on its way; what was called back before it left has not."""
        return self.told is not None and self.told.state != State.CANCELLED


def fitting(incident: Incident, *, for_users: bool) -> list[Channel]:
    """Those of the team that serve the product: for users theirs first, then the team's own; none of a private one."""
    if shut(incident):
        return []
    mine = Channel.objects.active().filter(team=incident.product.team_id).order_by("-audience", "name", "pk")
    found = mine if for_users else mine.internal()
    return [one for one in found.prefetch_related("products") if _serves(one, incident.product_id)]


def rooms(
    incident: Incident, letter: Letter, *, about: str, key: str, told: Iterable[Delivery] = ()
) -> list[Room]:
    by = {one.channel_id: one for one in told}
    return [
        Room(
            channel,
            preview(channel, letter.to(incident, channel.audience), about=about, key=key, rank=RANK),
            by.get(channel.pk),
        )
        for channel in fitting(incident, for_users=letter.for_users)
    ]


def chosen(incident: Incident, letter: Letter, ids: Collection[int]) -> list[Channel]:
    """The channels of `ids`. ValidationError on `channels` for one that does not fit."""
    found = {one.pk: one for one in fitting(incident, for_users=letter.for_users)}
    if set(ids) - set(found):
        if words := shut(incident):
            raise ValidationError({"channels": words})
        raise ValidationError({"channels": _("One of these channels is not for this. Choose again.")})
    return [channel for pk, channel in found.items() if pk in set(ids)]


def post(incident: Incident, letter: Letter, channels: Iterable[Channel], *, about: str, key: str) -> int:
    """The outbox rows, in the transaction of the verb that sends it; at once, whatever hour it is: somebody said so."""
    rows = 0
    for audience in Audience.values:
        to = [
            Recipient(channel.name, channel=channel, skip=unreal(incident))
            for channel in channels
            if channel.audience == audience
        ]
        if to:
            message = letter.to(incident, audience)
            rows += queue.tell_after_all(
                about, message, key=key, channels=[one.channel for one in to if one.channel]
            )
            rows += queue.tell(
                about=about,
                key=key,
                to=to,
                message=message,
                team=incident.product.team,
                rank=RANK,
                wake=True,
            )
    return rows


def told(about: str, key: str) -> list[Delivery]:
    return list(Delivery.objects.filter(about=about, key=key).select_related("channel").order_by("pk"))


def unreal(incident: Incident) -> str:
    """Why nothing leaves of what is sent all the same; empty for what is real."""
    return _("drill") if incident.mode == Mode.DRILL else ""


def shut(incident: Incident) -> str:
    """Why Nightdesk sends nothing of it at all; empty where it may."""
    if incident.private:
        return _(
            "This incident is private: Nightdesk sends nothing about it to any channel. Tell people by hand, and say "
            "where."
        )
    if incident.mode == Mode.RETROSPECTIVE:
        return _(
            "It was entered afterwards: Nightdesk sends nothing about it. Say when and where people were told."
        )
    return ""


def _serves(channel: Channel, product: int) -> bool:
    products = [one.pk for one in channel.products.all()]
    return not products or product in products
