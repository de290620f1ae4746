"""Who left while a message waited for them, over the night or while their mail server was down, is not sent it: it
names what they may not know any more, and its links would refuse them. One question for each message that leaves.
"""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.access import has_role
from accounts.models import Role, User
from incidents.models import Incident
from incidents.telling import recipients
from notifications.addressee import judged
from notifications.models import Delivery
from products.models import Contact


@judged
def left(delivery: Delivery) -> str:
    number = delivery.ref.removeprefix("INC-")
    if not number.isdigit():
        return ""
    if delivery.user:
        return _person(delivery.user, delivery.team_id, int(number))
    return "" if delivery.channel_id else _mailbox(delivery.address, int(number))


def _person(user: User, team: int, number: int) -> str:
    if user.is_active and has_role(user, team, Role.VIEWER):
        return ""
    incident = Incident.objects.select_related("product").filter(number=number).first()
    return recipients.unfit(incident, user) if incident else ""


def _mailbox(address: str, number: int) -> str:
    known = Contact.objects.filter(product=OuterRef("product"), address__iexact=address)
    told = Incident.objects.filter(number=number).values_list(Exists(known), flat=True).first()
    return _("no contact of the product any more") if told is False else ""
