"""By which ways a recipient is reached: a person on open pages, by mail and by their own channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from notifications.channels import WAYS
from notifications.models import Channel, Kind


@dataclass(frozen=True)
class Route:
    """`lane` is what may be slow together; `unusable` says why it cannot be used here."""

    route: str
    lane: str
    address: str = ""
    channel: Channel | None = None
    unusable: str = ""


def own_channels(people: Iterable[User]) -> dict[int, list[Channel]]:
    """The channels of all of them, by person, asked for once."""
    found: dict[int, list[Channel]] = {}
    wanted = {user.pk for user in people}
    if wanted:
        for channel in Channel.objects.active().filter(user__in=wanted).order_by("pk"):
            found.setdefault(channel.user_id or 0, []).append(channel)
    return found


def routes(
    user: User | None, address: str, channel: Channel | None, own: Mapping[int, list[Channel]]
) -> list[Route]:
    """A person: on open pages, by mail, by their `own` channels. An address: mail. A channel: itself."""
    if channel:
        return [_channel(channel)]
    if not user:
        return [_mail(address)]
    mine = [_channel(each) for each in own.get(user.pk, [])]
    return [Route(Kind.INAPP, Kind.INAPP), _mail(user.email), *mine]


def _mail(address: str) -> Route:
    unusable = _("no address") if not address else WAYS[Kind.EMAIL].unusable()
    return Route(Kind.EMAIL, Kind.EMAIL, address=address, unusable=unusable)


def _channel(channel: Channel) -> Route:
    route = f"{channel.kind}:{channel.pk}"
    # All mail goes through one server; every other channel is a lane of its own.
    lane = Kind.EMAIL if channel.kind == Kind.EMAIL else route
    return Route(route, lane, channel=channel, unusable=WAYS[Kind(channel.kind)].unusable())
