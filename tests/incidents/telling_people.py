"""Channels for users and for the team, and a message that is due, for tests of what people are told."""

from __future__ import annotations

from accounts.models import User
from foundation import moment
from incidents.messages import shown as message_views
from incidents.messages.shown import MessageView
from incidents.models import Incident
from incidents.work.report import report
from notifications.models import Audience, Channel, Kind
from notifications.ways import add_channel
from products.models import Product


def channel(product: Product, by: User, name: str, *, users: bool = False, **config: str) -> Channel:
    """A mailing list, unless `config` says where else."""
    kind = Kind.SLACK if "url" in config else Kind.EMAIL
    config = config or {"address": f"{name.lower().replace(' ', '-')}@example.org"}
    audience = Audience.USERS if users else Audience.INTERNAL
    return add_channel(kind=kind, name=name, config=config, by=by, team=product.team, audience=audience)


def deployed(incident: Incident, by: User) -> None:
    """The message `deployed` is due."""
    report(incident, "deployed", by=by)
    report(incident, "smoke_passed", by=by)


def view(incident: Incident, key: str = "deployed") -> MessageView:
    fresh = Incident.objects.for_page().get(pk=incident.pk)
    return {one.key: one for one in message_views.messages(fresh, now=moment.now())}[key]
