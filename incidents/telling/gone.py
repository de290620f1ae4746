"""Who left while a message waited for them, over the night or while their mail server was down, is not sent it: it
names what they may not know any more, and its links would refuse them."""

from django.utils.translation import gettext as _

from incidents.models import Incident
from incidents.telling import recipients
from notifications.addressee import judged
from notifications.models import Delivery
from products.models import Contact


@judged
def left(delivery: Delivery) -> str:
    number = delivery.ref.removeprefix("INC-")
    if (delivery.channel_id and not delivery.user_id) or not number.isdigit():
        return ""
    if delivery.user and not delivery.user.is_active:
        return _("may not sign in any more")
    incident = Incident.objects.select_related("product").filter(number=number).first()
    if incident is None:
        return ""
    if delivery.user:
        return recipients.unfit(incident, delivery.user)
    known = Contact.objects.filter(product=incident.product_id, address__iexact=delivery.address)
    return "" if known.exists() else _("no contact of the product any more")
